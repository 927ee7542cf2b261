"""Settings of the portals that tests and benchmarks open."""

from pathlib import Path

from app.settings import Settings, read


def settings_for(folder: Path, url: str = "") -> Settings:
    """A live portal's settings with strong secrets (the demonstration has tests of its own)."""
    environment = {
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(folder),
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
        "KUEAKUN_SECURE_COOKIES": "0",
    }
    if url:
        environment["KUEAKUN_DATABASE_URL"] = url
    return read(environment)
