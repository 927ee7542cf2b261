"""What stands beside an amount and takes its meaning away: accounts, currencies, states, signs, words of the bank."""

import io
from collections.abc import Sequence
from datetime import date, time

import openpyxl
import pytest
from bank_files import brought_in
from bank_formats import CAMT, MT940, mt940
from bank_hands import count, given, opened
from bank_meanings import ON, TODAY, waiting
from bank_tables import lines_of, read_file, table
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.fund.bank.records import BankEvent
from app.fund.bank.statements import profiles
from app.fund.bank.statements.balance_check import Unproven
from app.fund.bank.statements.layouts import UnknownHeader, Unreadable, Years
from app.kit.db import db
from app.kit.errors import BadInput

pytestmark = pytest.mark.pages

HEADER = "Date,Description,Reference 1,Amount"


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FOREIGN = [
    "บัญชีเลขที่;999-0-00000-1",
    "เลขที่บัญชี : 123-4-56789-0",
    "Account No. 123-4-56789-0",
    "Account Number,1234567890",
    "รายการเดินบัญชีเงินฝาก บัญชีออมทรัพย์ เลขที่ 123-4-56789-0 ชื่อบัญชี กองทุน",
    "ธนาคารกรุงไทย สาขาศรีสะเกษ,,123-4-56789-0",
    "เลขที่บัญชี / Account No.,,,123-4-56789-0",
    "Account Number,Account Name\n1234567890,Other Foundation",
    "A/C No: ๑๒๓-๔-๕๖๗๘๙-๐",
    "Account Number,xxx-x-x6789-0",
    "Account Number,XXXXXX7890",
    "เลขที่บัญชี,***7890",
    "Account Number,04010000001123",
]


def test_a_table_of_another_account_is_refused_wherever_its_number_stands(portal: Flask, cast: Cast) -> None:
    for top in FOREIGN:
        raw = f"{top}\n{HEADER}\n{ON},x,,5.00\n".replace(";", ",").encode()
        for asked in (None, "4010000001"):
            with pytest.raises(BadInput, match="ซึ่งไม่ใช่บัญชีของกองทุน"):
                brought_in(raw, account_number=asked)
    assert count(BankEvent) == 0


OURS = [
    "เลขที่บัญชี : 401-0-00000-1",
    "Account Number,4010000001",
    "Account Number,xxx-x-x0000-1",
    "บัญชีเลขที่ xxxxxx0001",
    "Account Number,***0001",
    "Account Name,กองทุน โทร 045-611-234,as of 27/11/2026",
    "",
]


def test_a_table_of_our_account_or_without_a_number_comes_in(portal: Flask, cast: Cast) -> None:
    for number, top in enumerate(OURS):
        assert brought_in(f"{top}\n{HEADER}\n{ON},x,,{number + 1}.00\n".encode())["new"] == 1, top


def test_workbooks_and_messages_of_another_account_are_refused(portal: Flask, cast: Cast) -> None:
    header = HEADER.split(",")
    line: list[object] = [TODAY.isoformat(), "x", "", 5]
    foreign = [
        workbook([["Account Number", 1234567890], header, line]),
        workbook([["เลขที่บัญชี", "", "xxx-x-x6789-0"], header, line]),
        workbook([[*header, "Account No"], [*line, "123-4-56789-0"]]),
        mt940(MT940.replace(":25:KASITHBK/4010000001", ":25:KASITHBK/9990000001")),
        mt940(MT940.replace(":25:KASITHBK/4010000001", ":25P:1234567890\nSICOTHBK")),
        mt940(MT940.replace(":25:KASITHBK/4010000001", ":25:FUND")),
        CAMT.replace("<Id>4010000001</Id>", "<Id>1234567890</Id>").encode(),
        CAMT.replace("<Othr><Id>4010000001</Id></Othr>", "<IBAN>DE89370400440532013000</IBAN>").encode(),
        CAMT.replace("<Id>4010000001</Id>", "<Id>XXXXXX7890</Id>").encode(),
    ]
    for raw in foreign:
        with pytest.raises(BadInput, match="ซึ่งไม่ใช่บัญชีของกองทุน"):
            brought_in(raw, account_number="4010000001")
    assert count(BankEvent) == 0
    for ours in ("4010000001", "KASITHBKXXX4010000001", "0044010000001", "00004010000001"):
        assert read_file(mt940(MT940.replace("KASITHBK/4010000001", ours)))[0]
    assert brought_in(mt940())["new"] == 4


def test_a_second_account_farther_down_refuses_the_file() -> None:
    raw = table("เลขที่บัญชี,401-0-00000-1,,", HEADER, f"{ON},x,,5.00", "เลขที่บัญชี,123-4-56789-0,,")
    with pytest.raises(BadInput, match="มากกว่าหนึ่งบัญชี"):
        lines_of(raw)


CURRENCIES = ["Currency", "CCY", "สกุลเงิน", "Transaction Currency", "สกุลเงิน (Currency)", "Cur."]


@pytest.mark.parametrize("heading", CURRENCIES)
@pytest.mark.parametrize("word", ["USD", "eur", "JPY", "840", "ดอลลาร์สหรัฐ"])
def test_a_line_in_another_currency_refuses_the_file(heading: str, word: str) -> None:
    with pytest.raises(BadInput, match="บรรทัดที่ 3: สกุลเงิน"):
        lines_of(table(f"{HEADER},{heading}", f"{ON},x,,1.00,THB", f"{ON},x,,1500.00,{word}"))


def test_a_donation_in_another_currency_never_posts(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    with pytest.raises(BadInput, match="เงินบาท"):
        brought_in(table(f"{HEADER},Currency", f"{ON},x,{code},1500.00,USD"))
    assert given() == []


def test_an_account_or_a_column_in_another_currency_is_refused(portal: Flask, cast: Cast) -> None:
    for top in ("Currency,USD", "สกุลเงิน : EUR"):
        with pytest.raises(BadInput, match="เงินบาท"):
            lines_of(table(top, HEADER, f"{ON},x,,5.00"))
    with pytest.raises(UnknownHeader):
        lines_of(table("Date,Description,Amount (USD)", f"{ON},x,5.00"))


@pytest.mark.parametrize(
    "heading", ["ฝาก (USD)", "จำนวนเงิน USD", "ยอดเงิน (ดอลลาร์)", "Deposit US$", "เงินเข้า€"]
)
def test_a_column_of_money_whose_heading_names_another_currency_is_never_read(heading: str) -> None:
    raw = table(f"วันที่,รายการ,{heading}", f"{ON},x,5.00")
    with pytest.raises(UnknownHeader, match="เป็นเงินสกุลอื่น"):
        lines_of(raw)
    header = ["วันที่", "รายการ", heading]
    with pytest.raises(BadInput, match="ระบบรับเฉพาะเงินบาท"):
        profiles.checked(
            header=header, columns={"date": (0,), "description": (1,), "deposit": (2,)}, years=Years.FOUR
        )
    # Beside a column in baht it is only one that is not read.
    lines, declared, _ = read_file(table(f"วันที่,{heading},จำนวนเงิน (บาท)", f"{ON},5.00,180.00"))
    assert ([line.satang for line in lines], declared.unread) == ([18_000], [heading])


def test_a_currency_beside_the_number_of_the_account_refuses_the_file() -> None:
    for top in ("Account 401-0-00000-1 (USD)", "เลขที่บัญชี,401-0-00000-1,EUR"):
        with pytest.raises(BadInput, match="ระบบรับเฉพาะบัญชีเงินบาท"):
            lines_of(table(top, HEADER, f"{ON},x,,5.00"))


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("ผลลัพธ์", "ไม่สำเร็จ"),
        ("Response", "Declined"),
        ("Remark", "Failed"),
        ("ชนิดเงิน", "EUR"),
        ("หน่วย", "ดอลลาร์"),
        ("ประเภท", "ถอนเงิน"),
        ("D or C", "DR"),
    ],
)
def test_a_word_of_any_other_column_that_contradicts_the_amount_asks_a_person(
    portal: Flask, cast: Cast, heading: str, word: str
) -> None:
    counts = brought_in(table(f"{HEADER},{heading}", f"{ON},x,{opened(cast).ref1},1500.00,{word}"))
    assert (counts["posted"], counts["waiting"], given(), waiting()) == (0, 1, [], ["contradicted"])


def test_words_of_other_columns_that_agree_with_the_amount_ask_nobody() -> None:
    told = [
        ("ฝากเงิน", "5.00"),
        ("ถอนเงิน", "-5.00"),
        ("Success", "5.00"),
        ("THB", "5.00"),
        ("-", "5.00"),
        ("12", "5.00"),
    ]
    lines = lines_of(table(f"{HEADER},ประเภท", *(f"{ON},x,,{baht},{word}" for word, baht in told)))
    assert [line.doubt for line in lines] == [""] * len(told)
    below = lines_of(table(COLUMNS, f"{ON},10:00,x,,5.00,5.00", ",,Failed,,,"))
    assert below[0].doubt == "contradicted"


def test_baht_in_every_spelling_passes(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    rows = [
        f"{ON},x {word},,1.00,{word}" for word in ("THB", "thb", "764", "บาท", "Baht", "฿", "Thai Baht", "")
    ]
    counts = brought_in(table(f"{HEADER},Currency", *rows, f"{ON},donation,{code},1500.00,บาท"))
    assert (counts["new"], counts["posted"]) == (9, 1)


NOT_HAPPENED = [
    "Failed", "FAILED", "pending", "Cancelled", "canceled", "Reversed", "Void", "Rejected", "Unsuccessful", "Not completed",
    "ล้มเหลว", "รอดำเนินการ", "ยกเลิก", "ไม่สำเร็จ", "รายการไม่สำเร็จ", "กลับรายการ", "ล้มเหลว (Failed)",
]  # fmt: skip


@pytest.mark.parametrize("word", NOT_HAPPENED)
@pytest.mark.parametrize("heading", ["Status", "สถานะ"])
def test_a_line_that_has_not_happened_is_passed_over_and_told(heading: str, word: str) -> None:
    raw = table(f"{HEADER},{heading}", f"{ON},x,,1500.00,{word}", f"{ON},y,,1.00,สำเร็จ")
    lines, declared, _ = read_file(raw)
    assert ([line.satang for line in lines], declared.passed) == ([100], 1)
    assert word in declared.passed_words[0]


def test_what_has_happened_posts_and_what_has_not_never_does(portal: Flask, cast: Cast) -> None:
    for word in ("Failed", "Pending", "Reversed", "ยกเลิก"):
        raw = table(f"{HEADER},Status", f"{ON},x,{opened(cast).ref1},1500.00,{word}")
        assert brought_in(raw) == {"new": 0, "known": 0, "posted": 0, "waiting": 0}
    assert given() == []
    done = ("Success", "COMPLETED", "posted", "สำเร็จ", "สําเร็จ", "Success / สำเร็จ", "")
    for word in done:
        raw = table(f"{HEADER},Status", f"{ON},x,{opened(cast).ref1},1500.00,{word}")
        assert brought_in(raw)["posted"] == 1, word
    page = cast.kanya.sign_in().send(
        "/bank/statements/import",
        action="/import",
        file=(io.BytesIO(table(f"{HEADER},Status", f"{ON},x,,2.00,Failed", f"{ON},y,,3.00,ok")), "x.csv"),
    )
    assert "ไม่นำเข้า 1 บรรทัด: บรรทัดที่ 2 (Failed)" in page.words


def test_a_state_that_nobody_knows_asks_a_person(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    counts = brought_in(table(f"{HEADER},Status", f"{ON},x,{code},1500.00,Zweifelhaft"))
    assert (counts["posted"], counts["waiting"], given(), waiting()) == (0, 1, [], ["unknown_status"])
    assert "Zweifelhaft" in db.session().scalars(select(BankEvent.description)).one()


COLUMNS = "Date,Time,Description,Withdrawal,Deposit,Balance"


@pytest.mark.parametrize(
    ("rows", "satang"),
    [
        # One withdrawal below zero among others takes one back.
        (["10:00,fee,15.00,,985.00", "11:00,fee back,-15.00,,1000.00"], [-1500, 1500]),
        (["10:00,a,15.00,,985.00", "11:00,b,5.00,,980.00", "12:00,c,-15.00,,995.00"], [-1500, -500, 1500]),
        # A file that signs all its withdrawals means money out.
        (["10:00,a,-15.00,,985.00", "11:00,b,-5.00,,980.00"], [-1500, -500]),
        (["10:00,a,-15.00,,985.00", "11:00,b,15.00,,1000.00"], [-1500, 1500]),
        (["10:00,a,-15.00,,985.00", "11:00,b,-5.00,,980.00", "12:00,c,5.00,,985.00"], [-1500, -500, 500]),
        # A deposit below zero is money out.
        (["10:00,a,,50.00,1050.00", "11:00,b,,-50.00,1000.00"], [5000, -5000]),
    ],
)
def test_the_sign_rule_is_that_of_the_file_and_its_order_stays(rows: list[str], satang: list[int]) -> None:
    raw = table(COLUMNS, *(f"27/11/2026,{row}" for row in rows))
    assert [line.satang for line in lines_of(raw)] == satang
    assert lines_of(raw)[0].at == time(10)
    upside_down = table(COLUMNS, *(f"27/11/2026,{row}" for row in reversed(rows)))
    assert [line.satang for line in lines_of(upside_down)] == satang


@pytest.mark.parametrize(
    ("rows", "satang"),
    [
        (["100.00,CR", "-40.00,CR", "10.00,DR"], [10000, -4000, -1000]),
        (["100.00,CR", "-10.00,DR"], [10000, -1000]),
        (["10.00,DR", "20.00,DR", "-10.00,DR"], [-1000, -2000, 1000]),
        (["-10.00,DR", "-20.00,DR", "10.00,DR"], [-1000, -2000, 1000]),
        (["-10.00,เข้า", "10.00,ออก"], [-1000, -1000]),
        (["10.00-,CR", "(20.00),CR"], [-1000, -2000]),
    ],
)
def test_a_sign_beside_a_mark_is_never_thrown_away(rows: list[str], satang: list[int]) -> None:
    raw = table("Date,Description,Amount,Dr/Cr", *(f"27/11/2026,x,{row}" for row in rows))
    assert [line.satang for line in lines_of(raw)] == satang


def test_a_donation_below_zero_is_never_posted(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    for header, cells in (
        ("Amount,Dr/Cr", "-1500.00,CR"),
        ("Withdrawal,Deposit", ",-1500.00"),
        ("Withdrawal,Deposit", "1.00,"),
        ("Amount", "1500.00DR"),
    ):
        brought_in(table(f"Date,Description,Reference 1,{header}", f"{ON},donation,{code},{cells}"))
    assert given() == []


def test_a_mark_in_the_cell_and_one_beside_it_that_contradict_refuse_the_file() -> None:
    with pytest.raises(BadInput, match="ขัดกัน"):
        lines_of(table("Date,Amount,Dr/Cr", "27/11/2026,15.00DR,CR"))


def test_two_lines_are_not_turned_round_to_make_a_wrong_sign_fit() -> None:
    rows = "27/11/2026,10:00,a,,15.00,985.00", "27/11/2026,11:00,b,,15.00,970.00"
    with pytest.raises(Unproven, match="ยอดคงเหลือไม่ต่อเนื่อง"):
        lines_of(table(COLUMNS, *rows))


@pytest.mark.parametrize(
    ("written", "satang"),
    [
        ("500.00CR", 50000), ("500.00 Cr.", 50000), ("15.00DR", -1500), ("10.00-", -1000), ("- 10.00", -1000), ("THB 500.00", 50000),
        ("500.00 THB", 50000), ("฿500.00", 50000), ("THB -5.00", -500), ("1 500.00", 150000), ("500.00 บาท", 50000), ("1\u00a0500.00", 150000),
    ],
)  # fmt: skip
def test_signs_units_and_marks_stand_before_or_behind_a_figure(written: str, satang: int) -> None:
    raw = table("Date,Description,Amount", f'27/11/2026,x,"{written}"')
    assert [line.satang for line in lines_of(raw)] == [satang]


def test_words_below_a_line_belong_to_it_and_its_code_is_found(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    raw = table(
        COLUMNS,
        f"{ON},10:00,Transfer,,1500.00,3000.00",
        f",,Ref {code[:6]},,,",
        f",,{code[6:]} Mr Somchai,,,",
    )
    counts = brought_in(raw)
    event = db.session().scalars(select(BankEvent)).one()
    assert (counts["posted"], event.ref1) == (1, code)
    assert "Mr Somchai" in event.description
    assert "Mr Somchai" in event.raw.decode()


@pytest.mark.parametrize(
    "foot",
    [
        ["หน้า 1 จาก 2,,,,,"],
        [",,หน้า 1/2,,,"],
        [",,Page 1 of 2,,,"],
        [",,*** End of statement ***,,,"],
        ["", ",,พบกันใหม่,,,"],
        ["เอกสารนี้ออกโดยระบบ,,,,,"],
        [COLUMNS, ",,ท้ายหน้า,,,"],
    ],
)
def test_a_foot_of_a_page_is_no_word_of_the_last_line(foot: list[str]) -> None:
    raw = table(COLUMNS, "27/11/2026,10:00,Transfer,,5.00,10.00", *foot)
    assert [line.description for line in lines_of(raw)] == ["Transfer"]


WORDS = [
    ":86:FIRST\n:86:{code}",
    ":86:FIRST\n{{PROMO}} {code}",
    ":86:FIRST\n-\n{code}",
    ":86:GIFT {head}\n{tail} THANKS",
    ":86:{head}\n{tail}",
    ":86:GIFT {head}\n:86:{tail}",
    ":86:166?00CREDIT?20GIFT {head}?21{tail}?32SOMCHAI",
    ":86:166?00CREDIT?20{head}\n?21{tail} X",
    ":86:10:30 {head}\n{tail}",
    ":86:FIRST\n:10:30 {code}",
]


def test_no_word_of_mt940_is_lost_and_a_parted_code_is_found(portal: Flask, cast: Cast) -> None:
    day, running = f"{TODAY:%y%m%d}", 1000
    for words in WORDS:
        code = opened(cast).ref1
        told = words.format(code=code, head=code[:5], tail=code[5:])
        raw = (
            f":20:X\n:25:4010000001\n:28C:1/1\n:60F:C{day}THB{running},00\n:61:{day}C1500,00NTRFNONREF\n{told}\n"
            f":62F:C{day}THB{running + 1500},00\n-\n"
        )
        running += 1500
        assert brought_in(raw.encode())["posted"] == 1, words
        assert code in set(db.session().scalars(select(BankEvent.ref1)))


def test_the_end_of_a_message_is_no_word(portal: Flask) -> None:
    text = MT940.replace("{1:F01KASITHBKAXXX0000000000}{2:I940KASITHBKXXXXN}{4:\n", "").replace("-}\n", "-\n")
    text = (
        text.replace("KASITHBK/", "")
        + ":20:N\n:25:4010000001\n:60F:C201003THB388769,49\n:62F:C201003THB388769,49\n:86:END\n-\n"
    )
    assert [line.cells for line in lines_of(mt940(text))] == [line.cells for line in lines_of(mt940())]


def test_a_code_parted_between_two_ustrd_is_found(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    text = CAMT.replace("<Ustrd>เพื่อเด็ก</Ustrd>", f"<Ustrd>GIFT {code[:4]}</Ustrd><Ustrd>{code[4:]}</Ustrd>")
    text = text.replace("<Strd><CdtrRefInf><Ref>HELLO</Ref></CdtrRefInf></Strd>", "").replace(
        "<Strd><CdtrRefInf><Ref>NET001</Ref></CdtrRefInf></Strd>", ""
    )
    brought_in(text.encode())
    assert code in set(db.session().scalars(select(BankEvent.ref1)))


def test_a_code_on_two_lines_of_one_cell_is_found(portal: Flask, cast: Cast) -> None:
    code = opened(cast).ref1
    raw = f'{COLUMNS}\n{ON},10:00,"Transfer {code[:7]}\n{code[7:]}",,1500.00,3000.00\n'.encode()
    assert brought_in(raw)["posted"] == 1


def in_part(amounts: str, batch: str) -> bytes:
    """The batch of 400.00 told so."""
    start = CAMT.index("<NtryDtls><Btch>")
    end = CAMT.index("</NtryDtls>", start)
    return (CAMT[:start] + f"<NtryDtls>{batch}{amounts}" + CAMT[end:]).encode()


def told(satang: str, code: str = "E2") -> str:
    return f'<TxDtls><Refs><EndToEndId>{code}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="THB">{satang}</Amt></TxAmt></AmtDtls></TxDtls>'


@pytest.mark.parametrize(
    ("batch", "amounts"),
    [
        ("<Btch><NbOfTxs>3</NbOfTxs></Btch>", told("150.00")),
        ("", told("150.00")),
        ("", told("450.00")),
        ("<Btch><NbOfTxs>3</NbOfTxs></Btch>", told("150.00") + told("250.00")),
        ("<Btch><NbOfTxs>3</NbOfTxs></Btch>", told("400.00")),
        ("<Btch><NbOfTxs>3</NbOfTxs></Btch>", ""),
        ('<Btch><NbOfTxs>1</NbOfTxs><TtlAmt Ccy="THB">500.00</TtlAmt></Btch>', told("400.00")),
        (
            '<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="THB">500.00</TtlAmt></Btch>',
            told("150.00") + told("250.00"),
        ),
    ],
)
def test_an_entry_told_in_part_is_one_line_without_payer_and_code_for_a_person(
    portal: Flask, cast: Cast, batch: str, amounts: str
) -> None:
    code = opened(cast, 40_000).ref1
    raw = in_part(amounts.replace("E2", code), batch)
    line = lines_of(raw)[1]
    assert (line.satang, line.payer, line.ref1, line.doubt) == (40_000, "", "", "batch")
    if amounts:
        assert code in "".join(line.cells)
    counts = brought_in(raw)
    assert (counts["posted"], "batch" in waiting(), given()) == (0, True, [])


def test_a_payer_who_ordered_less_than_the_entry_is_not_its_only_one(portal: Flask, cast: Cast) -> None:
    code = opened(cast, 40_000).ref1
    raw = in_part(told("150.00").replace("TxAmt", "InstdAmt").replace("E2", code), "")
    assert lines_of(raw)[1].doubt == "batch"
    assert (brought_in(raw)["posted"], given()) == (0, [])


def test_an_entry_that_is_not_booked_is_passed_over_and_told() -> None:
    pending = '<Ntry><Amt Ccy="THB">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><BookgDt><Dt>2020-10-01</Dt></BookgDt></Ntry>'
    lines, declared, _ = read_file(CAMT.replace("<Ntry>", f"{pending}<Ntry>", 1).encode())
    assert (len(lines), declared.passed, "PDNG" in declared.passed_words[0]) == (4, 2, True)


def test_an_entry_told_whole_gives_its_lines() -> None:
    batch = '<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="THB">400.00</TtlAmt></Btch>'
    assert [line.satang for line in lines_of(in_part(told("150.00") + told("250.00"), batch))][1:3] == [
        15_000,
        25_000,
    ]
    line = lines_of(in_part(told("400.00"), "<Btch><NbOfTxs>1</NbOfTxs></Btch>"))[1]
    assert (line.satang, line.bank_ref, line.doubt) == (40_000, "B", "")


def test_zero_entries_are_passed_over_and_counted() -> None:
    text = MT940.replace(
        ":61:2010011001CR10000,00", ":61:2010011001C0,00NTRFNONREF\n:86:NOTHING\n:61:2010011001CR10000,00"
    )
    lines, declared, _ = read_file(mt940(text))
    assert (len(lines), declared.zeros) == (4, 1)
    zero = '<Ntry><Amt Ccy="THB">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2020-10-01</Dt></BookgDt></Ntry>'
    lines, declared, _ = read_file(CAMT.replace("<Ntry>", f"{zero}<Ntry>", 1).encode())
    assert (len(lines), declared.zeros) == (4, 1)
    lines, declared, _ = read_file(table("Date,Description,Amount", "27/11/2026,a,0.00", "27/11/2026,b,5.00"))
    assert ([line.satang for line in lines], declared.zeros) == ([500], 1)


def test_sums_and_balances_carried_from_page_to_page_are_checked_where_they_stand() -> None:
    rows = [
        ",,ยอดยกมา,,,1000.00", "27/11/2026,10:00,a,,20.00,1020.00", "รวม,,,,20.00,", ",,ยอดยกไป,,,1020.00", ",,ยอดยกมา,,,1020.00",
        "27/11/2026,11:00,b,,30.00,1050.00", ",,รวม,0.00,30.00,", "Grand Total,,,0.00,50.00,1050.00", ",,ยอดยกไป,,,1050.00",
    ]  # fmt: skip
    lines, declared, _ = read_file(table(COLUMNS, *rows))
    assert ([line.satang for line in lines], declared.opening) == ([2000, 3000], (100_000, 2))
    for said, other in (
        ("50.00,1050", "51.00,1050"),
        (",,ยอดยกไป,,,1020.00", ",,ยอดยกไป,,,1021.00"),
        (",,ยอดยกมา,,,1000.00", ",,ยอดยกมา,,,1001.00"),
    ):
        with pytest.raises(Unproven):
            lines_of(table(COLUMNS, *rows).decode().replace(said, other).encode())


@pytest.mark.parametrize("name", ["รวมยอดเดือนพฤศจิกายน", "ยอดรวมของบัญชี", "Total for November"])
def test_a_row_of_sums_by_another_name_is_one_when_it_agrees(name: str) -> None:
    line = "27/11/2026,10:00,a,,20.00,1020.00"
    assert len(lines_of(table(COLUMNS, line, f"{name},,,0.00,20.00,"))) == 1
    with pytest.raises(Unreadable):
        lines_of(table(COLUMNS, line, f"{name},,,0.00,21.00,"))


@pytest.mark.parametrize(
    "top",
    ["พิมพ์วันที่ 20/11/2569", "Printed on 20/11/2026 10:15", "ข้อมูล ณ วันที่ 20/11/2569", "History As Of 20/11/2026"],
)
def test_the_day_on_which_a_table_was_made_is_read_within_its_words(top: str) -> None:
    assert read_file(table(top, COLUMNS, "19/11/2026,10:00,a,,20.00,1020.00"))[1].made_on == date(
        2026, 11, 20
    )


@pytest.mark.parametrize(
    "written",
    ["27 Nov 2026,22:15", "27-NOV-2026,10:15 PM", "20261127,221500", "2026/11/27,10.15 pm", "November 27 2026,22:15:00", "27112026,22:15"],
)  # fmt: skip
def test_days_and_times_that_mean_one_thing_are_read(written: str) -> None:
    line = lines_of(
        table(
            "Date,Time,Description,Amount",
            f"{written.replace(', ', ' ').split(',')[0]},{written.split(',')[1]},x,5.00",
        )
    )[0]
    assert (line.on, line.at) == (date(2026, 11, 27), time(22, 15))


def test_midnight_at_the_end_of_a_day_is_that_of_the_next() -> None:
    line = lines_of(table("Date,Time,Description,Amount", "27/11/2026,24:00,x,5.00"))[0]
    assert (line.on, line.at) == (date(2026, 11, 28), time())
