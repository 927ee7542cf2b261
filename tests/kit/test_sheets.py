"""Spreadsheets in and out: what is read, what is refused, what is written. openpyxl is the independent hand."""

import csv
import io
import struct
import zipfile
import zlib
from datetime import UTC, date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from app.kit.errors import BadInput
from app.kit.sheets import Limits, Row, csv_chunks, read_rows, safe_file_name, to_csv, to_xlsx, workbooks

#: A busy machine is no fault of the rule under test.
unhurried = settings(deadline=None, max_examples=40)

KBANK = (
    "รายการเดินบัญชี,,,,,,,\r\n\r\n"
    "Date,Transaction Type,Withdrawal (THB),Deposit (THB),Outstanding Balance (THB),Service Channel,Note\r\n"
    '27/01/2022 10:15:00,รับโอนเงิน,,"1,500.00","12,345.67",K PLUS,จาก “นางมาลี”,\r\n'
)


def cells(content: bytes, **choices) -> list[list[str]]:
    return [row.cells for row in read_rows(content, **choices)]


def refusal(content: bytes, **choices) -> str:
    with pytest.raises(BadInput) as refused:
        list(read_rows(content, **choices))
    assert "โปรด" in refused.value.words
    return refused.value.words


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def one_cell(sheet: Worksheet) -> None:
    sheet["A1"] = "ชื่อ"


def repacked(content: bytes, change=None, *, add=(), compression=zipfile.ZIP_DEFLATED) -> bytes:
    """The same archive with each part passed through `change(name, part)` and more parts added."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with source, zipfile.ZipFile(target, "w", compression) as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(name, change(name, part) if change else part)
        for name, part in add:
            archive.writestr(name, part)
    return target.getvalue()


def with_sheet_xml(rows: str) -> bytes:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    return repacked(
        workbook(one_cell), lambda name, part: sheet if name == "xl/worksheets/sheet1.xml" else part
    )


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874"])
def test_a_bank_statement_is_read_in_each_encoding_met_in_thailand(encoding):
    rows = list(read_rows(KBANK.encode(encoding)))
    assert [row.number for row in rows] == [1, 3, 4]
    assert rows[0].cells[0] == "รายการเดินบัญชี"
    assert rows[2].cells == [
        "27/01/2022 10:15:00",
        "รับโอนเงิน",
        "",
        "1,500.00",
        "12,345.67",
        "K PLUS",
        "จาก “นางมาลี”",
        "",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_mark_between_cells_is_found(delimiter):
    lines = [
        ["วันที่", "ฝาก", "คงเหลือ"],
        ["27/01/2565", "1,500.00", "2,345,678.00"],
        ["28/01/2565", "1,000", "3,000"],
    ]
    page = io.StringIO()
    csv.writer(page, delimiter=delimiter).writerows(lines)
    assert cells(page.getvalue().encode()) == lines


def test_a_tab_file_full_of_unquoted_thousands_is_still_a_tab_file():
    lines = ["a\t1,234,567.00\t2,345,678.00", "b\t3,456,789.00\t4,567,890.00"]
    assert cells("\n".join(lines).encode()) == [line.split("\t") for line in lines]


def test_a_file_that_names_its_own_mark_is_believed():
    assert list(read_rows(b"sep=;\r\na,b;c\r\n")) == [Row(2, ["a,b", "c"])]


def test_one_column_is_a_table_too():
    assert cells("เลขบ้าน\n33010100001\n".encode()) == [["เลขบ้าน"], ["33010100001"]]


def test_empty_rows_are_passed_over_and_still_counted():
    assert list(read_rows(b"a,b\n\n,\n1,2\n")) == [Row(1, ["a", "b"]), Row(4, ["1", "2"])]


def test_csv_cells_are_kept_to_the_letter():
    assert cells(b'id,house\n1100700123456,00330101001\n" x ","a\nb"\n') == [
        ["id", "house"],
        ["1100700123456", "00330101001"],
        [" x ", "a\nb"],
    ]


def test_a_text_kept_as_a_formula_is_that_text_and_nothing_else_is_worked_out():
    lines = '="0123",="a""b",=1+1,"=""00""","=""x""&""y"""'
    assert next(read_rows(lines.encode())).cells == ["0123", 'a"b', "=1+1", "00", '="x"&"y"']


def test_a_quote_that_never_closes_is_refused_with_its_row_and_swallows_nothing():
    assert "แถวที่ 3" in refusal(b'a,b\n1,2\n3,"4\n5,6\n7,8\n')


def test_a_header_that_begins_like_a_bitmap_is_still_a_table():
    assert cells(b"BMN_ID,NAME\n1,x\n") == [["BMN_ID", "NAME"], ["1", "x"]]


# XLSX


def test_an_xlsx_cell_becomes_the_text_a_person_would_copy():
    def fill(sheet: Worksheet) -> None:
        sheet.append(["13 หลักเป็นตัวเลข", 1100700123456])
        sheet.append(["13 หลักเป็นข้อความ", "1100700123456"])
        sheet.append(["รหัสบ้าน", 33010100001])
        sheet.append(["ศูนย์นำหน้า", "00330101001"])
        sheet.append(["วันที่", date(2022, 1, 27)])
        sheet.append(["วันที่ปี พ.ศ.", date(2565, 1, 27)])
        sheet.append(["เวลา", datetime(2022, 1, 27, 13, 30)])
        sheet.append(["โมง", time(13, 30)])
        sheet.append(["เงิน", 1234.56])
        sheet.append(["เศษที่เครื่องคิด", 0.1 + 0.2])
        sheet.append(["น้อยมาก", 0.00001])
        sheet.append(["ติดลบ", -5])
        sheet.append(["ศูนย์", 0])
        sheet.append(["จริง", True])
        sheet["B5"].number_format = "[$-D07041E]d mmm yy;@"

    assert dict(cells(workbook(fill))) == {
        "13 หลักเป็นตัวเลข": "1100700123456",
        "13 หลักเป็นข้อความ": "1100700123456",
        "รหัสบ้าน": "33010100001",
        "ศูนย์นำหน้า": "00330101001",
        "วันที่": "2022-01-27",
        "วันที่ปี พ.ศ.": "2565-01-27",
        "เวลา": "2022-01-27 13:30:00",
        "โมง": "13:30:00",
        "เงิน": "1234.56",
        "เศษที่เครื่องคิด": "0.3",
        "น้อยมาก": "0.00001",
        "ติดลบ": "-5",
        "ศูนย์": "0",
        "จริง": "TRUE",
    }


@unhurried
@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_every_number_that_excel_holds_keeps_all_its_digits(number):
    assert cells(to_xlsx(["เลข"], [[number]]))[1] == [str(number)]


def test_rows_and_columns_keep_their_place_when_a_table_starts_late():
    def fill(sheet: Worksheet) -> None:
        sheet["C3"], sheet["D3"], sheet["C6"] = "รหัส", "ชื่อ", "1"

    assert list(read_rows(workbook(fill))) == [Row(3, ["", "", "รหัส", "ชื่อ"]), Row(6, ["", "", "1", ""])]


def many_sheets() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "ซ่อน"
    book.active["A1"] = "hidden"
    book.active.sheet_state = "hidden"
    book.create_sheet("แรก")["A1"] = "first"
    book.create_sheet("สอง")["A1"] = "second"
    book.active = 1
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_the_first_sheet_that_can_be_seen_is_read_unless_another_is_named():
    assert cells(many_sheets()) == [["first"]]
    assert cells(many_sheets(), sheet="สอง") == [["second"]]
    assert cells(many_sheets(), sheet="ซ่อน") == [["hidden"]]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are():
    assert "แรก, สอง" in refusal(many_sheets(), sheet="สาม")


# What is refused


def test_an_empty_file_is_refused():
    assert "ว่าง" in refusal(b"")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64), "รูปภาพ"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(64), "รูปภาพ"),
        (b"%PDF-1.7\n1 0 obj\n", ".pdf"),
        (b"{\\rtf1\\ansi a,b}", ".rtf"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "ไม่ใช่ตาราง"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "ไม่ใช่ตาราง"),
        (b"\x7fELF" + bytes(64), ".elf"),
        (b"a,b\n1,\x00\n", "ไม่ใช่ตาราง"),
        (b"\xff\xfe\x00", "ไม่ใช่ตาราง"),
        (bytes(range(128, 256)), "ไม่ใช่ตาราง"),
    ],
)
def test_what_is_not_a_spreadsheet_is_refused_by_what_it_is(content, named):
    assert named in refusal(content)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_an_old_xls_is_kindly_asked_to_become_an_xlsx():
    words = refusal(OLE + bytes(512) + "Workbook".encode("utf-16-le"))
    assert ".xls รุ่นเก่า" in words
    assert "บันทึกเป็น .xlsx" in words


def test_an_xlsx_with_a_password_is_refused_as_that():
    assert "รหัสผ่าน" in refusal(OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le"))


def test_an_archive_with_a_locked_part_is_refused_as_that():
    content = bytearray(workbook(one_cell))
    at = content.index(b"PK\x01\x02") + 8
    content[at : at + 2] = struct.pack("<H", 1)
    assert "รหัสผ่าน" in refusal(bytes(content))


def test_an_archive_that_is_no_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "ไม่ใช่ตาราง" in refusal(target.getvalue())


def test_a_workbook_with_another_archive_inside_is_refused():
    assert "ฝังอยู่" in refusal(repacked(workbook(one_cell), add=[("xl/embeddings/book.xlsx", b"PK")]))


@pytest.mark.parametrize("kept", [4, 30, 500, -1, -20, -200])
def test_a_workbook_cut_short_is_refused(kept):
    assert "เสีย" in refusal(workbook(one_cell)[:kept])


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_workbook_with_a_broken_part_is_refused(name):
    def broken(part_name: str, part: bytes) -> bytes:
        return part[:-40] + b"<<" if part_name == name else part

    assert "เสีย" in refusal(repacked(sharing_strings([["ชื่อ"]]), broken))


def test_a_cell_that_points_at_a_text_that_is_not_there_is_refused():
    assert "เสีย" in refusal(with_sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'))


def test_a_bomb_is_refused_by_what_its_directory_declares():
    bomb = repacked(workbook(one_cell), add=[("xl/worksheets/sheet9.xml", bytes(20_000_000))])
    assert len(bomb) < 100_000
    assert "ใหญ่ผิดปกติ" in refusal(bomb)
    assert cells(bomb, limits=Limits(ratio=10_000)) == [["ชื่อ"]]


def test_a_workbook_that_unpacks_past_the_limit_is_refused_at_any_ratio():
    big = repacked(
        workbook(one_cell), add=[("xl/media/a.bin", bytes(100_000))], compression=zipfile.ZIP_STORED
    )
    assert "ใหญ่ผิดปกติ" in refusal(big, limits=Limits(unpacked=50_000))
    assert cells(big) == [["ชื่อ"]]


def test_a_bomb_that_lies_about_its_size_gets_no_further_than_its_lie():
    name = "xl/worksheets/sheet1.xml"
    bomb = repacked(
        workbook(one_cell), lambda part_name, part: part + b" " * 9_000_000 if part_name == name else part
    )
    assert "ใหญ่ผิดปกติ" in refusal(bomb)
    assert "เสีย" in refusal(declaring(bomb, name, size=1000, checksum=0))


def declaring(content: bytes, name: str, *, size: int, checksum: int) -> bytes:
    """The archive whose directory claims this size and checksum for one part."""
    forged = bytearray(content)
    at = forged.index(b"PK\x01\x02")
    while name.encode() not in forged[at : at + 46 + len(name)]:
        at = forged.index(b"PK\x01\x02", at + 1)
    forged[at + 16 : at + 20] = struct.pack("<I", checksum)
    forged[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(forged)


def test_what_an_archive_hid_behind_a_forged_checksum_is_never_read():
    content = sharing_strings([["ชื่อ"]])
    name = "xl/worksheets/sheet1.xml"
    part = zipfile.ZipFile(io.BytesIO(content)).read(name)
    assert cells(declaring(content, name, size=len(part), checksum=zlib.crc32(part))) == [["ชื่อ"]]
    shown = part[: part.index(b"<sheetData>")]
    assert cells(declaring(content, name, size=len(shown), checksum=zlib.crc32(shown))) == []


def test_an_archive_of_an_unknown_make_is_refused():
    content = bytearray(workbook(one_cell))
    at = content.index(b"PK\x01\x02") + 6
    content[at] = 99
    assert "เสีย" in refusal(bytes(content))


def test_a_cell_with_a_zero_character_is_refused_before_a_database_chokes_on_it():
    escaped = with_sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c></row>')
    assert "แถวที่ 1" in refusal(escaped)


def test_an_archive_with_the_same_part_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = repacked(workbook(one_cell), add=[("xl/workbook.xml", b"<other/>")])
    assert "ใหญ่ผิดปกติ" in refusal(twice)


def test_an_archive_of_too_many_parts_is_refused():
    many = repacked(workbook(one_cell), add=[(f"xl/a{number}.xml", b"") for number in range(30)])
    assert "ใหญ่ผิดปกติ" in refusal(many, limits=Limits(entries=30))


@pytest.mark.parametrize("spelling", ['r="{}"', "r='{}'", 'r = "{}"', 't="n" r="{}"'])
def test_a_lone_cell_at_the_far_end_of_a_sheet_is_refused_before_it_is_opened(spelling):
    far = with_sheet_xml(f"<row><c {spelling.format('A1048576')}><v>1</v></c></row>")
    assert "แถว" in refusal(far)
    wide = with_sheet_xml(f"<row><c {spelling.format('XFD1')}><v>1</v></c></row>")
    assert "คอลัมน์" in refusal(wide)


def test_two_cells_that_span_a_vast_empty_sheet_are_refused():
    corners = with_sheet_xml(
        '<row r="1"><c r="GR1"><v>1</v></c></row><row r="200000"><c r="A200000"><v>1</v></c></row>'
    )
    assert "ใหญ่ผิดปกติ" in refusal(corners)


def sharing_strings(rows: list[list[str]]) -> bytes:
    """A workbook whose cells point into one table of texts, as Excel itself saves them."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


def test_cells_that_share_their_texts_are_read():
    assert cells(sharing_strings([["ชื่อ", "ชื่อ"], ["ก", ""]])) == [["ชื่อ", "ชื่อ"], ["ก", ""]]


@pytest.mark.parametrize("size", [3, 50, 1000])
def test_what_a_workbook_is_weighed_by_is_found_wherever_its_parts_are_cut(monkeypatch, size):
    monkeypatch.setattr(workbooks, "_BLOCK", size)
    lone = workbook(one_cell)
    assert cells(lone) == [["ชื่อ"]]
    assert "คอลัมน์" in refusal(repacked(lone, lambda _, part: part.replace(b'r="A1"', b'r="XFD1"')))
    assert "แถว" in refusal(repacked(lone, lambda _, part: part.replace(b'r="A1"', b'r="A1048576"')))
    sharing = sharing_strings([["ก" * 100]] * 100)
    assert "ใหญ่ผิดปกติ" in refusal(sharing, limits=Limits(unpacked=29_000))
    assert len(cells(sharing, limits=Limits(unpacked=36_000))) == 100


def test_a_long_text_that_many_cells_share_is_weighed_as_often_as_it_is_used():
    content = sharing_strings([["ก" * 1000]] * 1000)
    unpacked = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
    assert unpacked < 100_000
    assert "ใหญ่ผิดปกติ" in refusal(content, limits=Limits(unpacked=2_900_000))
    assert len(cells(content, limits=Limits(unpacked=3_200_000))) == 1000


def test_a_long_text_used_once_among_many_short_ones_is_no_bomb():
    content = sharing_strings([["ก" * 1000]] + [["ข", "ค"]] * 1000)
    assert len(cells(content, limits=Limits(unpacked=1_000_000))) == 1001


def test_a_file_of_too_many_bytes_is_refused_unread():
    assert "เมกะไบต์" in refusal(b"a,b\n" * 1000, limits=Limits(size=3_999))
    assert len(cells(b"a,b\n" * 1000, limits=Limits(size=4_000))) == 1000


@pytest.mark.parametrize("write", [to_csv, to_xlsx])
def test_rows_columns_and_cells_have_limits_in_both_formats(write):
    content = write(["a", "b", "c"], [["1", "2", "x" * 50]] * 9)
    assert len(cells(content, limits=Limits(rows=10, columns=3, cell=50))) == 10
    assert "9 แถว" in refusal(content, limits=Limits(rows=9))
    assert "2 คอลัมน์" in refusal(content, limits=Limits(columns=2))
    assert "แถวที่ 2" in refusal(content, limits=Limits(cell=49))


# What is written

AWKWARD = ["=1+1", "+66812345678", "-", "@SUM(A1)", "\tx", "\rx", " =1+1", "＝1+1"]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_cell_that_could_run_as_a_formula_is_disarmed_in_csv(text):
    rows = list(csv.reader(io.StringIO(to_csv(["ชื่อ"], [[text]]).decode("utf-8-sig"), newline="")))
    assert rows == [["ชื่อ"], ["'" + text]]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_cell_that_could_run_as_a_formula_is_plain_text_in_xlsx(text):
    page = openpyxl.load_workbook(io.BytesIO(to_xlsx(["ชื่อ"], [[text]]))).active
    assert page["A2"].data_type == "s"
    assert page["A2"].value.replace("_x000D_", "\r") == text


def test_a_header_too_is_disarmed():
    assert to_csv(["=cmd"], []).decode("utf-8-sig") == "'=cmd\r\n"


def test_csv_begins_with_the_mark_that_excel_needs_for_thai():
    assert to_csv(["ชื่อ"], []).startswith(b"\xef\xbb\xbf")


def test_csv_writes_numbers_dates_and_moments_plainly():
    row = [-5, Decimal("-1234.50"), date(2022, 1, 27), datetime(2022, 1, 26, 18, 0, tzinfo=UTC), None, "ก,ข"]
    assert cells(to_csv(list("abcdef"), [row]))[1] == [
        "-5",
        "-1234.50",
        "2022-01-27",
        "2022-01-27 01:00:00",
        "",
        "ก,ข",
    ]


def test_a_long_csv_comes_in_pieces_that_make_the_whole():
    rows = [["นาย" * 20, str(number)] for number in range(5000)]
    pieces = list(csv_chunks(["ชื่อ", "ลำดับ"], iter(rows)))
    assert len(pieces) > 3
    assert b"".join(pieces) == to_csv(["ชื่อ", "ลำดับ"], rows)


def test_openpyxl_reads_in_our_xlsx_what_we_meant():
    row = [
        "1100700123456",
        1100700123456,
        10**16,
        Decimal("1234.50"),
        date(2022, 1, 27),
        datetime(2022, 1, 26, 18, 0, tzinfo=UTC),
        None,
        "http://example.com",
    ]
    page = openpyxl.load_workbook(io.BytesIO(to_xlsx(list("abcdefgh"), [row], sheet="ครัวเรือน")))["ครัวเรือน"]
    assert [cell.value for cell in page[1]] == list("abcdefgh")
    assert page["A1"].font.bold
    assert page.freeze_panes == "A2"
    assert [cell.value for cell in page[2]] == [
        "1100700123456",
        1100700123456,
        "10000000000000000",
        1234.5,
        datetime(2022, 1, 27),
        datetime(2022, 1, 27, 1, 0),
        None,
        "http://example.com",
    ]
    assert page["D2"].number_format == "#,##0.00"
    # A day of the Buddhist era, still a day to whoever reads it, in a column that shows it whole.
    assert page["E2"].number_format == "[$-107041E]d mmm yyyy"
    assert page.column_dimensions["E"].width >= 14 and page.column_dimensions["A"].width >= 15
    assert cells(to_xlsx(["วัน"], [[date(2022, 1, 27)]]))[1] == ["2022-01-27"]
    assert page["H2"].hyperlink is None


def test_a_text_too_long_for_xlsx_is_an_error_and_not_a_loss():
    with pytest.raises(ValueError, match="more than an XLSX"):
        to_xlsx(["a"], [["x" * 32_768]])


@pytest.mark.parametrize("write", [to_csv, to_xlsx])
def test_a_moment_without_a_time_zone_is_not_written(write):
    with pytest.raises(ValueError, match="time zone"):
        write(["a"], [[datetime(2022, 1, 27)]])


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@unhurried
@given(st.lists(st.lists(texts, min_size=3, max_size=3).filter(any), max_size=8))
def test_text_written_as_xlsx_is_read_back_unchanged(rows):
    assert cells(to_xlsx(["ก", "ข", "ค"], rows))[1:] == rows


@unhurried
@given(st.lists(st.lists(texts, min_size=3, max_size=3).filter(any), max_size=8))
def test_text_written_as_csv_is_read_back_but_for_the_disarming_quote(rows):
    header = ["ก", "ข", "ค"]
    back = cells(to_csv(header, rows))
    assert back[0] == header
    for written, read in zip(rows, back[1:], strict=True):
        for before, after in zip(written, read, strict=True):
            assert after in (before, "'" + before)


@unhurried
@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_refused(content):
    try:
        list(read_rows(content))
    except BadInput as refused:
        assert refused.words


# File names


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("statement.csv", "statement.csv"),
        ("ครัวเรือน ปี 2565.xlsx", "ครัวเรือน ปี 2565.xlsx"),
        ("  a\u200b\u202ecsv.exe\n.csv ", "acsv.exe.csv"),
        ('a<b>:"c"|?*.csv', "a_b___c____.csv"),
        (".hidden", "hidden"),
        ("ก" * 300 + ".xlsx", "ก" * 78 + ".xlsx"),
    ],
)
def test_a_file_name_is_kept_as_far_as_it_is_safe(name, kept):
    assert safe_file_name(name) == kept
    assert len(kept.encode()) <= 255


@pytest.mark.parametrize(
    "name",
    [
        "../a.csv",
        "/etc/passwd",
        "a/b.csv",
        "..\\a.csv",
        "C:\\fakepath\\a.csv",
        "C:a.csv",
        "..",
        ".",
        "a\0.csv",
    ],
)
def test_a_path_in_a_file_name_is_refused(name):
    with pytest.raises(BadInput, match="โฟลเดอร์"):
        safe_file_name(name)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "..."])
def test_a_file_without_a_name_is_refused(name):
    with pytest.raises(BadInput, match="ไม่มีชื่อ"):
        safe_file_name(name)
