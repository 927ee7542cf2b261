"""Settings: what an operator may choose, read once from the environment and never changed afterwards."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.kit.errors import Refused

ROOT = Path(__file__).resolve().parent.parent
_SECRETS = ("KUEAKUN_SECRET_KEY", "KUEAKUN_ID_KEY", "KUEAKUN_CALLBACK_KEY")


@dataclass(frozen=True)
class Settings:
    """One portal's settings. `demo` is the demonstration: unpayable QR codes, invented people, a banner."""

    demo: bool
    database_url: str
    #: Folder for evidence, issued documents and, by default, the SQLite file.
    data: Path
    province: str
    host: str
    port: int
    workers: int
    #: Signs sessions and forms.
    secret_key: str = field(repr=False)
    #: 32 bytes: encrypts national IDs and keys their look-up.
    id_key: bytes = field(repr=False)
    #: The unguessable part of the bank's callback address.
    callback_key: str = field(repr=False)
    #: Cookies only over https; on outside the demonstration unless told otherwise.
    secure_cookies: bool = False
    #: Address under which people reach the portal; printed in QR codes of receipts.
    base_url: str = ""
    #: How many reverse proxies of our own stand in front; only that many say whose request it is.
    proxies: int = 0

    @property
    def public_url(self) -> str:
        return self.base_url or f"http://{self.host}:{self.port}"


def _flag(environ: Mapping[str, str], name: str) -> bool | None:
    value = environ.get(name, "").strip().lower()
    if not value:
        return None
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise Refused(f"{name} ต้องเป็น 1 หรือ 0 (ขณะนี้คือ {value!r})")


def _number(environ: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    value = environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or not lowest <= int(value) <= highest:
        raise Refused(f"{name} ต้องเป็นจำนวนเต็ม {lowest}–{highest} (ขณะนี้คือ {value!r})")
    return int(value)


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Without KUEAKUN_DEMO, a portal that was given no secret is a demonstration: a live one always has secrets.
    Raises Refused, naming the setting and the cure, while a live portal lacks a secret, has a weak one or uses one twice.
    """
    environ = os.environ if environ is None else environ
    demo = _flag(environ, "KUEAKUN_DEMO")
    if demo is None:
        demo = not any(environ.get(name) for name in _SECRETS)
    data = Path(environ.get("KUEAKUN_DATA") or ROOT / "var").resolve()
    url = environ.get("KUEAKUN_DATABASE_URL") or f"sqlite:///{data / 'kueakun.sqlite'}"
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Refused("KUEAKUN_DATABASE_URL ต้องขึ้นต้นด้วย postgresql:// หรือ sqlite:///")
    kept = {name: environ.get(name, "") for name in _SECRETS}
    if demo:
        kept = _demo_secrets(data) | {name: value for name, value in kept.items() if value}
    secure = _flag(environ, "KUEAKUN_SECURE_COOKIES")
    settings = Settings(
        demo=demo,
        database_url=url,
        data=data,
        province=environ.get("KUEAKUN_PROVINCE") or "sisaket",
        host=environ.get("HOST") or "127.0.0.1",
        port=_number(environ, "PORT", 8000, 1, 65535),
        workers=_number(environ, "WORKERS", os.cpu_count() or 1, 1, 64),
        secret_key=_strong(kept, "KUEAKUN_SECRET_KEY"),
        id_key=_id_key(kept),
        callback_key=_callback_key(kept),
        secure_cookies=not demo if secure is None else secure,
        base_url=(environ.get("KUEAKUN_BASE_URL") or "").rstrip("/"),
        proxies=_number(environ, "KUEAKUN_PROXIES", 0, 0, 5),
    )
    # One of them is part of an address, which is written into logs; it must not open anything else.
    if len({value.rstrip("=") for value in kept.values()}) < len(_SECRETS):
        raise Refused(f"{', '.join(_SECRETS)} ต้องเป็นค่าลับคนละค่ากัน {_MAKE}")
    return settings


_MAKE = "สร้างได้ด้วยคำสั่ง: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def _strong(kept: Mapping[str, str], name: str) -> str:
    value = kept[name]
    if not value:
        raise Refused(
            f"ยังไม่ได้ตั้งค่า {name} ระบบจริงจะไม่เริ่มทำงานหากไม่มีค่าลับนี้ {_MAKE} (หรือตั้ง KUEAKUN_DEMO=1 เพื่อเปิดระบบสาธิต)"
        )
    if len(value) < 32 or len(set(value)) < 10:
        raise Refused(f"{name} เดาง่ายเกินไป ต้องยาวอย่างน้อย 32 ตัวอักษรและไม่ซ้ำกันไปมา {_MAKE}")
    return value


def _id_key(kept: Mapping[str, str]) -> bytes:
    """32 bytes in URL-safe base64; one secret value for both encryption and look-up keys, which derive from it."""
    text = _strong(kept, "KUEAKUN_ID_KEY")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise Refused(f"KUEAKUN_ID_KEY ต้องเป็น base64 ของ 32 ไบต์ {_MAKE}") from error
    if len(key) != 32:
        raise Refused(f"KUEAKUN_ID_KEY ต้องยาว 32 ไบต์พอดี (ขณะนี้ {len(key)} ไบต์) {_MAKE}")
    return key


def _callback_key(kept: Mapping[str, str]) -> str:
    value = _strong(kept, "KUEAKUN_CALLBACK_KEY")
    if not all(c.isascii() and (c.isalnum() or c in "-_") for c in value):
        raise Refused(f"KUEAKUN_CALLBACK_KEY ใช้ได้เฉพาะ A-Z a-z 0-9 - _ เพราะเป็นส่วนหนึ่งของที่อยู่เว็บ {_MAKE}")
    return value


def _demo_secrets(data: Path) -> dict[str, str]:
    """The demonstration's own secrets, made once and kept with its data, so that no secret is in the code."""
    file = data / "demo-secrets.json"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        fresh = {name: secrets.token_urlsafe(32) for name in _SECRETS}
        part = file.with_suffix(f".{os.getpid()}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump(fresh, out)
        try:
            # link() refuses to replace: of two first starts at once, the second reads the first one's secrets.
            os.link(part, file)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    known = json.loads(file.read_text())
    return {name: str(known[name]) for name in _SECRETS}
