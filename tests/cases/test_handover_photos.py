"""Photos of handovers: encrypted on the disk, those from before too, and never deleted."""

import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from aid_world import ceremony, jpeg, paid, register
from flask import Flask
from people import Cast, Person
from PIL import Image
from sqlalchemy import func, select, text

from app.cases.aid import evidence
from app.cases.aid import lines as lines_
from app.cases.aid.records import Delivery, Photo
from app.fund.giving.slips import claims
from app.kit import clock, photos
from app.kit.crypto import DecryptionFailed
from app.kit.db import db, transaction
from app.kit.encrypted import EncryptedStore
from app.kit.limits import ConcurrencyLimit
from app.rooms import SCHEDULED_JOBS
from app.staff.audit import AuditEvent

#: How a JPEG begins.
JPEG = b"\xff\xd8\xff"


def folder(portal: Flask) -> Path:
    data: Path = portal.extensions["kueakun"].data
    return data / "evidence"


def files(portal: Flask) -> list[Path]:
    return [file for file in folder(portal).rglob("*") if file.is_file()]


def handed_over(cast: Cast, *, photo: bytes) -> str:
    """The address of the photo that Malee took of a handover."""
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    line = lines_.of(request.id)[0]
    cast.malee.sign_in().send(
        f"/handovers/{number}",
        action=f"/lines/{line.id}",
        outcome="given",
        photo=(BytesIO(photo), "a.jpg"),
    )
    return f"/photos/{the_photo().id}.jpg"


def the_photo() -> Photo:
    db.session.rollback()
    return db.session().scalars(select(Photo)).one()


def as_before(portal: Flask) -> bytes:
    """Have the one photo lie there as it did before photos were encrypted; returns the picture."""
    content = evidence.content(the_photo())
    (file,) = files(portal)
    file.unlink()
    photos.Store(folder(portal)).put(content)
    return content


def seen(person: Person, address: str) -> bytes:
    answer = person.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    return answer.data


def told() -> list[dict[str, object]]:
    db.session.rollback()
    deeds = db.session().scalars(select(AuditEvent).filter_by(deed="photo.encrypt"))
    return [json.loads(deed.details) for deed in deeds]


@pytest.mark.pages
def test_no_photo_lies_readable_on_the_disk_and_who_may_see_it_sees_it(portal: Flask, cast: Cast) -> None:
    address = handed_over(cast, photo=jpeg())
    (file,) = files(portal)
    assert file.name == f"{the_photo().hash}.encrypted"
    assert JPEG not in file.read_bytes()
    assert seen(cast.malee, address).startswith(JPEG)


def test_photos_from_before_are_seen_at_once_and_encrypted_by_the_round(portal: Flask, cast: Cast) -> None:
    address = handed_over(cast, photo=jpeg())
    content = as_before(portal)
    assert [file.read_bytes() for file in files(portal)] == [content]
    assert seen(cast.malee, address) == content
    assert evidence.maintain() == {"encrypted": 1, "cleared": 0}
    assert evidence.maintain() == {"encrypted": 0, "cleared": 0}
    assert [file.suffix for file in files(portal)] == [".encrypted"]
    assert seen(cast.malee, address) == content
    assert told() == [{"photos": 1}]


def test_the_round_comes_by_the_clock() -> None:
    assert evidence.maintain in [scheduled.job for scheduled in SCHEDULED_JOBS]


@pytest.mark.pages
def test_a_photo_under_a_key_that_was_lost_is_said_not_to_open(portal: Flask, cast: Cast) -> None:
    address = handed_over(cast, photo=jpeg())
    (file,) = files(portal)
    file.write_bytes(b"\0\1" + bytes(60))
    assert "เปิดภาพนี้ไม่ได้" in cast.malee.visit(address, status=404).words


def test_one_photo_in_the_place_of_another_does_not_open(portal: Flask, cast: Cast) -> None:
    with transaction():
        kept_photo = evidence.keep(photos.read(jpeg()), by=cast.malee.user)
        two = evidence.keep(photos.read(jpeg("maroon")), by=cast.malee.user)
        of_one, of_two = (
            next(file for file in files(portal) if file.name.startswith(photo.hash))
            for photo in (kept_photo, two)
        )
        of_one.write_bytes(of_two.read_bytes())
        with pytest.raises(DecryptionFailed):
            evidence.content(kept_photo)
        assert evidence.content(two).startswith(JPEG)


def test_a_photo_opens_neither_as_a_slip_nor_under_the_key_of_slips(portal: Flask, cast: Cast) -> None:
    with transaction():
        photo = evidence.keep(photos.read(jpeg()), by=cast.malee.user)
        mine, slips = evidence._store(), claims.store()
        said_to_be_a_slip = EncryptedStore(mine.folder, key=mine._key, key_number=1, context=slips._context)
        under_their_key = EncryptedStore(mine.folder, key=slips._key, key_number=1, context=mine._context)
        for other in (said_to_be_a_slip, under_their_key):
            with pytest.raises(DecryptionFailed):
                other.open(photo.hash)


def test_no_photo_is_ever_deleted_by_the_rounds_but_what_never_became_whole_is(
    portal: Flask, cast: Cast
) -> None:
    handed_over(cast, photo=jpeg())
    with transaction():
        evidence.keep(photos.read(jpeg("maroon")), by=cast.malee.user)
    (whole, other) = files(portal)
    unfinished = whole.parent / f"{photos.NEW}x"
    unfinished.write_bytes(JPEG)
    with time_machine.travel(clock.now() + timedelta(hours=23), tick=False):
        assert evidence.maintain() == {"encrypted": 0, "cleared": 0}
    with time_machine.travel(clock.now() + timedelta(days=4000), tick=False):
        assert evidence.maintain() == {"encrypted": 0, "cleared": 1}
    assert sorted(files(portal)) == sorted([whole, other])


def test_a_large_photo_leaves_nothing_in_the_temporary_folder(
    portal: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []
    make = tempfile.mkstemp

    def noted(*args: object, **kwargs: object) -> tuple[int, str]:
        handle, name = make(*args, **kwargs)  # type: ignore[call-overload]
        named.append(name)
        return handle, name

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(tempfile, "mkstemp", noted)
    noise, out = Image.frombytes("RGB", (1200, 900), os.urandom(1200 * 900 * 3)), BytesIO()
    noise.save(out, "JPEG", quality=95)
    sent = out.getvalue()
    # Past this size the web framework puts what is sent into a file instead of memory: one without a name.
    assert len(sent) > 600_000
    handed_over(cast, photo=sent)
    assert list(temporary.iterdir()) == []
    # The only file with a name was written in the store, encrypted.
    assert {Path(name).is_relative_to(folder(portal)) for name in named} == {True}


def test_while_a_photo_is_read_another_deed_is_written(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = paid(cast, register(2))
    number = ceremony(cast, request)
    read, written = photos.read, []

    def meanwhile(sent: bytes) -> photos.PreparedPhoto:
        def another() -> None:
            with portal.app_context(), transaction() as session:
                session.execute(text("UPDATE user_account SET position = 'x' WHERE sign_in_name = 'chai'"))

        with ThreadPoolExecutor(1) as pool:
            pool.submit(another).result(timeout=20)
        written.append(sent)
        return read(sent)

    monkeypatch.setattr(photos, "read", meanwhile)
    line = lines_.of(request.id)[0]
    malee = cast.malee.sign_in()
    for action, more in ((f"/lines/{line.id}", {"outcome": "given"}), ("/rest", {})):
        malee.send(f"/handovers/{number}", action=action, photo=(BytesIO(jpeg("maroon")), "a.jpg"), **more)
    assert len(written) == 2
    db.session.rollback()
    assert db.session().scalar(select(func.count()).select_from(Delivery)) == 2


def test_a_photo_is_never_read_while_the_write_lock_is_held(portal: Flask) -> None:
    with pytest.raises(RuntimeError, match="wait"), transaction():
        evidence.read(jpeg())


def test_while_others_photos_are_read_an_officer_is_asked_to_send_it_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "READING", ConcurrencyLimit(at_once=1, waiting=0, patience=0))
    number = ceremony(cast, paid(cast, register(1)))
    malee = cast.malee.sign_in()
    with evidence.READING.slot(refused="x"):
        page = malee.send(f"/handovers/{number}", action="/rest", photo=(BytesIO(jpeg()), "a.jpg"))
    assert "กดบันทึกอีกครั้ง" in page.main
    assert db.session().scalar(select(func.count()).select_from(Delivery)) == 0
    malee.send(f"/handovers/{number}", action="/rest", photo=(BytesIO(jpeg()), "a.jpg"))
    assert db.session().scalar(select(func.count()).select_from(Delivery)) == 1
