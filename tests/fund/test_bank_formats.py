"""Formats of banks beside plain tables: K BIZ, MT940 and camt.053, each proved by the balances it states."""

import io
import unicodedata
from datetime import date, time

import pytest
from bank_formats import CAMT, KBIZ, MT940, mt940
from bank_tables import lines_of, read_file

from app.fund.bank.statements import files
from app.kit.errors import BadInput


def test_the_kbiz_layout_is_known_with_its_two_digit_years_totals_and_counts() -> None:
    lines, declared, profile = read_file(KBIZ.encode())
    assert profile == "kbiz"
    assert [(line.on, line.at, line.satang) for line in lines] == [
        (date(2026, 9, 18), time(8, 30), 21_800),
        (date(2026, 9, 19), time(9, 25), 10_900),
        (date(2026, 9, 19), time(10), -10_000),
    ]
    assert [(line.payer, line.payer_bank) for line in lines] == [
        ("นาง ผู้โอน ห", "004"),
        ("นาย ผู้โอน ส", "006"),
        ("", ""),
    ]
    assert (declared.account, declared.from_on, declared.to_on) == (
        "xxx-x-x0000-1",
        date(2026, 9, 18),
        date(2026, 9, 19),
    )
    assert (declared.deposit_count, declared.withdrawal_count) == ((2, 10), (1, 9))


@pytest.mark.parametrize(
    ("said", "other", "words"),
    [
        (",2,,รายการ", ",3,,รายการ", "จำนวนรายการเงินเข้า"),
        (",1,,รายการ", ",2,,รายการ", "จำนวนรายการเงินออก"),
        ("327.00", "327.01", "ยอดรวมเงินเข้า"),
        ("รายการ,100.00", "รายการ,99.00", "ยอดรวมเงินออก"),
        (',,"65,691.44"', ',,"65,691.45"', "ยอดยกไป"),
        ('"65,791.44"', '"65,791.45"', "ยอดคงเหลือ"),
    ],
)
def test_a_control_figure_of_kbiz_that_differs_refuses_the_file(said: str, other: str, words: str) -> None:
    assert said in KBIZ
    with pytest.raises(BadInput, match=words):
        lines_of(KBIZ.replace(said, other, 1).encode())


@pytest.mark.parametrize("encoding", ["cp874", "utf-8", "utf-16"])
def test_kbiz_reads_the_same_in_every_encoding(encoding: str) -> None:
    plain = KBIZ.removeprefix("\ufeff")
    assert lines_of(plain.encode(encoding)) == lines_of(KBIZ.encode())


def test_mt940_reads_credits_debits_and_their_reversals() -> None:
    lines, declared, profile = read_file(mt940())
    assert (profile, declared.account) == ("mt940", "4010000001")
    assert [(line.number, line.on, line.satang, line.bank_ref) for line in lines] == [
        (6, date(2020, 10, 1), 1_000_000, "K0597253"),
        (9, date(2020, 10, 1), -50_050, "K2"),
        (10, date(2021, 1, 1), -10_000, "K3"),
        (12, date(2020, 10, 3), 5_000, "K4"),
    ]
    assert lines[0].description == "เงินฝาก F69ABC CASH DEPOSIT"
    assert "BILL PAYMENT" in lines[2].description
    assert [line.running for line in lines][-1] == 38_876_949
    assert lines_of(mt940().decode().encode("cp874")) == lines


def test_the_booking_day_of_mt940_may_lie_in_the_year_before_the_value_date() -> None:
    text = MT940.replace(":61:2010011001CR", ":61:2101011231CR")
    assert read_file(mt940(text))[0][0].on == date(2020, 12, 31)


@pytest.mark.parametrize(
    ("said", "other", "words"),
    [
        ("CR10000,00", "CR1O000,00", "บรรทัดที่ 6"),
        ("CR10000,00", "CR10000,005", "บรรทัดที่ 6"),
        (":61:2010011001", ":61:2013321001", "บรรทัดที่ 6: ไม่มีวันที่"),
        (":62F:C201003THB388769,49", ":62F:C201003THB388769,50", "บรรทัดที่ 13: ยอดคงเหลือไม่ต่อเนื่อง"),
        (":62F:C201003THB388769,49\n", "", "ไม่มียอดยกไป"),
        (":60F:C201001THB379319,99\n", "", "นอกยอดยกมา"),
        ("THB379319,99", "USD379319,99", "USD"),
        (":20:STMT201001\n", "", "ก่อนเริ่มรายการเดินบัญชี"),
        (":28C:00275/001\n", ":28C:00275/001\n:25:999\n", "มากกว่าหนึ่งบัญชี"),
    ],
)
def test_one_field_of_mt940_that_does_not_hold_refuses_the_file(said: str, other: str, words: str) -> None:
    assert said in MT940
    with pytest.raises(BadInput, match=words):
        lines_of(mt940(MT940.replace(said, other, 1)))


def test_two_days_of_mt940_in_one_file_must_follow_each_other() -> None:
    more = """:20:NEXT
:25:4010000001
:60F:C201003THB388769,49
:61:2010041004C1,00NTRFNONREF
:62F:C201004THB388770,49
"""
    text = MT940.replace("KASITHBK/", "")
    assert len(lines_of(mt940(text + more))) == 5
    with pytest.raises(BadInput, match="ยอดคงเหลือไม่ต่อเนื่อง"):
        lines_of(mt940(text + more.replace("388769,49", "388769,48").replace("388770,49", "388770,48")))


def newer(text: str) -> str:
    """The same as a later version of the standard writes it."""
    text = text.replace("camt.053.001.02", "camt.053.001.08").replace(
        "<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"
    )
    text = text.replace("<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>")
    text = text.replace("<AmtDtls><TxAmt>", "").replace("</TxAmt></AmtDtls>", "")
    return text.replace("<Dbtr><Nm>", "<Dbtr><Pty><Nm>").replace("</Nm></Dbtr>", "</Nm></Pty></Dbtr>")


@pytest.mark.parametrize("text", [CAMT, newer(CAMT)], ids=["02", "08"])
def test_camt_gives_a_line_for_each_payment_with_its_references(text: str) -> None:
    lines, declared, profile = read_file(text.encode())
    assert (profile, declared.account) == ("camt053", "4010000001")
    assert [(line.number, line.on, line.at, line.satang, line.bank_ref) for line in lines] == [
        (1, date(2020, 10, 1), time(9, 30), 50_025, "T1"),
        (2, date(2020, 10, 2), None, 15_000, "E2"),
        (2, date(2020, 10, 2), None, 25_000, ""),
        (3, date(2020, 10, 2), None, -5_000, ""),
    ]
    first = lines[0]
    assert (first.ref1, first.ref2, first.payer, first.payer_bank) == (
        "HELLO",
        "NET001",
        "นาย ใจดี ม***",
        "006",
    )
    assert "เพื่อเด็ก" in first.description
    assert "T1" in "".join(first.cells)
    assert lines[3].description == "ค่าธรรมเนียม"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_camt_reads_the_same_in_every_encoding(encoding: str) -> None:
    text = CAMT.replace(
        'encoding="UTF-8"', 'encoding="UTF-16"' if encoding == "utf-16" else 'encoding="UTF-8"'
    )
    assert lines_of(text.encode(encoding)) == lines_of(CAMT.encode())


@pytest.mark.parametrize(
    ("said", "other", "words"),
    [
        ("1850.25", "1850.26", "รายการที่ 4: ยอดคงเหลือไม่ต่อเนื่อง"),
        ("CLBD", "INFO", "ไม่มียอดยกมา"),
        ("OPBD", "INFO", "ไม่มียอดยกมา"),
        (">250.00<", ">250.01<", "รายการที่ 2: รายการย่อยรวมได้"),
        ('<Amt Ccy="THB">500.25', '<Amt Ccy="EUR">500.25', "EUR"),
        (">500.25<", ">500.255<", "รายการที่ 1: อ่านจำนวนเงิน"),
        (">500.25<", ">5e2<", "รายการที่ 1: อ่านจำนวนเงิน"),
        ("2020-10-01T02:30:00Z", "2020-13-01T02:30:00Z", "รายการที่ 1: อ่านวันที่"),
        ("2020-10-01T02:30:00Z", "9999-12-31T23:30:00Z", "รายการที่ 1: อ่านวันที่"),
        ("2020-10-01T02:30:00Z", "1020-10-01T02:30:00", "รายการที่ 1: อ่านวันที่"),
        ("<Dt>2020-", "<Dt>0001-", "อ่านวันที่"),
        ('encoding="UTF-8"', 'encoding="x-made-up"', "เสียหรือไม่ครบ"),
        ('encoding="UTF-8"', 'encoding="shift_jis"', "เสียหรือไม่ครบ"),
        ('encoding="UTF-8"', 'encoding="undefined"', "เสียหรือไม่ครบ"),
        ("camt.053.001.02", "camt.054.001.02", "camt.054"),
        ("</Stmt>", "", "เสียหรือไม่ครบ"),
        (
            "<Document",
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Document',
            "DOCTYPE",
        ),
        ("<Document", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Document', "DOCTYPE"),
    ],
)
def test_one_part_of_camt_that_does_not_hold_refuses_the_file(said: str, other: str, words: str) -> None:
    assert said in CAMT
    with pytest.raises(BadInput, match=words):
        lines_of(CAMT.replace(said, other, 1).encode())


def test_a_batch_that_does_not_tell_its_amounts_is_one_line() -> None:
    text = CAMT.replace('<AmtDtls><TxAmt><Amt Ccy="THB">150.00</Amt></TxAmt></AmtDtls>', "")
    assert [line.satang for line in lines_of(text.encode())] == [50_025, 40_000, -5_000]


def charged(satang: str, *, included: str = "true", of: str = "") -> str:
    """A charge as .03 and later tell it."""
    return f'<Chrgs><Rcrd><Amt Ccy="THB">{satang}</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>{included}</ChrgInclInd>{of}</Rcrd></Chrgs>'


def with_charges(second: str = "", *, entry: str = "", gross: str = "260.00", text: str = "") -> str:
    """The batch of 400.00 whose second payment was told as `gross`, with charges beside it or beside the entry."""
    text = (text or newer(CAMT)).replace(
        '<Amt Ccy="THB">250.00</Amt>', f'<Amt Ccy="THB">{gross}</Amt>{second}'
    )
    return text.replace("<AcctSvcrRef>B</AcctSvcrRef>", f"<AcctSvcrRef>B</AcctSvcrRef>{entry}")


def test_a_payment_of_a_batch_less_its_charge_is_what_reached_the_account() -> None:
    lines = lines_of(with_charges(charged("10.00")).encode())
    assert [line.satang for line in lines] == [50_025, 15_000, 25_000, -5_000]
    assert "ธนาคารหักค่าธรรมเนียม 10.00 บาท" in lines[2].description
    assert "ค่าธรรมเนียม" not in lines[1].description
    assert "Amt=10.00" in lines[2].cells


def test_a_charge_of_the_second_version_is_told_without_a_record() -> None:
    text = CAMT.replace(
        '<AmtDtls><TxAmt><Amt Ccy="THB">250.00</Amt></TxAmt></AmtDtls>',
        '<AmtDtls><TxAmt><Amt Ccy="THB">260.00</Amt></TxAmt></AmtDtls><Chrgs><Amt Ccy="THB">10.00</Amt></Chrgs>',
    )
    assert [line.satang for line in lines_of(text.encode())] == [50_025, 15_000, 25_000, -5_000]


def test_amounts_that_add_up_as_they_are_told_are_net_already() -> None:
    lines = lines_of(with_charges(charged("10.00"), gross="250.00").encode())
    assert [line.satang for line in lines] == [50_025, 15_000, 25_000, -5_000]
    assert "หักค่าธรรมเนียม 10.00" in lines[2].description


def test_a_charge_that_is_only_advised_takes_nothing() -> None:
    lines = lines_of(with_charges(charged("10.00", included="false"), gross="250.00").encode())
    assert [line.satang for line in lines] == [50_025, 15_000, 25_000, -5_000]
    assert "ค่าธรรมเนียม" not in lines[2].description
    with pytest.raises(BadInput, match=r"รายการที่ 2: รายการย่อยรวมได้ 410\.00"):
        lines_of(with_charges(charged("10.00", included="false")).encode())


def test_one_charge_for_a_whole_batch_leaves_it_one_line_for_a_person_to_split() -> None:
    lines = lines_of(with_charges(entry=charged("10.00")).encode())
    assert [line.satang for line in lines] == [50_025, 40_000, -5_000]
    assert "ธนาคารหักค่าธรรมเนียม 10.00 บาท" in lines[1].description


def test_the_only_payment_of_an_entry_keeps_its_charge_in_words() -> None:
    text = newer(CAMT).replace(
        "</Refs>\n<RltdPties>", f'</Refs><Amt Ccy="THB">510.25</Amt>{charged("10.00")}<RltdPties>'
    )
    lines = lines_of(text.encode())
    assert (lines[0].satang, "หักค่าธรรมเนียม 10.00 บาท" in lines[0].description) == (50_025, True)
    with pytest.raises(BadInput, match=r"รายการที่ 1: ยอดรายการคือ 500\.25 บาท แต่ยอดก่อนหักคือ 510\.26"):
        lines_of(text.replace("510.25", "510.26").encode())


@pytest.mark.parametrize(
    "text",
    [with_charges(charged("9.99")), with_charges(entry=charged("9.99")), with_charges(charged("-1.00"))],
)
def test_charges_that_contradict_the_amounts_refuse_the_file(text: str) -> None:
    with pytest.raises(BadInput, match="รายการที่ 2: "):
        lines_of(text.encode())


def test_statements_of_camt_without_entries_prove_their_balances_too() -> None:
    start, end = CAMT.index("<Ntry>"), CAMT.index("</Stmt>")
    empty = CAMT[:start] + CAMT[end:]
    with pytest.raises(BadInput, match="ยอดคงเหลือไม่ต่อเนื่อง"):
        lines_of(empty.encode())
    assert lines_of(empty.replace("1850.25", "1000.00").encode()) == []


def test_thai_words_are_kept_composed_however_the_bank_wrote_them() -> None:
    decomposed = unicodedata.normalize("NFD", "น้ำใจ é")
    for raw in (
        MT940.replace("เงินฝาก", decomposed).encode(),
        CAMT.replace("เพื่อเด็ก", decomposed).encode(),
        f"Date,Description,Amount\n2020-10-01,{decomposed},5.00".encode(),
    ):
        words = lines_of(raw)[0].description
        assert words == unicodedata.normalize("NFC", words)
        assert "é" in words


def test_a_chosen_profile_that_is_not_the_files_is_refused() -> None:
    for raw, profile in ((mt940(), "kbank"), (CAMT.encode(), "mt940")):
        with pytest.raises(BadInput, match="ไม่ใช่"):
            files.read(io.BytesIO(raw), mapped={}, profile=profile)
