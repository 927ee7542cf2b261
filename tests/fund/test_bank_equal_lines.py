"""Equal lines of two files: told again, another payment, or for a person to say."""

import io

from bank_hands import count, given, opened
from flask import Flask
from people import Cast
from sqlalchemy import select
from test_bank_lines import table
from test_bank_meanings import ON, TODAY, waiting
from test_bank_statements import brought_in

from app.fund.bank.events import BankEvent, Statement
from app.fund.bank.months import continuity
from app.fund.bank.statements import staging, weighing
from app.fund.bank.statements.drafts import find, keep
from app.kit.db import db

DAY = f"{TODAY:%y%m%d}"
WORDS = "PROMPTPAY FROM OTHER BANK"
Counts = dict[str, int]


def counts(new: int, known: int, waits: int = 0) -> Counts:
    return {"new": new, "known": known, "posted": 0, "waiting": waits}


def mt940(opening: int, *baht: int, number: int = 1) -> bytes:
    body = "".join(f":61:{DAY}C{one},00NTRFNONREF\n:86:{WORDS}\n" for one in baht)
    return (
        f":20:X\n:25:4010000001\n:28C:{number}/1\n:60F:C{DAY}THB{opening},00\n{body}:62F:C{DAY}THB{opening + sum(baht)},00\n-\n"
    ).encode()


def camt(opening: int, *baht: int) -> bytes:
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='THB'>{}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Dt><Dt>{TODAY}</Dt></Dt></Bal>"
    )
    told = "".join(
        f'<Ntry><Amt Ccy="THB">{one}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{TODAY}</Dt></BookgDt>'
        f"<AddtlNtryInf>{WORDS}</AddtlNtryInf></Ntry>"
        for one in baht
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
    assert waiting() == ["unknown"] * 4


def test_a_third_statement_of_the_day_follows_the_second(portal: Flask, cast: Cast) -> None:
    for number, baht in enumerate(((20,), (30,), (20,), (20, 50))):
        opening = (1000, 1020, 1050, 1070)[number]
        assert brought_in(mt940(opening, *baht)) == counts(len(baht), 0, len(baht))
    assert waiting() == ["unknown"] * 5


def test_an_earlier_statement_that_comes_later_is_another_payment(portal: Flask, cast: Cast) -> None:
    brought_in(mt940(1020, 20))
    assert brought_in(mt940(1000, 20)) == counts(1, 0, 1)
    assert waiting() == ["unknown", "unknown"]


def test_an_equal_line_at_another_balance_that_nothing_connects_waits_as_doubtful(
    portal: Flask, cast: Cast
) -> None:
    brought_in(mt940(1000, 20))
    assert brought_in(mt940(5000, 20)) == counts(1, 0, 1)
    assert waiting() == ["alike", "unknown"]


def test_the_same_lines_in_another_order_wait_as_doubtful(portal: Flask, cast: Cast) -> None:
    donation = opened(cast, 2_000)
    first = mt940(1000, 20, 30).replace(WORDS.encode(), donation.ref1.encode(), 1)
    assert brought_in(first)["posted"] == 1
    other = (
        mt940(1000, 30, 20).replace(WORDS.encode(), b"X", 1).replace(WORDS.encode(), donation.ref1.encode())
    )
    brought_in(other.replace(b":86:X", b":86:" + WORDS.encode()))
    assert given() == [2_000]
    assert waiting().count("alike") == 2


def blind(*rows: str, header: str = "Date,Description,Amount", top: str = "") -> bytes:
    return (f"{top}\n" if top else "").encode() + table(header, *(f"{ON},{one}" for one in rows))


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
    draft = keep(name="x.csv", file=io.BytesIO(longer), by=None).id
    staging.read(draft)
    weighed = weighing.weigh(find(draft))
    assert (weighed.new, weighed.known, weighed.odd["known_alike"]) == (1, 2, 2)
    db.session.rollback()
    assert brought_in(longer) == counts(1, 2, 1)


def test_an_equal_line_beside_others_waits_as_doubtful_and_is_known_the_next_time(
    portal: Flask, cast: Cast
) -> None:
    donation = opened(cast, 2_000)
    brought_in(blind(f"{donation.ref1},20.00", "INTEREST,1.00"))
    second = blind(f"{donation.ref1},20.00", "PROMPTPAY,30.00")
    assert brought_in(second) == counts(2, 0, 2)
    assert waiting() == ["alike", "unknown", "unknown"]
    assert brought_in(second) == counts(0, 2)
    assert brought_in(blind(f"{donation.ref1},20.00", "INTEREST,1.00")) == counts(0, 2)
    assert given() == [2_000]
    page = cast.kanya.sign_in().visit("/bank")
    assert "เหมือนรายการของไฟล์อื่นทุกช่อง" in page.words


def test_a_stated_balance_says_that_a_file_without_balances_follows(portal: Flask, cast: Cast) -> None:
    first = blind("PROMPTPAY,20.00", "A,1.00", top="ยอดยกมา,1000.00\nยอดยกไป,1021.00")
    second = blind("PROMPTPAY,20.00", "A,1.00", top="ยอดยกมา,1021.00\nยอดยกไป,1042.00")
    assert brought_in(first) == counts(2, 0, 2)
    assert brought_in(second) == counts(2, 0, 2)
    assert waiting() == ["unknown"] * 4
    assert brought_in(second) == counts(0, 2)


def test_a_file_that_states_only_its_beginning_ends_where_its_lines_lead(portal: Flask, cast: Cast) -> None:
    first, second = (blind("PROMPTPAY,20.00", top=f"ยอดยกมา,{baht}.00") for baht in (1000, 1020))
    assert brought_in(first) == counts(1, 0, 1)
    assert brought_in(second) == counts(1, 0, 1)
    assert waiting() == ["unknown"] * 2
    assert (brought_in(first), brought_in(second)) == (counts(0, 1), counts(0, 1))


def test_the_names_of_lines_never_meet(portal: Flask, cast: Cast) -> None:
    brought_in(mt940(1000, 20, 20))
    brought_in(mt940(1040, 20, 20))
    names = list(db.session().scalars(select(BankEvent.external_id)))
    assert len(set(names)) == 4
    assert len({name[:64] for name in names}) == 1
