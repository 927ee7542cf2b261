"""The files for systemd, as systemd itself reads them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted(file.name for file in DEPLOY.glob("kueakun*.*") if file.suffix in (".service", ".timer"))


def _analyze(*words: str, units: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = {"SYSTEMD_UNIT_PATH": f"{units}:"} if units else {}
    return subprocess.run(
        ["systemd-analyze", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **path, "LC_ALL": "C.UTF-8"},
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as they are, except that the program stands where this machine has one."""
    folder = tmp_path_factory.mktemp("units")
    for name in UNITS:
        (folder / name).write_text(
            re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", (DEPLOY / name).read_text())
        )
    return folder


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_every_line(installed: Path, name: str) -> None:
    done = _analyze("verify", "--man=no", str(installed / name), units=installed)
    # Other units of the machine may have faults of their own.
    told = [line for line in done.stderr.splitlines() if "kueakun" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_portal_that_is_broken_into_may_do_little(installed: Path, name: str) -> None:
    done = _analyze("security", "--offline=yes", "--threshold=40", "--no-pager", str(installed / name))
    assert done.returncode == 0, done.stdout[-300:]
