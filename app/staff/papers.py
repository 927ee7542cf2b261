"""Papers: the document that a deed rests on, a PDF or a picture, kept encrypted and given only to be saved."""

import hmac
from dataclasses import dataclass
from functools import cache

from app.kit import photos
from app.kit.encrypted import EncryptedStore
from app.kit.errors import BadInput
from app.settings import Settings

#: Bytes of the largest paper.
MOST = 10_000_000
_KEY_NUMBER = 1
MIME = {"pdf": "application/pdf", "jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is kept: its name in the store, and what it is."""

    hash: str
    kind: str


@cache
def _encryption_key(id_key: bytes) -> bytes:
    return hmac.digest(id_key, b"kueakun paper encryption 1", "sha256")


def store() -> EncryptedStore:
    """Where papers are kept, encrypted."""
    settings = Settings.here()
    return EncryptedStore(
        settings.data.joinpath("papers"),
        key=_encryption_key(settings.id_key),
        key_number=_KEY_NUMBER,
        context="paper",
    )


def keep(sent: bytes) -> Paper:
    """Keep a paper: a PDF as it is, a picture drawn anew without what its camera noted. Raises BadInput for anything else."""
    if not sent:
        raise BadInput("กรุณาแนบเอกสารหลักฐาน (PDF หรือภาพถ่าย)")
    if len(sent) > MOST:
        raise BadInput("เอกสารหลักฐานใหญ่เกิน 10 MB กรุณาย่อหรือสแกนใหม่ แล้วส่งอีกครั้ง")
    if sent.startswith(b"%PDF-"):
        return Paper(store().put(sent), "pdf")
    return Paper(store().put(photos.read(sent).content), "jpg")


def content(hash_: str) -> bytes:
    """The paper as it is kept. Raises FileNotFoundError where it is not."""
    with store().open(hash_) as file:
        return file.read()
