"""Statements: each line once, each payment once, all of a file or nothing of it."""

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import accounts
import bank_hands
import pytest
from bank_files import brought_in, in_another_layout
from bank_hands import (
    NOW,
    Movement,
    confirmation,
    count,
    generic,
    given,
    item_of,
    kbank,
    opened,
    send,
    states,
)
from click.testing import CliRunner
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.fund.bank.commands import bank
from app.fund.bank.reconciliation import matching
from app.fund.bank.records import BankEvent, ReconciliationItem, Statement
from app.fund.bank.statements import statements
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import FundAccount, PaymentRequest
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

FILES = Path(__file__).parent / "statements"


@pytest.fixture
def without_biller(cast: Cast) -> None:
    accounts.identified(biller_id=None)


def test_a_line_with_our_reference_and_amount_posts_and_the_rest_waits(portal: Flask, cast: Cast) -> None:
    first, other = opened(cast, 150_000), opened(cast, 20_000)
    raw = generic(
        [
            (NOW, 150_000, first.ref1.lower(), "รับโอน"),
            (NOW, -5_000, "", "ค่าธรรมเนียม"),
            (NOW, 19_999, other.ref1, "รับโอน"),
            (NOW, 777, "", "ดอกเบี้ย"),
        ]
    )
    assert brought_in(raw) == {"new": 4, "known": 0, "posted": 1, "waiting": 2}
    assert states() == {"posted": 1, "excluded": 1, "waiting": 2}
    assert given() == [150_000]


def test_our_code_in_the_note_of_a_kbank_line_is_a_reference(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    raw = kbank([(NOW, 150_000, f"Ref {payment_request.ref1}", "PROMPTPAY IBA57065"), (NOW, 5_000, "", "x")])
    assert brought_in(raw) == {"new": 2, "known": 0, "posted": 1, "waiting": 1}


def test_the_same_statement_twice_brings_no_new_row(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    raw = generic([(NOW, 150_000, payment_request.ref1, ""), (NOW, 9_900, "", "")])
    brought_in(raw)
    before = count(BankEvent), count(Statement), given()
    assert brought_in(raw) == {"new": 0, "known": 2, "posted": 0, "waiting": 0}
    assert (count(BankEvent), count(Statement), given()) == before


def test_a_statement_that_overlaps_adds_only_what_is_new(portal: Flask, cast: Cast) -> None:
    movements: list[Movement] = [
        (NOW + timedelta(minutes=n), 1_000 + n, "", f"รายการ {n}") for n in range(10)
    ]
    brought_in(generic(movements[:6]))
    assert brought_in(generic(movements))["new"] == 4
    assert count(BankEvent) == 10


def test_two_truly_equal_lines_are_two_payments(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    raw = generic([(NOW, 150_000, payment_request.ref1, "รับโอน")] * 2, balance=False)
    assert brought_in(raw) == {"new": 2, "known": 0, "posted": 1, "waiting": 1}
    assert brought_in(raw)["known"] == 2
    # One QR code paid twice: the second waits for a person to say whether it is one more donation.
    assert given() == [150_000]
    assert set(db.session().scalars(select(ReconciliationItem.match_reason))) == {
        "exact_reference",
        "paid_twice",
    }


def test_two_lines_equal_but_for_the_running_balance_are_two_payments(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    raw = generic([(NOW, 150_000, payment_request.ref1, "รับโอน")] * 2)
    assert brought_in(raw) == {"new": 2, "known": 0, "posted": 1, "waiting": 1}


def test_two_different_thai_payers_of_the_same_day_and_amount_are_two_lines(
    portal: Flask, cast: Cast
) -> None:
    raw = generic([(NOW, 5_000, "", "นายก"), (NOW, 5_000, "", "นางข")], balance=False)
    assert brought_in(raw)["new"] == 2


def test_a_broken_running_balance_imports_nothing(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    raw = generic([(NOW, 150_000, payment_request.ref1, ""), (NOW, 100, "", ""), (NOW, 100, "", "")])
    with pytest.raises(BadInput, match="บรรทัดที่ 4:"):
        brought_in(raw.replace(b'"11,502.00"', b'"11,503.00"'))
    assert (count(BankEvent), count(Statement), given()) == (0, 0, [])


def test_a_path_in_the_file_name_is_refused(portal: Flask, cast: Cast) -> None:
    with pytest.raises(BadInput, match="ชื่อไฟล์"):
        bank_hands.import_file(name="../../etc/passwd", raw=generic([(NOW, 100, "", "")]), by=None)
    assert count(BankEvent) == 0


def test_which_account_a_file_is_of(portal: Flask, cast: Cast) -> None:
    raw = generic([(NOW, 100, "", "")])
    with pytest.raises(BadInput, match="ไม่มีบัญชี"):
        brought_in(raw, account_number="999")
    assert brought_in(raw, account_number="401-0-00000-1")["new"] == 1
    with transaction():
        second = accounts.proposed(bank_code="004", number="0321000004", name="สอง")
        accounts.opened(second, biller_id=None, promptpay_id="0994000165501")
    more = generic([(NOW, 200, "", "")])
    with pytest.raises(BadInput, match="หลายบัญชี"):
        brought_in(more)
    in_file = kbank([(NOW, 300, "", "")], account="032-1-00000-4")
    with pytest.raises(BadInput, match="ไม่ใช่ 4010000001"):
        brought_in(in_file, account_number="4010000001")
    assert brought_in(in_file)["new"] == 1
    last = db.session().scalars(select(BankEvent).order_by(BankEvent.id.desc()).limit(1)).one()
    assert db.session().get_one(FundAccount, last.account_id).number == "0321000004"


def test_a_line_told_before_by_the_callback_is_known_and_adds_no_money(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1, at=NOW))
    raw = generic([(NOW + timedelta(seconds=50), 150_000, payment_request.ref1, "รับโอน")])
    assert brought_in(raw) == {"new": 0, "known": 1, "posted": 0, "waiting": 0}
    assert given() == [150_000]


def test_a_callback_told_before_by_the_statement_adds_no_money(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    brought_in(generic([(NOW, 150_000, payment_request.ref1, "รับโอน")]))
    send(portal, confirmation(payment_request.ref1, at=NOW + timedelta(seconds=50)))
    assert item_of("T1").state == "duplicate"
    assert given() == [150_000]


def test_two_transfers_of_one_qr_told_by_both_sources_are_two_payments(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1, number="T1", at=NOW))
    send(portal, confirmation(payment_request.ref1, number="T2", at=NOW + timedelta(seconds=30)))
    raw = generic([(NOW + timedelta(seconds=n), 150_000, payment_request.ref1, "") for n in (0, 30)])
    assert brought_in(raw) == {"new": 0, "known": 2, "posted": 0, "waiting": 0}
    assert (states(), given()) == ({"posted": 1, "waiting": 1, "duplicate": 2}, [150_000])


def test_a_line_of_the_same_money_at_another_time_asks_a_person_before_it_counts_twice(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1, at=NOW))
    brought_in(generic([(NOW + timedelta(minutes=30), 150_000, payment_request.ref1, "")]))
    waiting = (
        db.session().scalars(select(ReconciliationItem).filter_by(match_reason="possible_duplicate")).one()
    )
    assert (waiting.state, given()) == ("waiting", [150_000])
    # The callback's own line arrives: now the first one is known to be other money.
    brought_in(generic([(NOW, 150_000, payment_request.ref1, "")], opening=5_000_000))
    assert states() == {"posted": 1, "waiting": 1, "duplicate": 1}
    assert set(db.session().scalars(select(ReconciliationItem.match_reason))) == {
        "exact_reference",
        "duplicate",
        "paid_twice",
    }


def test_a_line_without_reference_beside_its_callback_is_the_same_money(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1, at=NOW))
    raw = kbank([(NOW + timedelta(seconds=20), 150_000, "", "PROMPTPAY FROM OTHER BANK IBA57065")])
    assert brought_in(raw) == {"new": 0, "known": 1, "posted": 0, "waiting": 0}


def test_a_line_without_reference_that_came_first_gives_way_to_the_callback(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast)
    brought_in(kbank([(NOW, 150_000, "", "PROMPTPAY")]))
    assert states() == {"waiting": 1}
    send(portal, confirmation(payment_request.ref1, at=NOW + timedelta(seconds=20)))
    assert (states(), given()) == ({"duplicate": 1, "posted": 1}, [150_000])


def test_lines_without_reference_that_could_each_be_the_callback_wait(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1, at=NOW))
    brought_in(kbank([(NOW, 150_000, "", "a"), (NOW + timedelta(seconds=9), 150_000, "", "b")]))
    assert states() == {"posted": 1, "waiting": 2}


@pytest.mark.usefixtures("without_biller")
def test_a_reserved_amount_posts_without_a_reference_exactly_once(portal: Flask, cast: Cast) -> None:
    first, second = opened(cast, 10_000), opened(cast, 10_000)
    assert first.due_satang != second.due_satang
    raw = kbank(
        [(NOW, second.due_satang, "", "PROMPTPAY"), (NOW + timedelta(hours=1), second.due_satang, "", "x")]
    )
    assert brought_in(raw) == {"new": 2, "known": 0, "posted": 1, "waiting": 1}
    assert db.session().scalars(select(Donation)).one().payment_request_id == second.id
    assert (
        db.session().scalars(select(ReconciliationItem).filter_by(state="posted")).one().match_reason
        == "unique_amount"
    )


@pytest.mark.usefixtures("without_biller")
def test_a_reserved_amount_paid_before_it_was_asked_for_or_too_late_waits(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 10_000)
    raw = kbank(
        [
            (clock.now() - timedelta(days=2), 10_000, "", "before"),
            (payment_request.expires_at + timedelta(hours=1), 10_000, "", "after"),
        ]
    )
    assert brought_in(raw)["waiting"] == 2
    assert set(db.session().scalars(select(ReconciliationItem.match_reason))) == {"unmatched", "late"}


@pytest.mark.usefixtures("without_biller")
def test_one_satang_off_never_posts(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 10_000)
    brought_in(kbank([(NOW, payment_request.due_satang + 1, "", "PROMPTPAY")]))
    assert given() == []


def test_an_amount_that_a_tag_30_payment_request_awaits_is_only_suggested(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    brought_in(kbank([(clock.now(), payment_request.due_satang, "", "PROMPTPAY")]))
    item = db.session().scalars(select(ReconciliationItem)).one()
    assert (item.state, item.match_reason, item.payment_request_id) == (
        "waiting",
        "amount_only",
        payment_request.id,
    )


def test_any_order_with_repeats_of_callbacks_and_statement_ends_in_the_same_books(
    sqlite_portal: Flask,
) -> None:
    cast = Cast(sqlite_portal)
    for seed in range(6):
        fate = random.Random(seed)
        start = NOW + timedelta(hours=seed)
        payment_requests = [opened(cast, satang) for satang in (11_100, 22_200, 33_300)]
        a, b, c = (payment_request.ref1 for payment_request in payment_requests)
        # a is paid once, b twice within a minute and a third time later, c is paid only by a counter without callback.
        paid = [(0, 11_100, a), (10, 22_200, b), (50, 22_200, b), (900, 22_200, b), (1200, 33_300, c)]
        told: list[Any] = [
            confirmation(ref1, satang, number=f"S{seed}N{at}", at=start + timedelta(seconds=at))
            for at, satang, ref1 in paid[:4]
        ]
        told.append(
            generic(
                [
                    (start + timedelta(seconds=at + 3), satang, ref1, f"งวด {seed}")
                    for at, satang, ref1 in paid
                ]
            )
        )
        order = told + [fate.choice(told) for _ in range(4)]
        fate.shuffle(order)
        for source in order:
            if isinstance(source, bytes):
                brought_in(source)
            else:
                assert send(sqlite_portal, source).status_code == 200
        assert given() == sorted([11_100, 22_200, 33_300] * (seed + 1)), f"seed {seed}"
        # What came twice more by the same code waits, told once by each source and kept as one payment.
        assert states() == {"posted": 3 * (seed + 1), "waiting": 2 * (seed + 1), "duplicate": 4 * (seed + 1)}


def test_an_import_that_the_database_refuses_leaves_nothing(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*words: object, **more: object) -> None:
        raise Refused("ไม่")

    with monkeypatch.context() as broken:
        broken.setattr(statements.audit, "record", refuse)
        with pytest.raises(Refused):
            brought_in(generic([(NOW, 100, "", "")]))
    assert (count(BankEvent), count(Statement), count(ReconciliationItem)) == (0, 0, 0)


_KILLED = """
import os, signal, sys
from portals import with_issuer
import bank_hands
from app import create_app
from app.fund.bank.reconciliation import matching
from app.fund.bank.statements import statements
app = with_issuer(create_app())
where, raw = sys.argv[1], open(sys.argv[2], "rb").read()
if where == "import":
    real = statements._make_events
    def made(*given, **more):
        real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    statements._make_events = made
else:
    real, posted = matching.post, []
    def post(*given, **more):
        donation = real(*given, **more)
        posted.append(donation)
        if len(posted) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return donation
    matching.post = post
    matching._FEWEST = matching._MOST = 2
with app.app_context():
    bank_hands.import_file(name="x.csv", raw=raw, by=None)
"""


def killed(app: Flask, where: str, raw: bytes, folder: Path) -> int:
    """Import in a process of its own that is killed in the middle, as by kill -9."""
    settings = app.extensions["kueakun"]
    (folder / "killed.csv").write_bytes(raw)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(settings.data),
        "KUEAKUN_SECRET_KEY": settings.secret_key,
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": settings.callback_key,
        "KUEAKUN_DATABASE_URL": settings.database_url,
    }
    db.session.remove()
    return subprocess.run(
        [sys.executable, "-c", _KILLED, where, str(folder / "killed.csv")],
        env=environment,
        check=False,
        timeout=120,
    ).returncode


def test_kill_9_in_the_middle_of_an_import_leaves_nothing_and_the_import_can_be_repeated(
    portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    payment_request = opened(cast)
    raw = generic(
        [(NOW, 150_000, payment_request.ref1, "")] + [(NOW, 100 + n, "", f"{n}") for n in range(300)]
    )
    assert killed(portal, "import", raw, tmp_path) == -signal.SIGKILL
    assert (count(BankEvent), count(ReconciliationItem), count(Statement), given()) == (0, 0, 0, [])
    assert brought_in(raw) == {"new": 301, "known": 0, "posted": 1, "waiting": 300}


def test_kill_9_in_the_middle_of_posting_leaves_whole_donations_and_the_job_does_the_rest(
    portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    payment_requests = [opened(cast, 1_000 + n) for n in range(6)]
    raw = generic(
        [
            (NOW + timedelta(minutes=n), payment_request.due_satang, payment_request.ref1, "")
            for n, payment_request in enumerate(payment_requests)
        ]
    )
    assert killed(portal, "post", raw, tmp_path) == -signal.SIGKILL
    assert given() == [1_000, 1_001]
    assert states() == {"posted": 2, "new": 4}
    assert matching.reconcile_new() == 4
    assert given() == [1_000 + n for n in range(6)]
    assert brought_in(raw) == {"new": 0, "known": 6, "posted": 0, "waiting": 0}


def test_the_command_prints_the_counts_as_json(portal: Flask, cast: Cast, tmp_path: Path) -> None:
    runner = CliRunner()
    done = runner.invoke(bank, ["import", str(FILES / "kbank.csv")])
    assert done.output.strip() == '{"new": 5, "known": 0, "posted": 0, "waiting": 4}'
    for arguments in (
        [str(tmp_path / "nothing.csv")],
        [str(tmp_path)],
        [str(FILES / "kbank.csv"), "--account", "1"],
        [str(FILES / "kbank.csv"), "--profile", "x"],
    ):
        refused = runner.invoke(bank, ["import", *arguments])
        assert isinstance(refused.exception, BadInput), arguments
    address = runner.invoke(bank, ["callback-address"]).output.strip()
    assert portal.test_client().post(address, data=b"{").status_code == 400


@pytest.mark.postgres
def test_the_same_file_from_two_hands_at_once_is_one_import(postgres_portal: Flask) -> None:
    import threading

    payment_request = opened(Cast(postgres_portal))
    raw = generic(
        [(NOW, 150_000, payment_request.ref1, "")] + [(NOW, 100 + n, "", f"{n}") for n in range(200)]
    )
    answers: list[dict[str, int]] = []
    start = threading.Barrier(4)

    def bring() -> None:
        with postgres_portal.app_context():
            start.wait()
            answers.append(statements.import_file(name="x.csv", raw=raw, by=None))
            db.session.remove()

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(answer["new"] for answer in answers) == [0, 0, 0, 201]
    bank_hands.confirm_files()
    assert (count(BankEvent), given()) == (201, [150_000])
    assert db.session().get_one(PaymentRequest, payment_request.id).state == "received"


@pytest.mark.parametrize("balance", [True, False])
def test_the_same_lines_in_another_layout_add_no_money_until_a_person_says_so(
    portal: Flask, cast: Cast, balance: bool
) -> None:
    payment_request = opened(cast)
    movements = [(NOW, 150_000, payment_request.ref1, "รับโอน")]
    assert brought_in(generic(movements, balance=balance))["posted"] == 1
    again = brought_in(in_another_layout(movements, balance=balance))
    assert again == {"new": 1, "known": 0, "posted": 0, "waiting": 1}
    assert given() == [150_000]
    assert (
        db.session()
        .scalars(select(ReconciliationItem).filter_by(match_reason="other_file"))
        .one()
        .payment_request_id
        == payment_request.id
    )


def test_another_transfer_of_one_qr_in_another_layout_is_another_payment(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    brought_in(generic([(NOW, 150_000, payment_request.ref1, "รับโอน")]))
    # The running balance, or the time of day, says that it is another line.
    brought_in(in_another_layout([(NOW, 150_000, payment_request.ref1, "รับโอน")], opening=1_150_000))
    later = NOW + timedelta(minutes=9)
    brought_in(in_another_layout([(later, 150_000, payment_request.ref1, "รับโอน")], balance=False))
    assert sorted(db.session().scalars(select(ReconciliationItem.match_reason))) == [
        "exact_reference",
        "paid_twice",
        "paid_twice",
    ]
