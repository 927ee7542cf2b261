"""Statement files: read strictly or refused whole with the line's number."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from bank_tables import lines_of, read_file, table

from app.fund.bank.statements import layouts
from app.fund.bank.statements.cell_parsing import signed_satang
from app.fund.bank.statements.layouts import Layout, UnknownHeader, Years
from app.kit.errors import BadInput

FILES = Path(__file__).parent / "statements"


def test_the_kbank_layout_in_cp874_is_known_by_its_header() -> None:
    lines, declared, profile = read_file((FILES / "kbank.csv").read_bytes())
    assert profile == "kbank"
    assert [line.satang for line in lines] == [1_000_000, 10_000_000, -4_000_000, 4_000_037, 2_000_000]
    assert lines[0].occurred_at == datetime(2020, 10, 1, 2, 4, 40, tzinfo=UTC)
    assert lines[0].description == "Cash Deposit NB สาขาศรีสะเกษ K0597253"
    assert [line.number for line in lines] == [9, 10, 11, 12, 13]
    assert declared.account == "401-0-00000-1"


def test_kbank_in_utf8_reads_the_same() -> None:
    raw = (FILES / "kbank.csv").read_bytes()
    assert lines_of(raw.decode("cp874").encode()) == lines_of(raw)


def test_a_thai_statement_newest_first_is_turned_and_its_totals_are_checked() -> None:
    raw = (FILES / "thai_newest_first.csv").read_bytes()
    lines, declared, profile = read_file(raw)
    assert profile == "generic"
    assert [(line.on, line.at, line.satang) for line in lines] == [
        (date(2020, 10, 1), time(8, 15, 30), 25_000),
        (date(2020, 10, 2), time(9, 0), -50_000),
        (date(2020, 10, 3), time(10, 30), 150_025),
    ]
    assert (lines[0].ref1, lines[0].ref2, lines[2].bank_ref, lines[2].payer) == (
        "HELLO",
        "NET001",
        "SC0003",
        "นาย ใจดี ม***",
    )
    assert declared.deposits == (175_025, 3)
    for said, other in (
        ("1,750.25", "1,750.26"),
        ("รายการ,500.00", "รายการ,501.00"),
        ('"1,000.00"', '"999.00"'),
    ):
        with pytest.raises(BadInput, match="บรรทัดที่"):
            lines_of(raw.replace(said.encode(), other.encode()))


def test_a_running_balance_that_breaks_is_refused_with_its_line() -> None:
    raw = (FILES / "kbank.csv").read_bytes()
    for broken, number in ((b"449,319.99", 11), (b"489,320.36", 12), (b'"100,000.00"', 10)):
        assert raw.count(broken) == 1
        with pytest.raises(BadInput, match=f"บรรทัดที่ {number}:"):
            lines_of(raw.replace(broken, b'"100,000.01"' if b'"' in broken else b"449,319.98"))


def test_a_line_taken_out_of_the_middle_is_missed() -> None:
    rows = (FILES / "kbank.csv").read_bytes().splitlines(keepends=True)
    with pytest.raises(BadInput, match="ยอดคงเหลือไม่ต่อเนื่อง"):
        lines_of(b"".join(rows[:9] + rows[10:]))


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("32/10/2563,100.00,1100.00", "วันที่"),
        (",100.00,1100.00", "วันที่"),
        ("01/10/63,100.00,1100.00", "ปีสองหลัก"),
        ("01/10/2563 25:00,100.00,1100.00", "เวลา"),
        ("01/10/2563,100.005,1100.00", "สองตำแหน่ง"),
        ("01/10/2563,1O0.00,1100.00", "จำนวนเงิน"),
        ("01/10/2563,1e2,1100.00", "จำนวนเงิน"),
        ("01/10/2563,(-5.00),1100.00", "จำนวนเงิน"),
        ("01/10/2563,100.00,", "จำนวนเงิน"),
        ("01/10/2563,,", "จำนวนเงิน"),
        ("01/10/2563,nan,1100.00", "จำนวนเงิน"),
    ],
)
def test_one_unreadable_cell_refuses_the_whole_file_with_its_line(row: str, word: str) -> None:
    good = "01/10/2563,50.00,1000.00"
    with pytest.raises(BadInput, match="บรรทัดที่ 3") as refused:
        lines_of(table("Date,Amount,Balance", good, row))
    assert word in refused.value.words
    assert "ไม่นำเข้าทั้งไฟล์" in refused.value.words


def test_in_and_out_on_one_line_is_refused() -> None:
    with pytest.raises(BadInput, match="บรรทัดที่ 2"):
        lines_of(table("Date,Debit,Credit", "01/10/2563,5.00,5.00"))


@pytest.mark.parametrize(
    ("header", "row", "satang"),
    [
        ("Date,Amount,Balance", "2020-10-01,-5.25,1.00", -525),
        ("Date,Amount,Balance", "2020-10-01,'-5.25,1.00", -525),
        ("Date,Amount,Balance", "2020-10-01,(5.25),1.00", -525),
        ("Date,Amount,Balance", "2020-10-01,+5.25,1.00", 525),
        ("Date,Amount,Dr/Cr,Balance", "2020-10-01,5.25,DR,1.00", -525),
        ("Date,Amount,Dr/Cr,Balance", "2020-10-01,5.25,Cr.,1.00", 525),
        ("Date,Debit,Credit,Balance", "2020-10-01,5.25,,1.00", -525),
        ("Date,Debit,Credit,Balance", "2020-10-01,-5.25,0.00,1.00", -525),
        ("Date,Debit,Credit,Balance", "2020-10-01,-,5.25,1.00", 525),
        ("วันที่ / Date,เงินออก,เงินเข้า,คงเหลือ", "1 ตุลาคม 2563,,๕.๒๕,1.00", 525),
        ("Transaction Date;Deposit (THB);Withdrawal (THB)", "01/10/2020;5.25;", 525),
    ],
)
def test_banks_write_in_and_out_in_many_ways(header: str, row: str, satang: int) -> None:
    line = lines_of(table(header, row))[0]
    assert (line.satang, line.on, line.at) == (satang, date(2020, 10, 1), None)


def test_an_opening_balance_row_is_part_of_the_chain_but_no_movement() -> None:
    header, opening = "Date,Description,Debit,Credit,Balance", "01/10/2563,ยอดยกมา,,,10.00"
    assert [line.satang for line in lines_of(table(header, opening, "02/10/2563,x,,5.00,15.00"))] == [500]
    with pytest.raises(BadInput, match="บรรทัดที่ 3"):
        lines_of(table(header, opening, "02/10/2563,x,,5.00,16.00"))


def test_a_header_repeated_on_each_page_and_a_footnote_are_no_lines() -> None:
    header = "Date,Description,Debit,Credit,Balance"
    raw = table(header, "01/10/2563,a,,5.00,15.00", header, "02/10/2563,b,,5.00,20.00", "หน้า 1 จาก 1,,,,")
    assert len(lines_of(raw)) == 2


def test_a_workbook_reads_like_the_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Date", "Description", "Debit", "Credit", "Balance"],
        [datetime(2020, 10, 1, 9, 30), "a", None, 1500.25, 2500.25],
        [datetime(2020, 10, 2, 0, 0), "b", 500, None, 2000.25],
    ):
        sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    lines = lines_of((tmp_path / "x.xlsx").read_bytes())
    assert [(line.satang, line.at) for line in lines] == [(150_025, time(9, 30)), (-50_000, None)]


def test_an_unknown_header_is_refused_until_it_is_mapped() -> None:
    raw = table("Dato,Beskrivelse,Beløb,Saldo", "08-07-69,hej,5.25,10.25")
    with pytest.raises(UnknownHeader):
        lines_of(raw)
    columns = {"date": (0,), "description": (1,), "amount": (2,), "balance": (3,)}
    mark = layouts.fingerprint(["Dato", "Beskrivelse", "Beløb", "Saldo", ""])
    for years, on in ((Years.TWO_BE, date(2026, 7, 8)), (Years.TWO_CE, date(2069, 7, 8))):
        mapped = {mark: Layout(name="dansk", columns=columns, years=years)}
        assert lines_of(raw, mapped=mapped)[0].on == on
    with pytest.raises(BadInput, match="ปีสองหลัก"):
        lines_of(raw, mapped={mark: Layout(name="dansk", columns=columns)})


def test_a_profile_that_does_not_exist_or_does_not_fit_is_refused() -> None:
    raw = table("Date,Amount", "01/10/2563,5.00")
    assert lines_of(raw, profile="generic")
    with pytest.raises(UnknownHeader):
        lines_of(raw, profile="kbank")
    with pytest.raises(BadInput, match="kbank, generic"):
        lines_of(raw, profile="nobody")


@pytest.mark.parametrize("wrong", ["", "x", "1.2.3", "--5", "-5-", "5 DRX", "USD 5", "1,00", "๕บาทถ้วน", "∞"])
def test_a_figure_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput):
        signed_satang(wrong)
