"""Reversals: what a bank takes back is laid beside what it takes back, and a person decides about both."""

import pytest
from bank_files import brought_in
from bank_hands import confirm_files, count, given, opened
from bank_meanings import ON, TODAY, waiting
from bank_tables import table
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.fund.bank.reconciliation import decisions, undoing
from app.fund.bank.records import BankReversal, ReconciliationItem
from app.fund.bank.statements import statements
from app.fund.giving.records.receipts import Receipt
from app.kit.db import db, transaction
from app.kit.errors import Refused

DAY = f"{TODAY:%y%m%d}"
HEADER = "Date,Description,Reference 1,Transaction ID,Withdrawal,Deposit"


def message(*entries: str, opening: int = 1000, closing: int = 1000, number: int = 1) -> bytes:
    body = "\n".join(entries)
    return (
        f":20:X\n:25:4010000001\n:28C:{number}/1\n:60F:C{DAY}THB{opening},00\n{body}\n:62F:C{DAY}THB{closing},00\n-\n"
    ).encode()


def entry(mark: str, words: str, reference: str = "") -> str:
    return f":61:{DAY}{mark}1500,00NTRFNONREF{'//' if reference else ''}{reference}\n:86:{words}"


def camt(*entries: tuple[str, str, str]) -> bytes:
    """Entries of 1,500.00 as side, more parts, and the end-to-end reference."""
    told = "".join(
        f'<Ntry><Amt Ccy="THB">1500.00</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}<Sts>BOOK</Sts><BookgDt><Dt>{TODAY}</Dt></BookgDt>'
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{code}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        for side, more, code in entries
    )
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='THB'>{}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Dt><Dt>{TODAY}</Dt></Dt></Bal>"
    )
    moved = sum(1500 if side == "CRDT" else -1500 for side, _, _ in entries)
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr>'
        f"<Id>4010000001</Id></Othr></Id></Acct>{balance.format('OPBD', 1000 + 1500)}{balance.format('CLBD', 2500 + moved)}{told}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def rows(*cells: str) -> bytes:
    return table(HEADER, *(f"{ON},{cell}" for cell in cells))


def both(code: str) -> dict[str, bytes]:
    """A donation and what takes it back in one file, in every way a bank says so."""
    back = "<RvslInd>true</RvslInd>"
    return {
        "RC": message(entry("C", f"GIFT {code}", "RB1"), entry("RC", f"REVERSAL GIFT {code}", "RB1")),
        "RC without words": message(entry("C", f"GIFT {code}"), entry("RC", "X")),
        "RvslInd": camt(("CRDT", "", code), ("DBIT", back, code)),
        "RvslInd alone": camt(("CRDT", "", code), ("DBIT", back, "NOTPROVIDED")),
        "same code": camt(("CRDT", "", code), ("DBIT", "", code)),
        "same bank reference": rows(f"donation,{code},SC20261,,1500.00", "fee,,SC20261,1500.00,"),
        "word": rows(f"donation,{code},,,1500.00", "REVERSAL,,,1500.00,"),
        "Thai word": rows(f"donation,{code},,,1500.00", "กลับรายการ,,,1500.00,"),
        "returned": rows(f"donation,{code},,,1500.00", "คืนเงินผู้โอน,,,1500.00,"),
        "cheque": rows(f"donation,{code},,,1500.00", "เช็คคืน,,,1500.00,"),
        "deposit below zero": rows(f"donation,{code},,,1500.00", "x,,,,-1500.00"),
    }


@pytest.mark.parametrize("way", both(""))
def test_a_donation_and_its_reversal_in_one_file_count_neither(portal: Flask, cast: Cast, way: str) -> None:
    counts = brought_in(both(opened(cast).ref1)[way])
    assert (counts["posted"], counts["waiting"], given()) == (0, 2, [])
    assert waiting() == ["reversal", "reversal"]
    assert count(BankReversal) == 1


@pytest.mark.parametrize("way", ["RC", "RvslInd", "same code", "Thai word"])
def test_the_reversal_of_a_posted_donation_puts_it_before_finance(
    portal: Flask, cast: Cast, way: str
) -> None:
    code = opened(cast).ref1
    first, second = {
        "RC": (message(entry("C", code), closing=2500), message(entry("RC", "REVERSAL"), opening=2500)),
        "RvslInd": (camt(("CRDT", "", code)), camt(("DBIT", "<RvslInd>true</RvslInd>", code))),
        "same code": (camt(("CRDT", "", code)), camt(("DBIT", "", code))),
        "Thai word": (rows(f"donation,{code},,,1500.00"), rows("กลับรายการ,,,1500.00,")),
    }[way]
    assert brought_in(first)["posted"] == 1
    counts = brought_in(second)
    assert (counts["waiting"], waiting()) == (1, ["reversal"])
    out = db.session().scalars(select(ReconciliationItem).filter_by(state="waiting")).one()
    assert "ธนาคารเรียกเงินคืน" in out.reason
    page = cast.kanya.sign_in().visit("/bank")
    assert "ธนาคารเรียกเงินคืน" in page.words
    assert "ธนาคารเรียกเงินคืน" in cast.kanya.visit(f"/bank/events/{out.event_id}").words


def test_what_is_taken_back_becomes_no_donation_until_the_reversal_is_decided(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast)
    brought_in(both(payment_request.ref1)["RC"])
    taken = db.session().scalars(select(BankReversal)).one()
    event_id, reverses_id = taken.event_id, taken.reverses_id
    with pytest.raises(Refused, match="ธนาคารเรียกเงินก้อนนี้คืน"), transaction():
        decisions.assign(reverses_id, payment_request_id=payment_request.id, by=None)
    with transaction():
        decisions.exclude(event_id, reason="ธนาคารแจ้งว่าเป็นรายการอื่น", by=None)
    with transaction():
        decisions.assign(reverses_id, payment_request_id=payment_request.id, by=None)
    assert given() == [150_000]


def test_a_donation_that_the_bank_took_back_has_its_receipt_in_doubt_until_finance_confirms(
    portal: Flask, cast: Cast
) -> None:
    brought_in(message(entry("C", opened(cast).ref1), closing=2500))
    token = db.session().scalars(select(Receipt.token)).one()
    assert "ใบเสร็จถูกต้อง" in cast.stranger.visit(f"/receipts/{token}").words
    brought_in(message(entry("RC", "REVERSAL"), opening=2500))
    assert "ใบเสร็จนี้อยู่ระหว่างตรวจสอบ" in cast.stranger.visit(f"/receipts/{token}").words
    number = db.session().scalars(select(BankReversal.event_id)).one()
    page = cast.kanya.sign_in().visit(f"/bank/events/{number}")
    assert "รายการเงินเข้าที่ถูกเรียกคืน" in page.words
    cast.kanya.send(f"/bank/events/{number}", action="/taken-back")
    assert (waiting(), set(db.session().scalars(select(ReconciliationItem.state)))) == ([], {"excluded"})
    assert "ใบเสร็จนี้ยกเลิกแล้ว" in cast.stranger.visit(f"/receipts/{token}").words


def test_ordinary_money_out_stays_set_aside(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    counts = brought_in(rows(f"donation,{code},SC1,,1500.00", "fee,,SC2,15.00,", "โอนออก,,SC3,1500.00,"))
    assert (counts["posted"], counts["waiting"]) == (1, 0)


@pytest.mark.parametrize(("out_at", "waits"), [("10:00", []), ("10:30", ["reversal"])])
def test_a_transfer_of_ours_that_came_back_under_its_own_reference_is_money_out_and_takes_nothing_back(
    portal: Flask, cast: Cast, out_at: str, waits: list[str]
) -> None:
    timed = HEADER.replace("Date", "Date,Time")
    brought_in(
        table(timed, f"{ON},{out_at},transfer,,TX90005,1500.00,", f"{ON},10:20,credit,,TX90005,,1500.00")
    )
    out = db.session().scalars(select(ReconciliationItem).order_by(ReconciliationItem.event_id)).first()
    assert out is not None and out.match_reason == ("outgoing" if not waits else "reversal")
    assert [reason for reason in waiting() if reason == "reversal"] == waits * 2


def test_a_reversal_that_may_be_of_several_names_none_and_none_of_them_counts(
    portal: Flask, cast: Cast
) -> None:
    first, other = opened(cast).ref1, opened(cast).ref1
    counts = brought_in(rows(f"a,{first},,,1500.00", f"b,{other},,,1500.00", "REVERSAL,,,1500.00,"))
    assert (counts["posted"], counts["waiting"], count(BankReversal)) == (0, 3, 0)
    named = brought_in(
        rows(
            f"a,{opened(cast, 70_000).ref1},,,700.00",
            f"b,{opened(cast, 70_001).ref1},,,700.01",
            "REVERSAL,,,700.00,",
        )
    )
    assert (named["posted"], named["waiting"]) == (1, 2)


@pytest.mark.pages
@pytest.mark.parametrize(
    "words", ["ยกเลิกรายการรับโอน", "ปรับปรุงรายการผิดบัญชี", "Error correction EC", "Cancelled transfer", "VOID"]
)
def test_banks_call_a_reversal_by_many_words(portal: Flask, cast: Cast, words: str) -> None:
    brought_in(rows(f"Donation,{opened(cast).ref1},,,1500.00", f"{words},,,1500.00,"))
    assert (given(), waiting(), count(BankReversal)) == ([], ["reversal"] * 2, 1)


def in_part(reference: str, *, reversal: str = "REVERSAL") -> str:
    return f"{reversal},,{reference},500.00,"


def test_a_reversal_in_part_lies_beside_the_money_it_names_and_touches_no_donation_of_its_own_sum(
    portal: Flask, cast: Cast
) -> None:
    whole, other = opened(cast).ref1, opened(cast, 50_000).ref1
    first = (f"a,{whole},RB2026,,1500.00", f"b,{other},RB2027,,500.00")
    brought_in(rows(*first, in_part("RB2026")))
    assert (given(), waiting(), count(BankReversal)) == ([50_000], ["reversal"] * 2, 1)
    taken = db.session().get_one(
        ReconciliationItem, db.session().scalars(select(BankReversal.reverses_id)).one()
    )
    assert (taken.event.satang, taken.state) == (150_000, "waiting")
    assert "เรียกเงินคืน 500" in taken.reason


def test_a_reversal_in_part_of_a_posted_donation_puts_that_donation_before_finance_and_not_another(
    portal: Flask, cast: Cast
) -> None:
    whole, other = opened(cast).ref1, opened(cast, 50_000).ref1
    brought_in(rows(f"b,{other},RB2027,,500.00", f"a,{whole},RB2026,,1500.00"))
    assert sorted(given()) == [50_000, 150_000]
    brought_in(rows(in_part("RB2026")))
    laid = db.session().scalars(select(BankReversal)).one()
    out, taken = (
        db.session().get_one(ReconciliationItem, number) for number in (laid.event_id, laid.reverses_id)
    )
    assert (taken.event.satang, out.state, out.match_reason) == (150_000, "waiting", "reversal")
    assert "500" in out.reason
    assert "1,500" in out.reason
    page = cast.kanya.sign_in().visit(f"/bank/events/{laid.event_id}")
    assert "ยอดที่เรียกคืนไม่เท่ากับเงินที่เข้า" in page.words
    assert "/taken-back" not in page.text
    with pytest.raises(Refused, match="ไม่เท่ากับเงินที่เข้า"), transaction():
        undoing.confirm_taken_back(laid.event_id, by=cast.kanya.user)


def test_money_reversed_in_part_does_not_count_when_another_person_confirms_its_file(
    portal: Flask, cast: Cast
) -> None:
    whole, other = opened(cast).ref1, opened(cast, 50_000).ref1
    for raw in (
        rows(f"b,{other},RB2027,,500.00", f"a,{whole},RB2026,,1500.00"),
        rows(in_part("RB2026")),
    ):
        statements.import_file(name="x.csv", raw=raw, by=None)
        db.session.rollback()
    assert given() == []
    confirm_files()
    assert given() == [50_000]
    assert waiting() == ["reversal"] * 2


def test_a_second_reversal_in_part_waits_alone_and_touches_no_other_donation(
    portal: Flask, cast: Cast
) -> None:
    whole, other = opened(cast).ref1, opened(cast, 50_000).ref1
    brought_in(rows(f"a,{whole},RB2026,,1500.00", f"b,{other},RB2027,,500.00"))
    brought_in(rows(in_part("RB2026")))
    brought_in(rows(in_part("RB2026", reversal="REVERSAL AGAIN")))
    assert (waiting(), count(BankReversal)) == (["reversal"] * 2, 1)


def test_of_several_lines_under_one_reference_the_one_with_the_sum_is_taken_back(
    portal: Flask, cast: Cast
) -> None:
    whole, part = opened(cast).ref1, opened(cast, 50_000).ref1
    brought_in(rows(f"a,{whole},RB2026,,1500.00", f"b,{part},RB2026,,500.00", in_part("RB2026")))
    assert (given(), waiting(), count(BankReversal)) == ([150_000], ["reversal"] * 2, 1)


def test_money_that_comes_to_be_known_after_the_reversal_that_names_it_waits(
    portal: Flask, cast: Cast
) -> None:
    whole, other = opened(cast).ref1, opened(cast, 50_000).ref1
    brought_in(rows(f"b,{other},RB2027,,500.00"))
    brought_in(rows(in_part("RB2026")))
    assert brought_in(rows(f"a,{whole},RB2026,,1500.00"))["posted"] == 0


def test_a_fee_under_the_reference_of_a_donation_takes_nothing_back(portal: Flask, cast: Cast) -> None:
    counts = brought_in(rows(f"a,{opened(cast).ref1},RB2026,,1500.00", "fee,,RB2026,15.00,"))
    assert (counts["posted"], counts["waiting"]) == (1, 0)
