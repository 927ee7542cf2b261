"""Evidence: photos of a handover, kept encrypted and without place data.

They show people in need, children among them. No rule deletes them: they are the evidence of what was spent.
"""

import hmac
from datetime import timedelta
from functools import cache

from sqlalchemy import select

from app.cases.aid.records import Photo
from app.kit import clock, photos
from app.kit.db import db, transaction
from app.kit.encrypted import EncryptedStore
from app.kit.limits import ConcurrencyLimit
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: Written before each encrypted photo, should the way of making the key ever change.
_KEY_NUMBER = 1
#: Encrypted by one round.
_MOST_ENCRYPTED = 200
#: A file that is not whole and as old as this never will be.
_UNFINISHED = timedelta(days=1)
_TOO_MANY_READ = "ขณะนี้มีผู้ส่งภาพพร้อมกันหลายท่าน รายการนี้จึงยังไม่ได้บันทึก กรุณารอ 10 วินาทีแล้วเลือกภาพและกดบันทึกอีกครั้ง"

#: A photo of the greatest size takes some 250 MB while it is read, and a worker of the server has eight threads,
#: four of which may be busy with slips.
READING = ConcurrencyLimit(at_once=1, waiting=2, patience=8)


def read(raw: bytes) -> photos.PreparedPhoto:
    """The photo that a phone sent, fit to be kept. Takes long: before a transaction, so that no write waits for it.

    Raises BadInput for what is no picture, and Busy while this process reads as many as it has room for.
    """
    if db.session().info.get("in_transaction"):
        raise RuntimeError("every other write would wait while this photo is read")
    with READING.slot(refused=_TOO_MANY_READ):
        return photos.read(raw)


def keep(picture: photos.PreparedPhoto, *, by: User) -> Photo:
    """Keep a photo for good.

    The file is on the disk before the deed commits: should the deed fail, a picture is left that nothing
    refers to, never a deed whose picture is missing.
    """
    _store().put(picture.content)
    photo = Photo(
        hash=picture.sha256,
        width=picture.width,
        height=picture.height,
        taken_at=clock.now(),
        taken_by_id=by.id,
    )
    session = db.session()
    session.add(photo)
    session.flush()
    audit.record(Deed.PHOTO_KEEP, f"photo:{photo.id}", by=by, hash=photo.hash)
    return photo


def content(photo: Photo) -> bytes:
    """The JPEG. Raises FileNotFoundError when the folder has lost it, crypto.DecryptionFailed when it does not decrypt."""
    with _store().open(photo.hash) as file:
        return file.read()


def maintain() -> dict[str, int]:
    """Scheduled: encrypt photos that were kept before photos were encrypted. Returns how many, by what was done.

    A photo that an old power cut left half written is no evidence and is taken away.
    """
    kept = _store()
    cleared = kept.clear_unfinished(clock.now() - _UNFINISHED)
    encrypted = kept.encrypt_old(most=_MOST_ENCRYPTED)
    if encrypted:
        with transaction():
            audit.record(Deed.PHOTO_ENCRYPT, "photos", by=None, photos=encrypted)
    return {"encrypted": encrypted, "cleared": cleared}


def broken() -> tuple[int, int]:
    """How many photos there are, and how many do not open."""
    return _store().broken(db.session().scalars(select(Photo.hash).distinct()))


@cache
def _encryption_key(id_key: bytes) -> bytes:
    return hmac.digest(id_key, b"kueakun handover-photo encryption 1", "sha256")


def _store() -> EncryptedStore:
    settings = Settings.here()
    return EncryptedStore(
        settings.data / "evidence",
        key=_encryption_key(settings.id_key),
        key_number=_KEY_NUMBER,
        context="handover.photo",
    )
