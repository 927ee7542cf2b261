"""Private files: what lies in a folder is read by its owner alone, whoever else has an account on the machine."""

import stat
from pathlib import Path

from app.kit.errors import Refused

#: What everybody but the owner may do.
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
#: For os.umask: what is made from now on is the owner's alone.
UMASK = _OTHERS


def folder(path: Path, *, setting: str) -> None:
    """Have a folder that nobody but its owner enters. Raises Refused, naming `setting`, where that cannot be."""
    path.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    mode = path.stat().st_mode
    if path == Path(path.anchor) or mode & stat.S_ISVTX:
        raise Refused(f"{path} เป็นโฟลเดอร์ที่โปรแกรมอื่นใช้ด้วย กรุณาตั้ง {setting} เป็นโฟลเดอร์ที่ใช้เก็บข้อมูลของระบบนี้เท่านั้น")
    if not tighten(path):
        raise Refused(
            f"ผู้ใช้อื่นในเครื่องเข้าโฟลเดอร์ {path} ได้ และระบบปิดให้ไม่ได้เพราะเป็นของผู้ใช้อื่น "
            f"กรุณาเปลี่ยนเจ้าของเป็นผู้ใช้ที่เปิดระบบ แล้วสั่ง chmod 700 {path} (หรือตั้ง {setting} เป็นโฟลเดอร์อื่น)"
        )


def tighten(path: Path) -> bool:
    """Take from everybody but its owner what they may do with a file or folder. Whether nobody else may any more."""
    mode = path.stat().st_mode
    if not mode & _OTHERS:
        return True
    try:
        path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
    except PermissionError:
        return False
    return True


def tighten_below(path: Path) -> list[Path]:
    """`tighten` for everything in a folder. Returns what stays open, because it belongs to somebody else.

    Links are left alone, and so is what is gone before its turn comes.
    """
    left = []
    for below in path.rglob("*"):
        try:
            if not below.is_symlink() and not tighten(below):
                left.append(below)
        except FileNotFoundError:
            continue
    return left
