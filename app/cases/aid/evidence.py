"""Evidence: photos of a handover, kept without place data in the folder store."""

from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock, photos
from app.kit.db import Base, Id, UtcDateTime, db
from app.staff import audit
from app.staff.users import User


class Photo(Base):
    """One photo as kept: upright, shrunk, without EXIF. The file is found by its hash."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


def keep(raw: bytes, *, by: User) -> Photo:
    """The photo that a phone sent, kept for good. Raises BadInput for what is no picture.

    The file is on the disk before the deed commits: should the deed fail, a picture is left that nothing
    refers to, never a deed whose picture is missing.
    """
    picture = photos.read(raw)
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
    audit.note("photo.keep", f"photo:{photo.id}", by=by, hash=photo.hash)
    return photo


def content(photo: Photo) -> bytes:
    """The JPEG. Raises FileNotFoundError when the folder has lost it."""
    with _store().open(photo.hash) as file:
        return file.read()


def _store() -> photos.Store:
    folder: Path = current_app.extensions["kueakun"].data
    return photos.Store(folder / "evidence")
