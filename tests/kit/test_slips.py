"""Slips: read from text and from pictures, strictly and as leniently as banks' apps require."""

import io
import json
from array import array
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.kit import qr, slips
from app.kit.errors import BadInput
from app.kit.promptpay import PayloadError, tlv
from app.kit.slips import ScannedSlip, TrueMoneySlip

VECTORS = json.loads((Path(__file__).parent / "promptpay_vectors.json").read_text("utf-8"))
SCB = "004600060000010103014022520260708ABCdEfGhIjK1234565102TH91045702"
PAYMENT = "00020101021229370016A0000006770101110113006680111111153037645802TH540520.15630442BE"


def of_kind(kind):
    found = [vector for vector in VECTORS if vector["kind"] == kind]
    assert found
    return pytest.mark.parametrize("vector", found, ids=[vector["id"] for vector in found])


def code_of(text, *, lenient):
    with pytest.raises(PayloadError) as refused:
        slips.decode(text, lenient=lenient)
    return refused.value.code


def with_checksum(*objects, lower=False):
    return tlv.with_checksum(tlv.render(objects), tag="91", lower=lower)


def truemoney(**changed):
    parts = {"00": "01", "01": "01", "02": "P2P", "03": "TMN9", "04": "29022024"}
    parts |= {tag.removeprefix("t"): value for tag, value in changed.items()}
    return with_checksum(("00", tlv.render(parts.items())), lower=True)


def pictures_of(*texts, mode="RGB"):
    """One picture with the QR codes of all texts, side by side."""
    drawn = [Image.open(io.BytesIO(qr.draw_png(text, scale=6))) for text in texts]
    sheet = Image.new(mode, (sum(picture.width for picture in drawn) + 200, 900), "white")
    at = 40
    for code in drawn:
        sheet.paste(code.convert(mode), (at, 200))
        at += code.width + 40
    written = io.BytesIO()
    sheet.save(written, "JPEG" if mode == "RGB" else "PNG", quality=60)
    return written.getvalue()


@of_kind("slip_mini_qr")
@pytest.mark.parametrize("lenient", [False, True])
def test_a_banks_slip_is_read_with_its_reference_as_written(vector, lenient):
    given_ = vector["input"]
    slip = slips.decode(vector["payload"], lenient=lenient)
    assert slip == ScannedSlip(sending_bank=given_["sending_bank"], trans_ref=given_["trans_ref"])
    assert (slip.api_id, slip.country) == (given_["api_id"], given_["country"])
    assert slips.encode(slip) == vector["payload"]


@of_kind("slip_mini_qr_truncated_crc")
def test_a_slip_whose_checksum_lost_its_zeros_is_read_only_leniently_and_flagged(vector):
    given_ = vector["input"]
    assert code_of(vector["payload"], lenient=False) == "tlv"
    slip = slips.decode(vector["payload"], lenient=True)
    assert slip == ScannedSlip(
        sending_bank=given_["sending_bank"], trans_ref=given_["trans_ref"], crc_padded=True
    )


@of_kind("slip_mini_qr_truemoney")
def test_a_truemoney_slip_is_read(vector):
    given_ = vector["input"]
    slip = slips.decode(vector["payload"])
    assert slip.paid_on.strftime("%d%m%Y") == given_["date_ddmmyyyy"]
    assert (slip.event_type, slip.trans_ref) == (given_["event_type"], given_["transaction_id"])
    assert slips.encode(slip) == vector["payload"]


@of_kind("invalid_slip")
@pytest.mark.parametrize("lenient", [False, True])
def test_a_broken_slip_falls_from_the_rung_its_source_names(vector, lenient):
    assert code_of(vector["payload"], lenient=lenient) == vector["detected_at"]


def test_the_letters_of_a_reference_keep_their_case():
    slip = slips.decode(SCB)
    assert slip.trans_ref == "20260708ABCdEfGhIjK123456"
    assert slips.encode(replace(slip, trans_ref=slip.trans_ref.upper())) != SCB


def test_the_bank_of_a_slip_need_not_be_known():
    assert slips.decode(slips.encode(ScannedSlip(sending_bank="999", trans_ref="x"))).sending_bank == "999"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("tlv", SCB + "00"),
        ("tlv", SCB[:-5]),
        ("tlv", with_checksum(("00", "0006000001010"), ("51", "TH"))),
        ("crc", SCB[:-8]),
        ("crc", "91045702" + SCB[:-8]),
        ("crc", with_checksum(("00", "0006000001010301402041234"), ("51", "TH"))[:-4] + "0000"),
        ("crc", PAYMENT[:-4] + "0000"),
        ("crc", truemoney()[:-4] + truemoney()[-4:].upper()),
        ("semantic", PAYMENT),
        ("semantic", with_checksum(("00", "0006000001010301402031ab"))),
        ("semantic", with_checksum(("51", "TH"))),
        ("semantic", with_checksum(("51", "TH"), ("00", "00060000010103014020231"))),
        ("semantic", with_checksum(("00", "00060000020103014020231"), ("51", "TH"))),
        ("semantic", with_checksum(("00", "000600000101030140202ก1"), ("51", "TH"))),
        ("semantic", with_checksum(("00", "0006000001010301๔020231"), ("51", "TH"))),
        ("semantic", truemoney(t04="30022024")),
        ("semantic", truemoney(t04="2902202๔")),
        ("semantic", truemoney(t02="")),
        ("semantic", truemoney(t03="a b")),
        ("semantic", truemoney(t01="02")),
        ("semantic", tlv.with_checksum(truemoney()[:-8] + "5102TH", tag="91", lower=True)),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_what_is_no_slip_falls_from_the_first_rung_it_fails(code, text, lenient):
    assert truemoney() != truemoney().upper()
    assert code_of(text, lenient=lenient) == code


def test_a_banks_slip_with_a_lower_case_checksum_is_refused():
    upper = slips.encode(ScannedSlip(sending_bank="002", trans_ref="2025010112000012345678901"))
    assert slips.decode(upper)
    assert upper.endswith("1FBB")
    assert code_of(upper[:-4] + "1fbb", lenient=True) == "crc"


all_slips = st.one_of(
    st.builds(
        ScannedSlip,
        sending_bank=st.text("0123456789", min_size=3, max_size=3),
        trans_ref=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70),
    ),
    st.builds(
        TrueMoneySlip,
        event_type=st.sampled_from(["P2P", "C2B"]),
        transaction_id=st.text("ABCdef0123456789", min_size=1, max_size=40),
        paid_on=st.dates(date(2017, 1, 1), date(2599, 12, 31)),
    ),
)


@given(all_slips, st.data())
@settings(deadline=None)
def test_a_slip_is_read_back_and_a_changed_character_is_refused(slip, data):
    text = slips.encode(slip)
    assert slips.decode(text) == slip
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda c: c != text[at]))
    code_of(text[:at] + other + text[at + 1 :], lenient=True)
    code_of(text[:at], lenient=False)


@given(st.text(max_size=60) | st.text("0123456789ATH", max_size=120))
@settings(deadline=None)
def test_any_text_is_refused_and_nothing_worse(text):
    code_of(text, lenient=True)


def test_a_slip_is_found_beside_other_codes_in_a_picture():
    assert slips.find(pictures_of("https://example.org/advert", SCB, PAYMENT)) == slips.decode(SCB)


def test_the_same_slip_twice_in_a_picture_is_one_slip():
    padded = next(v["payload"] for v in VECTORS if v["kind"] == "slip_mini_qr_truncated_crc")
    assert slips.find(pictures_of(padded, padded, mode="L")).crc_padded


def test_two_slips_in_a_picture_are_refused():
    other = slips.encode(ScannedSlip(sending_bank="004", trans_ref="016001120000BPM00001"))
    with pytest.raises(BadInput, match="มากกว่าหนึ่งใบ"):
        slips.find(pictures_of(SCB, other))


def test_a_picture_without_a_slip_says_what_it_saw():
    with pytest.raises(PayloadError, match="QR สำหรับจ่ายเงิน"):
        slips.find(pictures_of("https://example.org", PAYMENT))
    blank = io.BytesIO()
    Image.new("L", (300, 300), "white").save(blank, "PNG")
    with pytest.raises(BadInput, match="ไม่พบ QR"):
        slips.find(blank.getvalue())


def slip_picture(text, *, advert="", size=(1080, 1620)):
    """A slip as a bank's app draws it: coloured ground, lines of print, the small code below, perhaps an advert's."""
    slip = Image.new("RGB", size, "#eaf3f1")
    pen = ImageDraw.Draw(slip)
    pen.rectangle((0, 0, size[0], 220), fill="#0b5c4b")
    for line in range(9):
        pen.rectangle((90, 300 + line * 70, 90 + 600 - line * 37, 326 + line * 70), fill="#24323f")
    code = Image.open(io.BytesIO(qr.draw_png(text, scale=6)))
    slip.paste(code.convert("RGB"), (size[0] - code.width - 60, size[1] - code.height - 60))
    if advert:
        other = Image.open(io.BytesIO(qr.draw_png(advert, scale=5)))
        slip.paste(other.convert("RGB"), (60, size[1] - other.height - 60))
    return slip


def sent_as(picture, kind, **options):
    written = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(picture).save(written, **options)
    else:
        picture.save(written, kind, **options)
    return written.getvalue()


PADDED = next(v["payload"] for v in VECTORS if v["kind"] == "slip_mini_qr_truncated_crc")


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {"quality": 40}), ("PNG", {}), ("WEBP", {"quality": 50}), ("HEIC", {"quality": 60})],
)
@pytest.mark.parametrize("turned", [0, 7, 90, 180])
@pytest.mark.parametrize("text", [SCB, PADDED, truemoney()], ids=["bank", "dropped zeros", "wallet"])
def test_a_slip_is_read_from_the_pictures_that_phones_send(kind, options, turned, text):
    drawn = slip_picture(text, advert="https://example.org/win-a-truck?campaign=123456")
    picture = drawn.rotate(turned, expand=True, fillcolor="black")
    assert slips.find(sent_as(picture, kind, **options)) == slips.decode(text, lenient=True)


def test_a_slip_sent_on_through_a_chat_is_still_read():
    picture = slip_picture(SCB).resize((540, 810), Image.Resampling.BICUBIC)
    again = Image.open(io.BytesIO(sent_as(picture, "JPEG", quality=45)))
    assert slips.find(sent_as(again, "JPEG", quality=60)) == slips.decode(SCB)


@pytest.mark.parametrize(
    ("bank", "trans_ref", "day", "moment"),
    [
        ("004", "016189200313CTF04425", date(2026, 7, 8), datetime(2026, 7, 8, 13, 3, 13, tzinfo=UTC)),
        ("004", "016366235959APP00001", None, None),  # 2026 has 365 days
        ("004", "016000200313CTF04425", None, None),
        ("004", "016189250313CTF04425", None, None),
        ("002", "2025010112300012345678901", date(2025, 1, 1), datetime(2025, 1, 1, 5, 30, tzinfo=UTC)),
        ("014", "20260708ABCdEfGhIjK123456", date(2026, 7, 8), None),
        ("014", "20261308ABCdEfGhIjK123456", None, None),
        ("006", "2026070812345678", date(2026, 7, 8), None),
        ("025", "KSA20260708aaaaaaaaaaaaaa", None, None),
        ("999", "2026070812345678", None, None),
        ("014", "x", None, None),
    ],
)
def test_the_day_of_payment_is_read_from_references_that_tell_it(bank, trans_ref, day, moment):
    assert slips.paid(ScannedSlip(sending_bank=bank, trans_ref=trans_ref)) == (day, moment)


def test_a_truemoney_slip_tells_its_day():
    assert slips.paid(slips.decode(truemoney())) == (date(2024, 2, 29), None)


@given(all_slips)
@settings(deadline=None)
def test_no_reference_is_too_strange_to_be_asked_for_its_day(slip):
    day, moment = slips.paid(slip)
    assert moment is None or day is not None


@pytest.mark.parametrize("darkest", [0, 20_000])
def test_a_slip_scanned_in_sixteen_bits_is_read(darkest):
    grey = slip_picture(SCB).convert("L")
    deep = array("H", (value * 170 + darkest for value in grey.tobytes()))
    scan = Image.frombytes("I;16", grey.size, deep.tobytes())
    assert slips.find(sent_as(scan, "PNG")) == slips.decode(SCB)
