"""What the demonstration's fund was before its books: money from August 2565, who gave it, and receipts written by hand."""

from datetime import date, timedelta

from app.demo import picture
from app.fund.giving.carried import carried, carried_files
from app.fund.giving.receipts import paper_books
from app.fund.ledger import opening
from app.fund.ledger.opening import Line
from app.kit import clock, thai
from app.kit.sheets import to_csv
from app.staff import approvals, papers, people

#: The books begin with what the fund held at the end of this day.
LAST_DAY = date(2022, 8, 31)
#: What was there, and what had been spent of 1,120,000.00.
BALANCE, SPENT = 461_205_75, 658_794_25
#: Network, day of that August, baht given and baht promised.
_GIVEN = (
    ("NET001", 8, 250_000, 300_000),
    ("NET002", 8, 180_000, 200_000),
    ("NET003", 9, 150_000, 150_000),
    ("NET004", 10, 120_000, 120_000),
    ("NET005", 15, 100_000, 150_000),
    ("NET006", 17, 80_000, 80_000),
    ("NET007", 22, 60_000, 60_000),
    ("NET008", 29, 180_000, 250_000),
)


def bring_in() -> None:
    """The opening, the history that explains it and the old book, each asked for by finance and approved by the chair."""
    kanya, somchai = people.named("kanya"), people.named("somchai")
    last_on = min(LAST_DAY, clock.today() - timedelta(days=1))
    asked = opening.ask(
        [Line("general", BALANCE, SPENT, "สมุดเงินฝากหน้า 3")],
        as_of=last_on,
        paper=papers.keep(picture.bank_book()),
        reason="สมุดเงินฝากและรายงานการประชุมครั้งที่ 1/2565",
        by=kanya,
    )
    approvals.approve(asked.id, by=somchai)
    rows = [
        (
            kind,
            last_on - timedelta(days=31 - day),
            network,
            "",
            "general",
            baht,
            f"1/{place:04d}" if paper else "",
            "",
        )
        for place, (network, day, given, promised) in enumerate(_GIVEN, start=1)
        for kind, baht, paper in (("แจ้งความประสงค์", promised, False), ("เงินสมทบ", given, True))
    ]
    content = to_csv(carried_files.HEADER, rows)
    asked = carried.ask(carried_files.read(content), name="สมทบ-2565.csv", content=content, by=kanya)
    approvals.approve(asked.id, by=somchai)
    asked = paper_books.ask(
        fiscal_year_be=min(thai.fiscal_year_be(LAST_DAY), thai.fiscal_year_be(clock.today()) - 1),
        volume="1",
        first_number=1,
        last_number=46,
        ask_at="ฝ่ายการเงิน สำนักงานพัฒนาชุมชนจังหวัด ในเวลาราชการ",
        reason="เล่มที่ใช้ก่อนเริ่มใช้ระบบ",
        by=kanya,
    )
    approvals.approve(asked.id, by=somchai)
