"""The operator's commands for payment QR texts, counter barcodes and slips."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from app.kit import code128, qr
from app.kit.errors import Refused
from app.kit.promptpay_commands import promptpay

SLIP = "004600060000010103014022520260708ABCdEfGhIjK1234565102TH91045702"
BILLER = "099400000000300"


def run(*words):
    """Exit code, standard output and standard error, as the program's own entry makes them."""
    result = CliRunner().invoke(promptpay, words)
    if isinstance(result.exception, Refused):
        return 2, result.stdout_bytes, result.exception.words
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout_bytes, result.stderr


def answer(*words):
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert out.count(b"\n") == 1
    return json.loads(out)


def test_a_bill_is_printed_alone():
    code, out, err = run("bill", "--biller", "099400016550100", "--ref1", "123456789012", "--amount", "100.5")
    assert (code, err) == (0, "")
    text = out.decode().removesuffix("\n")
    assert "\n" not in text
    seen = answer("read", text)
    assert seen["kind"] == "bill"
    assert (seen["biller"], seen["ref1"], seen["ref2"]) == ("099400016550100", "123456789012", None)
    assert (seen["satang"], seen["point_of_initiation"], seen["cross_border"]) == (10050, "12", False)
    assert seen["proxy_type"] is None


@pytest.mark.parametrize("to", ["081-222-3333", "+66812223333"])
def test_a_transfer_is_printed_alone(to):
    code, out, err = run("transfer", "--to", to)
    assert (code, err) == (0, "")
    seen = answer("read", out.decode().removesuffix("\n"))
    assert (seen["kind"], seen["proxy_type"], seen["proxy"]) == ("transfer", "mobile", "0066812223333")
    assert (seen["mobile"], seen["satang"], seen["biller"]) == ("0812223333", None, None)


def test_a_barcode_is_printed_with_its_carriage_returns():
    words = ("--biller", BILLER, "--ref1", "PLEDGE00004", "--amount", "4.35")
    assert run("barcode", *words) == (0, b"|099400000000300\rPLEDGE00004\r\r435\n", "")


def test_a_barcode_is_drawn_into_a_file_on_demand(tmp_path):
    file = tmp_path / "bill.png"
    words = ("--biller", BILLER, "--ref1", "PLEDGE00004", "--ref2", "NET009", "--amount", "1500.37")
    code, out, err = run("barcode", *words, "--png", str(file))
    assert (code, err) == (0, "")
    with Image.open(file) as picture:
        assert picture.format == "PNG"
        assert code128.read(picture) == [out.decode().removesuffix("\n")]


def test_a_barcode_that_cannot_be_written_is_refused_in_one_line(tmp_path):
    words = ("--biller", BILLER, "--ref1", "A1", "--amount", "1")
    code, out, err = run("barcode", *words, "--png", str(tmp_path / "nowhere" / "bill.png"))
    assert (code, out) == (2, b"")
    assert "เขียนไฟล์ภาพไม่ได้" in err


@pytest.mark.parametrize("between", ["\r", "\n", "\r\n", "\\r", "\\n", "\\r\\n"])
def test_a_barcode_is_read_however_it_was_pasted(between):
    seen = answer("read", f"|{BILLER}{between}PLEDGE00004{between}NET009{between}435")
    assert seen["kind"] == "barcode"
    assert (seen["biller"], seen["ref1"], seen["ref2"], seen["satang"]) == (
        BILLER,
        "PLEDGE00004",
        "NET009",
        435,
    )


def test_a_slip_is_read_from_text_and_from_a_picture(tmp_path):
    picture = tmp_path / "slip"
    picture.write_bytes(qr.draw_png(SLIP))
    seen = answer("slip", SLIP)
    assert seen == answer("slip", str(picture))
    assert seen["kind"] == "slip"
    assert (seen["sending_bank"], seen["trans_ref"]) == ("014", "20260708ABCdEfGhIjK123456")
    assert (seen["country"], seen["crc_padded"]) == ("TH", False)


def test_a_shortened_checksum_is_taken_and_flagged():
    assert answer("slip", "0030000600000101030140209T000001785102TH9104C3")["crc_padded"] is True


def test_a_truemoney_slip_and_its_day_are_read():
    seen = answer("slip", "00390002010102010203C2B0304TMN904082902202491040a34")
    assert (seen["kind"], seen["trans_ref"], seen["paid_on"]) == ("slip_truemoney", "TMN9", "2024-02-29")
    assert seen["sending_bank"] is None


def test_a_thai_message_is_printed_in_thai():
    text = "00020101021129390016A000000677010111031514000080111111153037645802TH81080E020E3263042F6B"
    code, out, err = run("read", text)
    assert (code, err) == (0, "")
    assert "ขา" in out.decode()


def test_every_answer_has_the_same_fields():
    _, bill, _ = run("bill", "--biller", BILLER, "--ref1", "A")
    assert list(answer("slip", SLIP)) == list(answer("read", bill.decode().strip()))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("semantic", ("bill", "--biller", "123", "--ref1", "A")),
        ("semantic", ("bill", "--biller", BILLER, "--ref1", "a")),
        ("semantic", ("bill", "--biller", BILLER, "--ref1", "A", "--ref2", "")),
        ("semantic", ("bill", "--biller", BILLER, "--ref1", "A", "--amount", "1.005")),
        ("semantic", ("bill", "--biller", BILLER, "--ref1", "A", "--amount", "-50")),
        ("semantic", ("bill", "--biller", BILLER, "--ref1", "A", "--amount", "nan")),
        ("semantic", ("bill", "--biller", BILLER, "--ref1", "A", "--amount", "๑๐๐")),
        ("semantic", ("bill", "--biller", BILLER, "--ref1", "A", "--amount", "")),
        ("tlv", ("bill", "--biller", BILLER, "--ref1", "\udcff")),
        ("semantic", ("transfer", "--to", "801234567")),
        ("semantic", ("transfer", "--to", "")),
        ("semantic", ("barcode", "--biller", BILLER, "--ref1", "A", "--amount", "0")),
        ("tlv", ("read", "")),
        ("tlv", ("read", "00020101021229370016A0000006770101110113")),
        ("structure", ("read", "|")),
        ("crc", ("read", SLIP)),
        ("tlv", ("slip", "")),
        ("tlv", ("slip", "ABCD")),
        ("tlv", ("slip", "1+LbROFK1ZIewyH2cKwXyZ8VGzTZjahsu5s6j52oL/k=")),
        ("tlv", ("slip", "0" * 5000)),
        ("tlv", ("slip", "\0")),
        ("crc", ("slip", SLIP[:-4] + "0000")),
        ("semantic", ("slip", "00020101021229370016A0000006770101110113006680111111153037645802TH540520.15630442BE")),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_with_its_code_and_nothing_is_printed(code, words):
    exit_code, out, err = run(*words)
    assert (exit_code, out) == (2, b"")
    assert err.startswith(f"{code}: ")
    assert "\n" not in err


def test_a_missing_picture_or_a_file_that_is_none_is_refused(tmp_path):
    code, out, err = run("slip", str(tmp_path / "slip\n.png"))
    assert (code, out) == (2, b"")
    assert "เปิดไฟล์ภาพไม่ได้" in err
    assert "\n" not in err
    (tmp_path / "slip.png").write_text("not a picture")
    assert run("slip", str(tmp_path / "slip.png"))[0] == 2
