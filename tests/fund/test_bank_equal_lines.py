"""Equal lines of two files: told again, another payment, or for a person to say."""

import io

from bank_files import brought_in
from bank_hands import count, given, opened
from bank_meanings import ON, TODAY, waiting
from bank_tables import table
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.fund.bank.records import BankEvent, Statement
from app.fund.bank.statements import preview, staging
from app.fund.bank.statements.uploads import find, keep
from app.fund.closing import continuity
from app.kit.db import db

DAY = f"{TODAY:%y%m%d}"
WORDS = "PROMPTPAY FROM OTHER BANK"
Counts = dict[str, int]


def counts(new: int, known: int, waits: int = 0) -> Counts:
    return {"new": new, "known": known, "posted": 0, "waiting": waits}


def mt940(opening: int, *baht: int, number: int = 1) -> bytes:
    body = "".join(f":61:{DAY}C{amount},00NTRFNONREF\n:86:{WORDS}\n" for amount in baht)
    return (
        f":20:X\n:25:4010000001\n:28C:{number}/1\n:60F:C{DAY}THB{opening},00\n{body}:62F:C{DAY}THB{opening + sum(baht)},00\n-\n"
    ).encode()


def camt(opening: int, *baht: int) -> bytes:
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='THB'>{}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Dt><Dt>{TODAY}</Dt></Dt></Bal>"
    )
    told = "".join(
        f'<Ntry><Amt Ccy="THB">{amount}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{TODAY}</Dt></BookgDt>'
        f"<AddtlNtryInf>{WORDS}</AddtlNtryInf></Ntry>"
        for amount in baht
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr>'
        f"<Id>4010000001</Id></Othr></Id></Acct>{balance.format('OPBD', opening)}{balance.format('CLBD', opening + sum(baht))}"
        f"{told}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def test_an_equal_line_of_a_statement_that_follows_is_another_payment(portal: Flask, cast: Cast) -> None:
    for make, opening in ((mt940, 1000), (camt, 1040)):
        assert brought_in(make(opening, 20)) == counts(1, 0, 1)
        assert brought_in(make(opening + 20, 20)) == counts(1, 0, 1)
        # Told again, alone or in a longer file, they are known.
        assert brought_in(make(opening + 20, 20)) == counts(0, 1)
        assert brought_in(make(opening, 20, 20)) == counts(0, 2)
    assert count(Statement) == 4
    day = continuity.prove(TODAY, TODAY)[0]
    assert (day.closing, day.holds, count(BankEvent)) == (108_000, True, 4)
    assert waiting() == ["unmatched"] * 4


def test_a_third_statement_of_the_day_follows_the_second(portal: Flask, cast: Cast) -> None:
    for number, baht in enumerate(((20,), (30,), (20,), (20, 50))):
        opening = (1000, 1020, 1050, 1070)[number]
        assert brought_in(mt940(opening, *baht)) == counts(len(baht), 0, len(baht))
    assert waiting() == ["unmatched"] * 5


def test_an_earlier_statement_that_comes_later_is_another_payment(portal: Flask, cast: Cast) -> None:
    brought_in(mt940(1020, 20))
    assert brought_in(mt940(1000, 20)) == counts(1, 0, 1)
    assert waiting() == ["unmatched", "unmatched"]


def test_an_equal_line_at_another_balance_that_nothing_connects_waits_as_doubtful(
    portal: Flask, cast: Cast
) -> None:
    brought_in(mt940(1000, 20))
    assert brought_in(mt940(5000, 20)) == counts(1, 0, 1)
    assert waiting() == ["equal_line", "unmatched"]


def test_the_same_lines_in_another_order_wait_as_doubtful(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 2_000)
    first = mt940(1000, 20, 30).replace(WORDS.encode(), payment_request.ref1.encode(), 1)
    assert brought_in(first)["posted"] == 1
    other = (
        mt940(1000, 30, 20)
        .replace(WORDS.encode(), b"X", 1)
        .replace(WORDS.encode(), payment_request.ref1.encode())
    )
    brought_in(other.replace(b":86:X", b":86:" + WORDS.encode()))
    assert given() == [2_000]
    assert waiting().count("equal_line") == 2


def blind(*rows: str, header: str = "Date,Description,Amount", top: str = "") -> bytes:
    return (f"{top}\n" if top else "").encode() + table(header, *(f"{ON},{row}" for row in rows))


def test_twins_in_one_file_are_two_and_stay_known(portal: Flask, cast: Cast) -> None:
    twins = blind("PROMPTPAY,20.00", "PROMPTPAY,20.00")
    assert brought_in(twins) == counts(2, 0, 2)
    assert brought_in(twins) == counts(0, 2)
    assert brought_in(blind("PROMPTPAY,20.00", "PROMPTPAY,20.00", "PROMPTPAY,20.00")) == counts(1, 2, 1)


def test_a_longer_export_without_times_and_balances_stays_known_and_says_so(
    portal: Flask, cast: Cast
) -> None:
    brought_in(blind("PROMPTPAY,20.00", "INTEREST,1.00"))
    longer = blind("PROMPTPAY,20.00", "INTEREST,1.00", "PROMPTPAY,30.00")
    upload = keep(name="x.csv", file=io.BytesIO(longer), by=None).id
    staging.read(upload)
    shown = preview.make(find(upload))
    assert (shown.new, shown.known, shown.odd["known_alike"]) == (1, 2, 2)
    db.session.rollback()
    assert brought_in(longer) == counts(1, 2, 1)


def test_an_equal_line_beside_others_waits_as_doubtful_and_is_known_the_next_time(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast, 2_000)
    brought_in(blind(f"{payment_request.ref1},20.00", "INTEREST,1.00"))
    second = blind(f"{payment_request.ref1},20.00", "PROMPTPAY,30.00")
    assert brought_in(second) == counts(2, 0, 2)
    assert waiting() == ["equal_line", "unmatched", "unmatched"]
    assert brought_in(second) == counts(0, 2)
    assert brought_in(blind(f"{payment_request.ref1},20.00", "INTEREST,1.00")) == counts(0, 2)
    assert given() == [2_000]
    page = cast.kanya.sign_in().visit("/bank")
    assert "เหมือนรายการของไฟล์อื่นทุกช่อง" in page.words


def test_a_stated_balance_says_that_a_file_without_balances_follows(portal: Flask, cast: Cast) -> None:
    first = blind("PROMPTPAY,20.00", "A,1.00", top="ยอดยกมา,1000.00\nยอดยกไป,1021.00")
    second = blind("PROMPTPAY,20.00", "A,1.00", top="ยอดยกมา,1021.00\nยอดยกไป,1042.00")
    assert brought_in(first) == counts(2, 0, 2)
    assert brought_in(second) == counts(2, 0, 2)
    assert waiting() == ["unmatched"] * 4
    assert brought_in(second) == counts(0, 2)


def test_a_file_that_states_only_its_beginning_ends_where_its_lines_lead(portal: Flask, cast: Cast) -> None:
    first, second = (blind("PROMPTPAY,20.00", top=f"ยอดยกมา,{baht}.00") for baht in (1000, 1020))
    assert brought_in(first) == counts(1, 0, 1)
    assert brought_in(second) == counts(1, 0, 1)
    assert waiting() == ["unmatched"] * 2
    assert (brought_in(first), brought_in(second)) == (counts(0, 1), counts(0, 1))


def test_the_names_of_lines_never_meet(portal: Flask, cast: Cast) -> None:
    brought_in(mt940(1000, 20, 20))
    brought_in(mt940(1040, 20, 20))
    names = list(db.session().scalars(select(BankEvent.external_id)))
    assert len(set(names)) == 4
    assert len({name[:64] for name in names}) == 1


def round_mt940(number: str = "", *, reference: str = "X", more: int = 0, opening: int = 1000) -> bytes:
    """20 in and 20 out, so that it ends where it begins; then `more`."""
    body = "".join(f":61:{DAY}{movement},00NTRFNONREF\n:86:{WORDS}\n" for movement in ("C20", "D20"))
    body += f":61:{DAY}C{more},00NTRFNONREF\n:86:{WORDS}\n" if more else ""
    numbered = f":28C:{number}\n" if number else ""
    return (
        f":20:{reference}\n:25:4010000001\n{numbered}:60F:C{DAY}THB{opening},00\n{body}"
        f":62F:C{DAY}THB{opening + more},00\n-\n"
    ).encode()


def round_camt(identity: str, numbered: str = "") -> bytes:
    number = f"<ElctrncSeqNb>{numbered}</ElctrncSeqNb>" if numbered else ""
    made = camt(1000, 20, 20).decode().replace("<Id>1</Id>", f"<Id>{identity}</Id>{number}", 1)
    head, _, tail = made.rpartition("<CdtDbtInd>CRDT</CdtDbtInd><Sts>")
    made = f"{head}<CdtDbtInd>DBIT</CdtDbtInd><Sts>{tail}"
    return made.replace("1040.00", "1000.00").encode()


def test_a_file_that_runs_round_to_where_it_began_waits_as_doubtful_where_nothing_says_which_it_is(
    portal: Flask, cast: Cast
) -> None:
    first = round_mt940(reference="A")
    assert brought_in(first)["new"] == 2
    # The very same bytes are the same file; other bytes may be another.
    assert brought_in(first) == counts(0, 2)
    second = round_mt940("1/1", reference="")
    upload = keep(name="x.sta", file=io.BytesIO(second), by=None).id
    staging.read(upload)
    shown = preview.make(find(upload))
    assert (shown.new, shown.known, shown.odd["alike"]) == (2, 0, 2)
    db.session.rollback()
    assert brought_in(second) == counts(2, 0, 2)
    assert waiting() == ["equal_line", "equal_line", "unmatched"]
    assert brought_in(second) == counts(0, 2)
    assert continuity.prove(TODAY, TODAY)[0].closing == 100_000


def test_one_number_under_two_references_does_not_say_which_statement_it_is(
    portal: Flask, cast: Cast
) -> None:
    brought_in(round_mt940("1/1", reference="A"))
    assert brought_in(round_mt940("1/1", reference="B")) == counts(2, 0, 2)
    assert waiting().count("equal_line") == 2


def test_the_banks_number_of_a_statement_says_whether_it_is_told_again_or_goes_on(
    portal: Flask, cast: Cast
) -> None:
    brought_in(round_mt940("00001/001"))
    assert brought_in(round_mt940("1/1") + b"\n") == counts(0, 2)
    other = brought_in(round_mt940("2/1"))
    assert (other["new"], other["known"]) == (2, 0)
    # A third is told from both.
    assert brought_in(round_mt940("2/1") + b"\n") == counts(0, 2)
    assert brought_in(round_mt940("3/1"))["new"] == 2
    assert (waiting(), count(BankEvent)) == (["unmatched"] * 3, 6)


def test_where_no_number_stands_the_reference_of_a_statement_says_so(portal: Flask, cast: Cast) -> None:
    brought_in(round_mt940(reference="A"))
    assert brought_in(round_mt940(reference="A") + b"\n") == counts(0, 2)
    assert brought_in(round_mt940(reference="B"))["new"] == 2
    assert (waiting(), count(BankEvent)) == (["unmatched"] * 2, 4)


def test_the_identity_or_the_number_of_a_camt_statement_says_so(portal: Flask, cast: Cast) -> None:
    brought_in(round_camt("A"))
    assert brought_in(round_camt("A") + b"\n") == counts(0, 2)
    assert brought_in(round_camt("B"))["new"] == 2
    brought_in(round_camt("B", "7"))
    assert count(BankEvent) == 4
    assert brought_in(round_camt("C", "8"))["new"] == 2
    assert waiting() == ["unmatched"] * 3


def test_lines_that_run_round_within_a_longer_file_wait_as_doubtful_and_the_rest_is_new(
    portal: Flask, cast: Cast
) -> None:
    brought_in(round_mt940("1/1", reference="A"))
    assert brought_in(round_mt940("1/1", reference="B", more=50)) == counts(3, 0, 3)
    assert waiting() == ["equal_line", "equal_line", "unmatched", "unmatched"]


def test_a_file_that_leads_to_where_a_known_one_begins_and_runs_round_there_waits_as_doubtful(
    portal: Flask, cast: Cast
) -> None:
    rows = ("IN,20.00,1020.00", "OUT,-20.00,1000.00")
    header = "Date,Description,Amount,Balance"
    brought_in(blind(*rows, header=header))
    brought_in(blind("BEFORE,30.00,1000.00", *rows, header=header))
    assert waiting().count("equal_line") == 2


def test_balances_beside_the_lines_that_run_round_say_nothing_either(portal: Flask, cast: Cast) -> None:
    rows = ("IN,20.00,1020.00", "OUT,-20.00,1000.00")
    header = "Date,Description,Amount,Balance"
    brought_in(blind(*rows, header=header))
    assert brought_in(blind(*rows, header=header, top="ABC")) == counts(2, 0, 2)
    assert waiting() == ["equal_line", "equal_line", "unmatched"]
    # So with balances that stand only above and below the lines.
    forward = "ยอดยกมา,5000.00\nยอดยกไป,5000.00"
    brought_in(blind("A,30.00", "B,-30.00", top=forward))
    brought_in(blind("A,30.00", "B,-30.00", top=f"ABC\n{forward}"))
    assert waiting().count("equal_line") == 4


def test_an_equal_line_of_a_third_file_after_the_balance_has_come_back_waits_as_doubtful(
    portal: Flask, cast: Cast
) -> None:
    header = "Date,Description,Amount,Balance"
    brought_in(blind("IN,20.00,1020.00", header=header))
    brought_in(blind("OUT,-20.00,1000.00", header=header))
    brought_in(blind("IN,20.00,1020.00", header=header, top="ABC"))
    assert waiting() == ["equal_line", "unmatched"]


def test_lines_behind_a_known_one_that_is_told_again_stay_known_though_they_run_round(
    portal: Flask, cast: Cast
) -> None:
    header = "Date,Description,Amount,Balance"
    rows = ("FIRST,100.00,1100.00", "IN,20.00,1120.00", "OUT,-20.00,1100.00")
    brought_in(blind(*rows, header=header))
    assert brought_in(blind(*rows, "LAST,5.00,1105.00", header=header)) == counts(1, 3, 1)
    assert waiting() == ["unmatched"] * 3


def test_a_line_with_its_time_is_known_by_it_though_the_balance_has_come_back(
    portal: Flask, cast: Cast
) -> None:
    rows = (f"{ON} 10:01,IN,20.00,1020.00", f"{ON} 10:02,OUT,-20.00,1000.00")
    header = "Date,Description,Amount,Balance"
    brought_in(table(header, *rows))
    assert brought_in(b"ABC\n" + table(header, *rows)) == counts(0, 2)
