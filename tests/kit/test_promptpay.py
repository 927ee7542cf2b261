"""The payment codec against published and made-up payloads, random ones, broken ones, and another library."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.errors import BadInput
from app.kit.promptpay import (
    MAX_SATANG,
    Barcode,
    Bill,
    PayloadError,
    ProxyType,
    Transfer,
    bill_of,
    crc16,
    decode,
    decode_barcode,
    encode,
    encode_barcode,
    encode_twice,
    format_amount,
    parse_amount,
    payee,
    read,
    second_writer,
    tlv,
    unpaste,
)

VECTORS = json.loads((Path(__file__).parent / "promptpay_vectors.json").read_text("utf-8"))
BILLER = "099400000000300"


def of_kind(*kinds):
    found = [vector for vector in VECTORS if vector["kind"] in kinds]
    assert found
    return pytest.mark.parametrize("vector", found, ids=[vector["id"] for vector in found])


def code_of(call, *args, **kwargs):
    with pytest.raises(PayloadError) as refused:
        call(*args, **kwargs)
    assert isinstance(refused.value, BadInput)
    assert refused.value.words == f"{refused.value.code}: {refused.value.reason}"
    return refused.value.code


def qr(*objects):
    """A payload of just these objects, with its checksum."""
    return tlv.with_checksum(tlv.render(objects))


def transfer_qr(*, template=None, **changed):
    objects = {
        "00": "01",
        "01": "11",
        "29": template or tlv.render([("00", "A000000677010111"), ("01", "0066800000000")]),
        "53": "764",
        "58": "TH",
    } | {tag.removeprefix("t"): value for tag, value in changed.items()}
    return qr(*((tag, value) for tag, value in objects.items() if value is not None))


def satang(amount):
    return None if amount is None else parse_amount(amount)


# Published vectors.


@of_kind("tag29", "tag29_decode", "tag29_merchant")
def test_a_published_transfer_is_read_as_its_source_says(vector):
    given_ = vector["input"]
    seen = decode(vector["payload"])
    assert isinstance(seen, Transfer)
    assert (seen.proxy_type, seen.proxy) == (given_["proxy"], given_["target_wire"])
    assert seen.satang == satang(given_["amount"])
    assert seen.point_of_initiation == given_["poi"]
    assert seen.merchant_name == given_.get("merchant_name")
    assert seen.merchant_city == given_.get("merchant_city")
    assert payee(given_["target"]) == (seen.proxy_type, seen.proxy)
    again = encode(seen)
    assert decode(again) == seen
    if vector["layout"].startswith("29-53-54-58"):
        assert again == vector["payload"]


@of_kind("tag30", "tag30_cross_border")
def test_a_published_bill_is_read_as_its_source_says(vector):
    given_ = vector["input"]
    seen = decode(vector["payload"])
    assert isinstance(seen, Bill)
    assert (seen.biller, seen.ref1, seen.ref2) == (given_["biller_id"], given_["ref1"], given_["ref2"])
    assert seen.ref3 == given_.get("ref3_tag62_07")
    assert seen.satang == satang(given_["amount"])
    assert seen.point_of_initiation == given_["poi"]
    assert seen.cross_border == (vector["kind"] == "tag30_cross_border")
    again = encode(seen)
    assert decode(again) == seen
    if vector["layout"].startswith("30-53-54-58"):
        assert again == vector["payload"]


@of_kind("truemoney")
def test_a_truemoney_wallet_is_read_with_its_number_and_message(vector):
    given_ = vector["input"]
    seen = decode(vector["payload"])
    assert (seen.proxy_type, seen.proxy) == ("ewallet", given_["target_wire"])
    assert seen.mobile == given_["mobile"]
    assert seen.message == given_["message"]
    assert seen.satang == satang(given_["amount"])
    assert decode(encode(seen)) == seen


@of_kind("bot_barcode")
def test_a_published_barcode_is_read_and_written_exactly(vector):
    given_ = vector["input"]
    barcode = Barcode(
        biller=given_["biller_id"],
        ref1=given_["ref1"],
        ref2=given_["ref2"],
        satang=given_["amount_satang"] or None,
    )
    assert decode_barcode(vector["payload"]) == barcode
    assert encode_barcode(barcode) == vector["payload"]
    assert read(vector["payload"].replace("\r", "\r\n")) == barcode


@of_kind("bot_barcode_to_tag30")
def test_a_barcode_becomes_the_same_bill(vector):
    bill = bill_of(decode_barcode(vector["input"]["barcode"]))
    assert decode(encode(bill)) == decode(vector["payload"])


@of_kind("invalid_bot_barcode")
def test_a_broken_barcode_is_refused(vector):
    code_of(decode_barcode, vector["payload"])


@of_kind("invalid_tag29", "invalid_tag30")
def test_a_broken_payment_falls_from_the_rung_its_source_names(vector):
    assert code_of(decode, vector["payload"]) == vector["detected_at"]


@of_kind("crc16")
def test_the_checksum_is_crc_ccitt_false(vector):
    assert crc16(vector["input"]["data"]) == vector["payload"]


@of_kind("amount_format")
def test_an_amount_is_written_with_two_decimals(vector):
    assert format_amount(parse_amount(vector["input"]["amount"])) == vector["payload"]


@of_kind("amount_invalid")
def test_an_amount_that_could_be_misread_is_refused(vector):
    assert code_of(parse_amount, vector["input"]["amount"]) == "semantic"


def test_every_kind_of_vector_is_looked_at():
    slips = {"slip_mini_qr", "slip_mini_qr_truemoney", "slip_mini_qr_truncated_crc", "invalid_slip"}
    here = {
        *("tag29", "tag29_decode", "tag29_merchant", "tag30", "tag30_cross_border", "truemoney", "crc16"),
        *("bot_barcode", "bot_barcode_to_tag30", "invalid_bot_barcode", "invalid_tag29", "invalid_tag30"),
        *("amount_format", "amount_invalid"),
    }
    assert {vector["kind"] for vector in VECTORS} == here | slips


# Our own output.


def test_a_bill_is_written_in_canonical_order():
    bill = Bill(biller="099400016550100", ref1="F69000123K", ref2="NET042", ref3="SCB0001", satang=150000)
    assert encode(bill) == (
        "00020101021230630016A00000067701011201150994000165501000210F69000123K0306NET042"
        "530376454071500.005802TH62110707SCB00016304542B"
    )


def test_a_transfer_to_a_tax_id_is_written_in_canonical_order():
    transfer = Transfer(proxy_type=ProxyType.NATID, proxy="0994000165501", satang=150037)
    assert encode(transfer) == (
        "00020101021229370016A00000067701011102130994000165501530376454071500.375802TH6304568E"
    )


def test_a_bank_account_is_its_bank_and_its_number():
    kind, proxy = payee("014:1234567890")
    text = encode(Transfer(proxy_type=kind, proxy=proxy, satang=100))
    assert "04130141234567890" in text
    assert decode(text).proxy_type is ProxyType.BANK_ACCOUNT


def test_a_one_time_code_travels_alone_or_beside_a_payee():
    alone = Transfer(proxy_type=ProxyType.OTA, proxy="1234567890", point_of_initiation="12")
    beside = Transfer(
        proxy_type=ProxyType.MOBILE, proxy="0066812345678", ota="1234567890", point_of_initiation="12"
    )
    for transfer in (alone, beside):
        assert "A000000677010114" in encode(transfer)
        assert decode(encode(transfer)) == transfer


def test_a_thai_message_reaches_a_truemoney_wallet():
    transfer = Transfer(proxy_type=ProxyType.EWALLET, proxy="140000801111111", message="ค่าชุดลูกเสือ", satang=1)
    assert decode(encode(transfer)).message == "ค่าชุดลูกเสือ"


@pytest.mark.parametrize("wrong", [True, 1.0, 0, -5000, 1_000_000_000_000, "100"])
def test_only_whole_satang_within_the_field_are_written(wrong):
    good = Bill(biller=BILLER, ref1="A1", satang=100)
    assert encode(good)
    assert code_of(encode, replace(good, satang=wrong)) == "semantic"
    assert code_of(encode_barcode, Barcode(biller=BILLER, ref1="A1", satang=wrong)) == "semantic"


@pytest.mark.parametrize(
    "wrong",
    [
        {"biller": "09940000000030"},
        {"biller": "09940000000030๐"},
        {"ref1": ""},
        {"ref1": "a1"},
        {"ref1": "A" * 21},
        {"ref1": "Ａ1"},
        {"ref2": ""},
        {"ref2": "A-1"},
        {"ref3": "a"},
        {"ref3": "A" * 26},
        {"merchant_name": "A" * 26},
        {"merchant_city": "A" * 16},
        {"postal_code": "1" * 11},
        {"point_of_initiation": "13"},
        {"additional": {"08": "A" * 26}},
        {"additional": {"07": "AB"}},
    ],
    ids=str,
)
def test_a_bill_that_we_would_not_read_is_not_written(wrong):
    good = Bill(biller=BILLER, ref1="A1", ref2="B2", ref3="C3", merchant_name="A" * 25, satang=100)
    assert encode(good)
    changed = replace(good, **wrong)
    if "07" in wrong.get("additional", {}):
        changed = replace(changed, ref3=None)
    assert code_of(encode, changed) == "semantic"


def test_a_message_that_only_truemoney_carries_is_not_dropped_in_silence():
    transfer = Transfer(proxy_type=ProxyType.MOBILE, proxy="0066812345678", message="hello")
    assert code_of(encode, transfer) == "semantic"
    assert code_of(
        encode, replace(transfer, proxy_type=ProxyType.EWALLET, proxy="140000801111111", message="")
    ) == ("semantic")


def test_a_part_of_a_hundred_characters_is_not_written():
    wallet = Transfer(proxy_type=ProxyType.EWALLET, proxy="140000801111111", message="x" * 24)
    assert encode(wallet)
    assert code_of(encode, replace(wallet, message="x" * 25)) == "tlv"


# Who is paid.


@pytest.mark.parametrize(
    ("typed", "paid"),
    [
        ("0801234567", ("mobile", "0066801234567")),
        ("(+66) 80-123-4567", ("mobile", "0066801234567")),
        ("66612345678", ("mobile", "0066612345678")),
        ("1-2345-67890-12-3", ("natid", "1234567890123")),
        ("140000801111111", ("ewallet", "140000801111111")),
    ],
)
def test_a_payee_is_read_as_people_type_it(typed, paid):
    assert payee(typed) == paid


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "abc",
        "801234567",
        "021234567",
        "0212345678",
        "08012345678",
        "+660801234567",
        "0066801234567",
        "12345678901234",
        "1234567890123456",
        "123456789012",
        "๐๘๐๑๒๓๔๕๖๗",
        "๑๒๓๔๕๖๗๘๙๐๑๒๓",
        "080.123.4567",
        "0801234567\n",
        "014:",
        "14:123",
        "014:12a",
        "014:" + "1" * 44,
    ],
)
def test_a_payee_that_would_be_guessed_at_is_refused(typed):
    assert code_of(payee, typed) == "semantic"


# The order of checks.


def test_a_whole_payload_is_the_ground_for_the_refusals_below():
    assert decode(transfer_qr()) == Transfer(
        proxy_type=ProxyType.MOBILE, proxy="0066800000000", point_of_initiation="11"
    )


def with_tag29(*objects):
    return transfer_qr(template=tlv.render([("00", "A000000677010111"), *objects]))


MOBILE = ("01", "0066800000000")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("tlv", ""),
        ("tlv", "0"),
        ("tlv", "๐๐๐๒๐๑"),
        ("tlv", "00+201"),
        ("tlv", transfer_qr() + "\n"),
        ("tlv", " " + transfer_qr()),
        ("tlv", transfer_qr(t59="A\nB")),
        ("tlv", transfer_qr(t59="A\udce0B")),
        ("tlv", transfer_qr().replace("5802TH", "5802TH5802TH")),
        ("tlv", with_tag29(MOBILE) + "6304ABCD"),
        ("tlv", with_tag29(MOBILE, MOBILE)),
        ("tlv", transfer_qr(template="0016A0000006770101110199")),
        ("tlv", transfer_qr(t62="07")),
        ("tlv", qr(*((f"{tag}", "x" * 90) for tag in range(65, 72)))),
        ("crc", "000201"),
        ("crc", transfer_qr()[:-8]),
        ("crc", transfer_qr()[:-4] + "0000"),
        ("crc", transfer_qr(t01="12", t54="100.00")[:-4] + "cbfd"),
        ("crc", transfer_qr()[:-8] + "6303ABC"),
        ("crc", "6304ABCD" + transfer_qr()[:-8]),
        ("structure", transfer_qr(t00=None)),
        ("structure", transfer_qr(t53=None)),
        ("structure", transfer_qr(t58=None)),
        ("structure", transfer_qr(t29=None)),
        ("structure", transfer_qr(t30="0016A000000677010112")),
        ("structure", transfer_qr(t31="0016A000000677012004")),
        ("structure", with_tag29()),
        ("structure", with_tag29(MOBILE, ("02", "1234567890123"))),
        ("structure", with_tag29(MOBILE, ("05", "1234567890"))),
        ("semantic", transfer_qr(t29=None, t31="0016A000000677012004")),
        ("semantic", transfer_qr(t00="02")),
        ("semantic", transfer_qr(t01="13")),
        ("semantic", transfer_qr(t53="840")),
        ("semantic", transfer_qr(t58="th")),
        ("semantic", transfer_qr(t54="")),
        ("semantic", transfer_qr(t54="0.00")),
        ("semantic", transfer_qr(t54="-5.00")),
        ("semantic", transfer_qr(t54="1.005")),
        ("semantic", transfer_qr(t54="๑๐๐")),
        ("semantic", transfer_qr(t54="0100.00")),
        ("semantic", transfer_qr(t54="9999999999999")),
        ("semantic", transfer_qr(t59="A" * 26)),
        ("semantic", transfer_qr(t70="")),
        ("semantic", with_tag29(("01", "006680000000"))),
        ("semantic", with_tag29(("02", "123456789012๓"))),
        ("semantic", with_tag29(("03", "12345678901234"))),
        ("semantic", with_tag29(("05", "1234567890"))),
        ("semantic", transfer_qr(template=tlv.render([("00", "A000000677010114"), MOBILE]))),
        ("semantic", transfer_qr(template=tlv.render([("00", "A000000677010114"), ("05", "123")]))),
        ("semantic", transfer_qr(template=tlv.render([MOBILE]))),
        ("semantic", transfer_qr(t29=tlv.render([("00", "A000000677010111"), ("03", "140000801111111")]), t81="zz")),
        ("semantic", transfer_qr(t29=tlv.render([("00", "A000000677010111"), ("03", "140000801111111")]), t81="D800")),
    ],
)  # fmt: skip
def test_a_broken_payload_falls_from_the_first_rung_it_fails(code, text):
    assert code_of(decode, text) == code


def test_a_right_checksum_that_is_not_last_is_refused():
    head, tail = transfer_qr()[:-8], "5904ABCD"
    fitting = (
        f"{head}6304{crc:04X}{tail}"
        for crc in range(0x10000)
        if crc16(f"{head}6304{crc:04X}{tail}"[:-4]) == f"{crc:04X}"
    )
    assert code_of(decode, next(fitting)) == "crc"


def test_a_lower_case_checksum_is_taken_only_when_asked():
    text = transfer_qr(t01="12", t54="100.00")
    lower = text[:-4] + text[-4:].lower()
    assert lower.endswith("cbfd")
    assert code_of(decode, lower) == "crc"
    assert decode(lower, lenient=True) == decode(text)


def test_tags_are_read_in_any_order_and_unknown_ones_are_skipped():
    template = tlv.render([("01", BILLER), ("03", "B2"), ("00", "A000000677010112"), ("02", "A1")])
    text = qr(
        ("00", "01"), ("62", "0702C3"), ("58", "TH"), ("52", "0000"), ("04", "x"), ("54", "100.5"), ("80", "not TLV"),
        ("64", "th"), ("30", template), ("59", "มูลนิธิ"), ("53", "764"), ("99", "x"), ("81", "x"),
    )  # fmt: skip
    assert decode(text) == Bill(
        biller=BILLER, ref1="A1", ref2="B2", ref3="C3", satang=10050, merchant_name="มูลนิธิ"
    )


def test_a_payload_may_have_512_characters_and_no_more():
    def of_length(wanted):
        parts = [(str(tag), "x" * 80) for tag in range(65, 70)]
        spare = wanted - len(transfer_qr(**{f"t{tag}": value for tag, value in parts})) - 4
        return transfer_qr(**{f"t{tag}": value for tag, value in [*parts, ("70", "x" * spare)]})

    assert len(of_length(512)) == 512
    assert decode(of_length(512))
    assert code_of(decode, of_length(513)) == "tlv"


# Random worlds.

references = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)
digits = "0123456789"
amounts = st.none() | st.integers(1, 999_999_999_999)
plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=10)
envelopes = {
    "satang": amounts,
    "merchant_name": st.none() | plain,
    "merchant_city": st.none() | plain,
    "postal_code": st.none() | st.text(digits, min_size=5, max_size=5),
    "point_of_initiation": st.sampled_from(["11", "12"]),
}
bills = st.builds(
    Bill,
    biller=st.text(digits, min_size=15, max_size=15),
    ref1=references,
    ref2=st.none() | references,
    ref3=st.none() | references,
    cross_border=st.booleans(),
    additional=st.dictionaries(st.sampled_from(["01", "05", "08"]), plain, max_size=3),
    **envelopes,
)
payees = st.one_of(
    st.tuples(st.just(ProxyType.MOBILE), st.text(digits, min_size=9, max_size=9).map("0066".__add__)),
    st.tuples(st.just(ProxyType.NATID), st.text(digits, min_size=13, max_size=13)),
    st.tuples(st.just(ProxyType.EWALLET), st.text(digits, min_size=15, max_size=15)),
    st.tuples(st.just(ProxyType.BANK_ACCOUNT), st.text(digits, min_size=4, max_size=46)),
    st.tuples(st.just(ProxyType.OTA), st.text(digits, min_size=10, max_size=10)),
)
transfers = st.builds(
    lambda named, **rest: Transfer(proxy_type=named[0], proxy=named[1], **rest), payees, **envelopes
)


@given(st.one_of(bills, transfers))
@settings(deadline=None)
def test_what_is_written_is_read_back_whole(payment):
    text = encode(payment)
    assert decode(text) == payment
    assert encode(decode(text)) == text
    assert len(text) <= 512


@given(st.builds(Barcode, biller=st.text(digits, min_size=15, max_size=15), ref1=references,
                 ref2=st.none() | references, satang=amounts))  # fmt: skip
@settings(deadline=None)
def test_a_barcode_that_is_written_is_read_back_whole(barcode):
    text = encode_barcode(barcode)
    assert decode_barcode(text) == barcode
    for line_end in ("\n", "\r\n", "\\r", "\\n", "\\r\\n"):
        assert unpaste(text.replace("\r", line_end)) == text


@given(st.one_of(bills, transfers), st.data())
@settings(deadline=None)
def test_a_changed_character_is_refused(payment, data):
    text = encode(payment)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda c: c != text[at]))
    code_of(decode, text[:at] + other + text[at + 1 :])


def test_every_changed_character_and_every_beginning_of_a_bill_is_refused():
    text = encode(Bill(biller=BILLER, ref1="F69000123K", ref2="NET042", ref3="SCB0001", satang=150000))
    for at in range(len(text)):
        code_of(decode, text[:at])
        for other in set("0123456789ABCDEFabcdefxyz๐ ") - {text[at]}:
            code_of(decode, text[:at] + other + text[at + 1 :])


@given(st.one_of(st.text(max_size=60), st.text(digits + "ATH", max_size=120)))
@settings(deadline=None)
def test_any_text_is_read_or_refused_and_nothing_else(text):
    for reading in (decode, read, decode_barcode):
        code_of(reading, text)


@given(st.text(max_size=12) | st.text("0123456789.๑,-+e ", max_size=14))
@settings(deadline=None, max_examples=300)
def test_an_amount_that_is_read_is_written_back_as_the_same_number(text):
    try:
        read_ = parse_amount(text)
    except PayloadError:
        return
    whole, _, part = text.partition(".")
    assert read_ == int(whole) * 100 + int((part + "00")[:2])
    assert text.isascii()
    assert parse_amount(format_amount(read_)) == read_


def test_transfers_equal_those_of_the_promptpay_package():
    chance = random.Random(2565)
    for _ in range(3000):
        typed, _shape = chance.choice(
            [
                (f"0{chance.choice('689')}{chance.randrange(10**8):08d}", "mobile"),
                (f"{chance.randrange(1, 10)}{chance.randrange(10**12):012d}", "natid"),
                (f"{chance.randrange(1, 10)}{chance.randrange(10**14):014d}", "ewallet"),
            ]
        )
        amount = chance.choice([None, 1, chance.randrange(1, 10**9), MAX_SATANG])
        kind, proxy = payee(typed)
        meant = Transfer(proxy_type=kind, proxy=proxy, satang=amount)
        theirs = second_writer._package.generate_payload(
            typed, 0 if amount is None else Decimal(amount).scaleb(-2)
        )
        ours = decode(theirs)
        assert (ours.proxy_type, ours.proxy, ours.satang) == (kind, proxy, amount)
        # The same objects in another order: theirs is 29-58-53-54.
        assert sorted(tlv.parse(theirs[:-8]).items()) == sorted(tlv.parse(encode(ours)[:-8]).items())
        assert encode_twice(meant) == encode(meant)


def test_the_second_writer_needs_no_library_in_c():
    script = (
        "import sys; sys.modules['libscrc'] = None; "
        "from app.kit.promptpay import Transfer, encode_twice; "
        "print(encode_twice(Transfer(proxy_type='natid', proxy='0994000000006', satang=12345))); "
        "assert sys.modules['libscrc'] is None"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert decode(told.stdout.strip()).satang == 12345


@pytest.mark.parametrize(
    "said",
    [
        "",
        "no payload",
        encode(Transfer(proxy_type=ProxyType.NATID, proxy="0994000000006", satang=12346)),
        encode(Transfer(proxy_type=ProxyType.NATID, proxy="0994000000014", satang=12345)),
        encode(Transfer(proxy_type=ProxyType.NATID, proxy="0994000000006")),
        encode(Transfer(proxy_type=ProxyType.NATID, proxy="0994000000006", satang=12345))[:-1] + "!",
        encode(
            Transfer(proxy_type=ProxyType.NATID, proxy="0994000000006", satang=12345, merchant_name="FUND")
        ),
    ],
)
def test_a_code_on_which_the_two_writers_differ_is_not_made(monkeypatch, said):
    meant = Transfer(proxy_type=ProxyType.NATID, proxy="0994000000006", satang=12345)
    assert encode_twice(meant)
    monkeypatch.setattr(second_writer._package, "generate_payload", lambda *_: said)
    with pytest.raises(PayloadError):
        encode_twice(meant)


def test_what_the_second_writer_cannot_write_is_agreed_by_nobody():
    for transfer in (
        Transfer(proxy_type=ProxyType.BANK_ACCOUNT, proxy="0041234567890", satang=100),
        Transfer(proxy_type=ProxyType.OTA, proxy="1234567890", satang=100),
        Transfer(proxy_type=ProxyType.NATID, proxy="0994000000006", satang=100, merchant_name="FUND"),
    ):
        assert encode(transfer)
        with pytest.raises(PayloadError):
            encode_twice(transfer)
