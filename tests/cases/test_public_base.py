"""The public base: one round, set by a deed of the secretariat, never an empty one."""

import threading

import pytest
from flask import Flask
from people import Cast
from register import register_file
from sqlalchemy import func, select, text

from app.cases.register import intake, rounds
from app.cases.register.records import PublicBase
from app.editions import aid_totals, targets
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.audit import AuditEvent


def fill(cast: Cast, code: str, *, households: int = 9) -> None:
    with transaction():
        intake.import_file(
            raw=register_file(pupils=households, district="3301"),
            name="register.csv",
            round_code=code,
            source="tpmap",
            override="ไฟล์ทดสอบ",
            by=cast.busaba.user,
        )


def set_base(cast: Cast, code: str) -> None:
    with transaction():
        if (found := rounds.named(code)) and found.closed_at is None and rounds.has_households(found):
            rounds.close(code=code, by=cast.busaba.user)
        rounds.set_public_base(code=code, by=cast.busaba.user)


def test_opening_or_filling_a_newer_round_moves_no_base(portal: Flask, cast: Cast) -> None:
    fill(cast, "TPMAP-2565", households=12)
    rows = aid_totals.rows(portal.extensions["profile"])
    assert targets.main_round(rows).code is None, "importing is not the deed"
    set_base(cast, "TPMAP-2565")
    with transaction():
        rounds.open_(code="TPMAP-2570", source="tpmap", by=cast.busaba.user)
    fill(cast, "TPMAP-2569", households=5)
    found = targets.main_round(rows)
    assert (found.code, found.districts) == ("TPMAP-2565", {"3301": 12})
    set_base(cast, "TPMAP-2569")
    assert targets.main_round(rows).code == "TPMAP-2569"
    notes = select(func.count()).select_from(AuditEvent).where(AuditEvent.deed == "register.set_public_base")
    assert db.session().scalar(notes) == 2


def test_a_round_that_is_not_closed_is_no_base_and_the_database_says_so_too(
    portal: Flask, cast: Cast
) -> None:
    with transaction():
        empty = rounds.open_(code="TPMAP-2570", source="tpmap", by=cast.busaba.user).id
    fill(cast, "TPMAP-2569")
    filled = rounds.named("TPMAP-2569")
    assert filled is not None
    for code, number in (("TPMAP-2570", empty), ("TPMAP-2569", filled.id)):
        with pytest.raises(Refused, match="ยังไม่ปิด"), transaction():
            rounds.set_public_base(code=code, by=cast.busaba.user)
        with pytest.raises(Refused, match="ยังไม่ปิด"), transaction() as session:
            session.execute(
                text("INSERT INTO public_base VALUES (1, :round, CURRENT_TIMESTAMP, :by)"),
                {"round": number, "by": cast.busaba.user_id},
            )
    assert rounds.public_base() is None


def test_only_the_secretariat_sets_it_and_not_twice(portal: Flask, cast: Cast) -> None:
    fill(cast, "TPMAP-2565")
    with transaction():
        rounds.close(code="TPMAP-2565", by=cast.busaba.user)
    for other in (cast.kanya, cast.somchai, cast.chai):
        with pytest.raises(Refused, match="เลขานุการ"), transaction():
            rounds.set_public_base(code="TPMAP-2565", by=other.user)
    set_base(cast, "TPMAP-2565")
    with pytest.raises(Refused, match="อยู่แล้ว"):
        set_base(cast, "TPMAP-2565")


def test_what_was_the_base_stays_on_record(portal: Flask, cast: Cast) -> None:
    fill(cast, "TPMAP-2565")
    set_base(cast, "TPMAP-2565")
    for statement in (
        "UPDATE public_base SET set_at = CURRENT_TIMESTAMP, round_id = 7",
        "DELETE FROM public_base",
    ):
        with (
            pytest.raises(Exception, match=r"final_public_base|kept_public_base|แก้ไขย้อนหลังไม่ได้"),
            transaction() as session,
        ):
            session.execute(text(statement))


def test_the_database_lets_no_base_be_passed_over(portal: Flask, cast: Cast) -> None:
    fill(cast, "TPMAP-2569")
    set_base(cast, "TPMAP-2569")
    later = text(
        "INSERT INTO public_base (number, round_id, set_at, set_by_id)"
        " SELECT number + 2, round_id, set_at, set_by_id FROM public_base WHERE number = 1"
    )
    with pytest.raises(Refused, match="กำหนดฐานที่เผยแพร่ไปแล้ว"), transaction() as session:
        session.execute(later)


def test_two_rounds_set_at_the_same_moment_leave_exactly_one_base(portal: Flask, cast: Cast) -> None:
    for code in ("TPMAP-2565", "TPMAP-2566"):
        fill(cast, code)
        with transaction():
            rounds.close(code=code, by=cast.busaba.user)
    start, refused = threading.Barrier(2), []

    def work(code: str) -> None:
        with portal.app_context():
            start.wait()
            try:
                set_base(cast, code)
            except Refused as error:
                refused.append(error.words)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(code,)) for code in ("TPMAP-2565", "TPMAP-2566")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = list(db.session().scalars(select(PublicBase.number).order_by(PublicBase.number)))
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) + len(refused) == 2
    base = rounds.public_base()
    assert base is not None and base.number == numbers[-1]
    assert all("เมื่อสักครู่" in words for words in refused)


@pytest.mark.pages
def test_the_page_of_a_round_sets_it_with_one_press(portal: Flask, cast: Cast) -> None:
    fill(cast, "TPMAP-2565")
    busaba = cast.busaba.sign_in()
    page = busaba.visit("/register/TPMAP-2565")
    assert "/base" not in page.text, "while files may come"
    page = busaba.press(busaba.press(page, having="/close"), having="/base")
    assert "ตั้งแต่ฉบับเผยแพร่ถัดไป" in page.words and "ฐานที่เผยแพร่" in page.words
    assert "ฐานที่เผยแพร่" in busaba.visit("/register").words
    with transaction():
        rounds.open_(code="TPMAP-2570", source="tpmap", by=cast.busaba.user)
    assert "รอข้อมูล" in busaba.visit("/register/TPMAP-2570").words
