"""Pictures of slips: encrypted on the disk, deleted when their time is over, and what was read from them stays."""

import json
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import slip_pictures
import time_machine
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import select, text, update

from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.slips import SlipClaim
from app.fund.giving.slips import claims as slip_claims
from app.fund.giving.slips import keeping as slip_keeping
from app.kit import clock, photos
from app.kit.db import db, transaction
from app.kit.encrypted import EncryptedStore
from app.kit.errors import Refused
from app.rooms import SCHEDULED_JOBS
from app.staff.audit import AuditEvent

DAYS = timedelta(days=90)
SECOND = timedelta(seconds=5)


def opened(cast: Cast) -> PaymentRequest:
    with transaction():
        return payment_requests.open(satang=150_000, purpose_id=cast.purpose().id, by=None)


def claimed(payment_request: PaymentRequest, trans_ref: str = "20260708ABCdEfGhIjK123456") -> int:
    sent = slip_claims.read(slip_pictures.of(slip_pictures.bank_slip(trans_ref)))
    with transaction():
        return slip_claims.claim(payment_request.id, sent).id


def received(payment_request: PaymentRequest) -> None:
    with transaction():
        arrives(
            satang=150_000,
            paid_at=clock.now(),
            purpose_id=payment_request.purpose_id,
            payment_request_id=payment_request.id,
            by=None,
        )


def closed(number: int, cast: Cast) -> None:
    with transaction():
        slip_claims.close(number, reason="ธนาคารไม่มีรายการนี้", by=cast.kanya.user)


def the(number: int) -> SlipClaim:
    db.session.rollback()
    return db.session().get_one(SlipClaim, number)


def has_picture(number: int) -> bool:
    return slip_claims.store().exists(the(number).picture_hash)


def files(portal: Flask) -> list[Path]:
    return [path for path in (portal.extensions["kueakun"].data / "slips").rglob("*") if path.is_file()]


def deeds(name: str) -> list[dict[str, object]]:
    db.session.rollback()
    return [
        json.loads(event.details) for event in db.session().scalars(select(AuditEvent).filter_by(deed=name))
    ]


@pytest.mark.pages
def test_no_picture_lies_readable_on_the_disk_and_finance_sees_it_all_the_same(
    portal: Flask, cast: Cast
) -> None:
    number = claimed(opened(cast))
    (file,) = files(portal)
    assert not file.read_bytes().startswith(b"\xff\xd8")
    assert file.name == f"{the(number).picture_hash}.encrypted"
    seen = cast.kanya.sign_in().client.get(f"/slips/{number}/picture.jpg").data
    assert seen.startswith(b"\xff\xd8")


def test_pictures_from_before_are_seen_at_once_and_encrypted_by_the_round(portal: Flask, cast: Cast) -> None:
    number = claimed(opened(cast))
    with slip_claims.store().open(the(number).picture_hash) as kept:
        content = kept.read()
    slip_claims.store().drop(the(number).picture_hash)
    photos.Store(portal.extensions["kueakun"].data / "slips").put(content)
    cast.kanya.sign_in()
    assert cast.kanya.client.get(f"/slips/{number}/picture.jpg").data == content
    assert slip_keeping.maintain() == {"deleted": 0, "encrypted": 1, "cleared": 0}
    assert slip_keeping.maintain() == {"deleted": 0, "encrypted": 0, "cleared": 0}
    assert [path.suffix for path in files(portal)] == [".encrypted"]
    assert cast.kanya.client.get(f"/slips/{number}/picture.jpg").data == content
    assert [deed["pictures"] for deed in deeds("slip.pictures_encrypt")] == [1]


@pytest.mark.pages
def test_a_picture_under_a_key_that_was_lost_is_said_not_to_open(portal: Flask, cast: Cast) -> None:
    number = claimed(opened(cast))
    (file,) = files(portal)
    file.write_bytes(b"\0\1" + bytes(60))
    page = cast.kanya.sign_in().visit(f"/slips/{number}/picture.jpg", status=404)
    assert "เปิดภาพสลิปไม่ได้" in page.words


def test_a_picture_is_deleted_so_many_days_after_the_money_came_and_not_before(
    portal: Flask, cast: Cast
) -> None:
    assert portal.extensions["profile"].giving.slip_picture_days == 90
    payment_request = opened(cast)
    number = claimed(payment_request)
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        assert slip_keeping.delete_due() == 0
    received(payment_request)
    at = db.session().get_one(PaymentRequest, payment_request.id).received_at
    assert at is not None
    with time_machine.travel(at + DAYS - SECOND, tick=False):
        assert slip_keeping.delete_due() == 0
        assert has_picture(number)
    with time_machine.travel(at + DAYS + SECOND, tick=False):
        assert slip_keeping.delete_due() == 1
        assert slip_keeping.delete_due() == 0
        assert the(number).picture_deleted_at == clock.now()
    assert not has_picture(number)
    assert files(portal) == []
    # What was read from it stays.
    assert (the(number).slip.sending_bank, the(number).slip.trans_ref) == ("014", "20260708ABCdEfGhIjK123456")
    assert the(number).slip.paid_on is not None
    (told,) = deeds("slip.pictures_delete")
    assert (told["claims"], told["days"]) == (1, 90)


@pytest.mark.pages
def test_the_province_says_after_how_many_days(portal: Flask, cast: Cast) -> None:
    number = claimed(opened(cast))
    closed(number, cast)
    at = the(number).closed_at
    assert at is not None
    with time_machine.travel(at + timedelta(days=8), tick=False):
        assert slip_keeping.delete_due() == 0
        object.__setattr__(portal.extensions["profile"].giving, "slip_picture_days", 7)
        try:
            assert slip_keeping.delete_due() == 1
        finally:
            object.__setattr__(portal.extensions["profile"].giving, "slip_picture_days", 90)


def test_a_closed_claim_keeps_its_picture_so_many_days_and_the_page_says_that_it_was_deleted(
    cast: Cast,
) -> None:
    payment_request = opened(cast)
    number = claimed(payment_request)
    closed(number, cast)
    at = the(number).closed_at
    assert at is not None
    with time_machine.travel(at + DAYS - SECOND, tick=False):
        assert slip_keeping.delete_due() == 0
    with time_machine.travel(at + DAYS + SECOND, tick=False):
        assert slip_keeping.delete_due() == 1
        cast.kanya.sign_in()
        page = cast.kanya.visit(f"/slips?reference={payment_request.ref1}")
        assert "ครบกำหนดเก็บภาพ" in page.main
        assert "20260708ABCdEfGhIjK123456" in page.main
        assert "ดูภาพสลิป" not in page.main
        page = cast.kanya.visit(f"/slips/{number}/picture.jpg", status=410)
        assert "กำหนดเก็บ 90 วัน" in page.words


def test_a_picture_that_another_claim_still_needs_stays(cast: Cast) -> None:
    first, second = opened(cast), opened(cast)
    claim, other = claimed(first), claimed(second)
    assert the(claim).picture_hash == the(other).picture_hash
    closed(claim, cast)
    with time_machine.travel(clock.now() + DAYS + SECOND, tick=False):
        assert slip_keeping.delete_due() == 0
        assert has_picture(claim)
        closed(other, cast)
    with time_machine.travel(clock.now() + 2 * DAYS + timedelta(days=1), tick=False):
        assert slip_keeping.delete_due() == 2
    assert not has_picture(other)


def test_a_slip_handed_in_anew_after_its_picture_was_deleted_is_kept_again(cast: Cast) -> None:
    claim = claimed(opened(cast))
    closed(claim, cast)
    with time_machine.travel(clock.now() + DAYS + SECOND, tick=False):
        assert slip_keeping.delete_due() == 1
        other = claimed(opened(cast))
        assert has_picture(other)
        assert slip_keeping.delete_due() == 0
        assert has_picture(other)


def test_deleting_that_is_killed_is_done_by_the_next_round(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, other = claimed(opened(cast), "A1"), claimed(opened(cast), "A2")
    closed(claim, cast)
    closed(other, cast)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with time_machine.travel(clock.now() + DAYS + SECOND, tick=False):
        with monkeypatch.context() as broken:
            broken.setattr("app.staff.audit.record", killed)
            with pytest.raises(KeyboardInterrupt):
                slip_keeping.delete_due()
        assert the(claim).picture_deleted_at is None
        assert slip_keeping.delete_due() == 2
    assert not has_picture(claim)
    assert not has_picture(other)


def test_the_database_keeps_the_picture_of_a_claim_that_waits_and_takes_no_deletion_back(cast: Cast) -> None:
    number = claimed(opened(cast))
    with pytest.raises(Refused, match="รอธนาคาร"), transaction() as session:
        session.execute(update(SlipClaim).values(picture_deleted_at=clock.now()))
    closed(number, cast)
    with transaction() as session:
        session.execute(update(SlipClaim).values(picture_deleted_at=clock.now()))
    for change in ("NULL", "'2020-01-01 00:00:00+00:00'"):
        with pytest.raises(Exception, match="slip_picture_gone"):
            db.session().execute(text(f"UPDATE slip_claim SET picture_deleted_at = {change}"))
        db.session().rollback()


def test_a_picture_that_no_claim_refers_to_is_cleared_away_after_a_day(portal: Flask, cast: Cast) -> None:
    number = claimed(opened(cast))
    slip_claims.store().put(b"of a deed that failed")
    files(portal)[0].with_name(f"{photos.NEW}x").write_bytes(b"never became whole")
    assert slip_keeping.clear_orphans() == 0
    assert len(files(portal)) == 3
    for file in files(portal):
        os.utime(file, (1_000_000, 1_000_000))
    assert slip_keeping.clear_orphans() == 1
    assert has_picture(number)
    assert len(files(portal)) == 1
    assert [deed["pictures"] for deed in deeds("slip.pictures_clear")] == [1]


def test_the_background_worker_looks_after_pictures() -> None:
    assert slip_keeping.maintain in [scheduled.job for scheduled in SCHEDULED_JOBS]


@pytest.mark.pages
def test_whoever_hands_in_a_slip_reads_how_long_its_picture_is_kept(cast: Cast) -> None:
    page = cast.stranger.visit(f"/give/{opened(cast).code}/slip")
    assert "ลบภาพเมื่อครบ 90 วัน" in page.main


def test_a_slip_handed_in_while_its_picture_is_deleted_waits_and_is_kept(
    postgres_portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(postgres_portal)
    closed(claimed(opened(cast)), cast)
    again = opened(cast)
    sent = slip_claims.read(slip_pictures.of(slip_pictures.bank_slip()))
    waited: list[bool] = []

    def hand_in() -> None:
        with postgres_portal.app_context():
            with transaction():
                slip_claims.claim(again.id, sent)
            waited.append(True)
            db.session.remove()

    thread = threading.Thread(target=hand_in)
    drop = EncryptedStore.drop

    def slowly(self: EncryptedStore, key: str) -> None:
        thread.start()
        while not _someone_waits():
            assert not waited, "the claim did not wait for the deletion of its slip's picture"
        drop(self, key)

    monkeypatch.setattr(EncryptedStore, "drop", slowly)
    with time_machine.travel(clock.now() + DAYS + SECOND, tick=False):
        assert slip_keeping.delete_due() == 1
    thread.join()
    assert waited
    assert slip_claims.store().exists(sent.picture.sha256)


def _someone_waits() -> bool:
    with db.engine.connect() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())
