"""How `kueakun serve` is called by tests."""

import os
import sys
from pathlib import Path


def environment(folder: Path, port: int) -> dict[str, str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("KUEAKUN_", "GRANIAN_"))
    }
    return {
        **clean,
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(folder),
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
        "PORT": str(port),
        "WORKERS": "2",
    }


COMMAND = [str(Path(sys.executable).parent / "kueakun"), "serve"]
