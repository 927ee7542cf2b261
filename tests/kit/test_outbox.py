"""The outbox: each message at most once, whatever breaks; e-mail and LINE against peers on loopback."""

import os
import signal
import ssl
import subprocess
import sys
import threading
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from letterboxes import line_server, mail_server
from sqlalchemy import delete, select, update

from app.kit import clock, outbox
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.line import LineChannel
from app.kit.mail import PLAIN, STARTTLS, Mail, is_address
from app.kit.outbox import Message

ROOT = Path(__file__).parents[2]
LINE_USER = "U" + "0123456789abcdef" * 2


def _write(key: str = "remind:pledge:7:1:-7", **more: object) -> bool:
    said = {
        "channel": "email",
        "recipient": "ton@example.org",
        "subject": "เตือนความประสงค์สมทบ PL-2569-0007",
        "body": "ยังค้าง 1,500.00 บาท\n.\nขอบคุณยิ่ง",
        "key": key,
    }
    with transaction():
        return outbox.write(**(said | more))  # type: ignore[arg-type]


def _mail(port: int, sender: str = "กองทุนเกื้อกูล <fund@example.org>") -> Mail:
    return Mail("127.0.0.1", port, sender, PLAIN)


def _only() -> Message:
    db.session.rollback()
    return db.session().scalars(select(Message)).one()


def _all_due() -> None:
    """As if the pause before the next attempt were over."""
    with transaction() as session:
        session.execute(update(Message).values(due_at=clock.now() - timedelta(seconds=1)))


def _long_ago() -> None:
    """As if whoever was sending had died long ago."""
    with transaction() as session:
        session.execute(
            update(Message)
            .where(Message.state == "sending")
            .values(leased_until=clock.now() - timedelta(seconds=1))
        )


@pytest.mark.pages
def test_a_letter_arrives_with_its_thai_subject_and_text(portal: Flask) -> None:
    assert _write()
    with mail_server() as box:
        assert outbox.send_due({"email": _mail(box.port)})["sent"] == 1
        [letter] = box.letters
    assert letter["Subject"] == "เตือนความประสงค์สมทบ PL-2569-0007"
    assert b"=?utf-8?" in box.raw[0]
    assert box.raw[0].isascii()
    assert letter["From"].addresses[0].display_name == "กองทุนเกื้อกูล"
    assert letter["To"] == "ton@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r\n", "\n").rstrip() == "ยังค้าง 1,500.00 บาท\n.\nขอบคุณยิ่ง"
    assert box.envelopes == [("fund@example.org", "ton@example.org")]
    assert (_only().state, _only().attempts, _only().error) == ("sent", 1, "")


def test_writing_twice_under_one_key_is_writing_once_even_after_it_was_sent(portal: Flask) -> None:
    assert _write()
    assert not _write(subject="อีกครั้ง")
    with mail_server() as box:
        channels = {"email": _mail(box.port)}
        outbox.send_due(channels)
        assert not _write()
        outbox.send_due(channels)
        assert len(box.raw) == 1


def test_a_message_is_written_with_its_deed_or_not_at_all(portal: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        outbox.write(channel="email", recipient="a@example.org", subject="x", body="y", key="k")
        raise ZeroDivisionError
    assert outbox.count()["queued"] == 0


def test_without_a_channel_messages_stay_queued(portal: Flask) -> None:
    _write()
    assert outbox.send_due({}) == {"sent": 0, "failed": 0, "unsure": 0, "queued": 0}
    assert _only().state == "queued"


def test_what_waited_for_a_channel_for_a_week_is_not_sent_unless_a_person_says_so(
    portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write()
    with mail_server() as box:
        channels = {"email": _mail(box.port)}
        monkeypatch.setattr(outbox, "STALE", timedelta(0))
        assert outbox.send_due(channels)["failed"] == 1
        assert "เกิน 7 วัน" in _only().error
        with transaction():
            outbox.retry(_only().id)
        assert outbox.send_due(channels)["sent"] == 1
        assert len(box.raw) == 1


def test_nothing_is_sent_before_its_time(portal: Flask) -> None:
    _write(due_at=clock.now() + timedelta(hours=1))
    with mail_server() as box:
        outbox.send_due({"email": _mail(box.port)})
        assert box.raw == []


#: What ends a line somewhere, controls, turns the direction of writing, or is seen by nobody.
LINE_ENDS = ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
UNSEEN = [
    "\x00",
    "\x07",
    "\x1f",
    "\x7f",
    "\x9b",
    "\u061c",
    "\u200e",
    "\u200f",
    "\u202e",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\ud800",
]


@pytest.mark.parametrize("poison", [*LINE_ENDS, *UNSEEN, "\u00a0", "\u200b"], ids=ascii)
def test_nothing_that_cannot_be_seen_stands_in_an_address(sqlite_portal: Flask, poison: str) -> None:
    for address in (f"ton@example.org{poison}", f"ton{poison}@example.org", f"{poison}ton@example.org"):
        assert not is_address(address)
        with pytest.raises(BadInput, match="บรรทัดเดียว"):
            _write(recipient=address)


@pytest.mark.pages
@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_a_header_cannot_be_smuggled_in_behind_the_end_of_a_line(portal: Flask, end: str) -> None:
    _write(subject=f"เตือน{end}Bcc: all@example.org", body=f"หนึ่ง{end}สอง")
    assert (_only().subject, _only().body) == ("เตือน Bcc: all@example.org", "หนึ่ง\nสอง")
    with mail_server() as box:
        assert outbox.send_due({"email": _mail(box.port)})["sent"] == 1
        [letter] = box.letters
    assert letter["Subject"] == "เตือน Bcc: all@example.org"
    assert letter["Bcc"] is None
    assert box.envelopes == [("fund@example.org", "ton@example.org")]


@pytest.mark.pages
@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_nothing_that_controls_or_turns_the_writing_stands_in_a_message(portal: Flask, unseen: str) -> None:
    _write(subject=f"จาก {unseen}เครือข่าย", body=f"ยอด {unseen}1,500\tบาท")
    assert (_only().subject, _only().body) == ("จาก เครือข่าย", "ยอด 1,500\tบาท")


def test_thai_words_their_breaks_and_emoji_stay_as_they_are(sqlite_portal: Flask) -> None:
    family = "👩\u200d👩\u200d👧 ❤\ufe0f"
    _write(subject=f"กำลัง\u200bใจ ที่นี่ {family}", body=f"ก้ำ  {family}\n\tข")
    assert (_only().subject, _only().body) == (f"กำลัง\u200bใจ ที่นี่ {family}", f"ก้ำ  {family}\n\tข")


def test_a_message_from_before_the_rule_keeps_no_other_back(portal: Flask) -> None:
    with transaction() as session:
        for key, subject in (("old", "เตือน\u2028Bcc: all@example.org"), ("new", "เตือน")):
            now = clock.now()
            row = Message(key=key, channel="email", recipient="ton@example.org", subject=subject, body="x")
            row.queued_at = row.due_at = now
            session.add(row)
    with mail_server() as box:
        assert outbox.send_due({"email": _mail(box.port)})["sent"] == 2
        assert [letter["Subject"] for letter in box.letters] == ["เตือน Bcc: all@example.org", "เตือน"]


@pytest.mark.parametrize(
    "address",
    [
        *("", "ton", "ton@", "@example.org", "a b@example.org", "a@b@c.org", "ton@exa mple.org"),
        *("a@example.org,b@example.org", "<ton@example.org>", "ต้น@example.org", "ton@ตัวอย่าง.ไทย"),
        *("a@-x", "a@x..y", "x" * 65 + "@example.org"),
    ],
)
def test_a_bad_address_fails_with_words_and_never_reaches_the_server(
    sqlite_portal: Flask, address: str
) -> None:
    assert not is_address(address)
    _write(recipient=address)
    with mail_server() as box:
        assert outbox.send_due({"email": _mail(box.port)})["failed"] == 1
        assert box.connections == 0
    assert "ที่อยู่อีเมลไม่ถูกต้อง" in _only().error


def test_a_server_that_is_down_is_tried_again_and_given_up_in_the_end(portal: Flask) -> None:
    _write()
    nobody = {"email": _mail(1)}
    for _ in outbox.PAUSES:
        assert outbox.send_due(nobody)["queued"] == 1
        assert _only().due_at > clock.now()
        assert outbox.send_due(nobody)["queued"] == 0, "it waits before it tries again"
        _all_due()
    assert outbox.send_due(nobody)["failed"] == 1
    assert "ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้" in _only().error


def test_a_server_that_is_down_is_left_alone_for_all_messages(portal: Flask) -> None:
    for number in range(5):
        _write(key=f"k{number}")
    nobody = {"email": _mail(1)}
    assert outbox.send_due(nobody)["queued"] == 1
    assert outbox.send_due(nobody)["queued"] == 0
    _all_due()
    with mail_server() as box:
        assert outbox.send_due({"email": _mail(box.port)})["sent"] == 5


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "loopback.pem"
    file.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file


def test_a_letter_goes_over_tls_behind_a_password_to_a_server_that_proves_its_name(
    sqlite_portal: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with mail_server(tls=tls) as box:
        safe = Mail("127.0.0.1", box.port, "fund@example.org", STARTTLS, "fund", "a-secret")
        assert outbox.send_due({"email": safe})["queued"] == 1, "nobody vouches for this server"
        assert (box.raw, box.signed_in) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        _all_due()
        assert outbox.send_due({"email": safe})["sent"] == 1
        assert box.signed_in == [b"\0fund\0a-secret"]
        assert box.safe == [True]
    assert "a-secret" not in repr(safe)


def test_a_server_that_offers_no_tls_is_told_nothing(sqlite_portal: Flask) -> None:
    _write()
    with mail_server() as box:
        safe = Mail("127.0.0.1", box.port, "fund@example.org", STARTTLS, "fund", "a-secret")
        assert outbox.send_due({"email": safe})["queued"] == 1
        assert (box.raw, box.signed_in) == ([], [])


def test_one_mailbox_that_is_busy_keeps_no_other_message_back(sqlite_portal: Flask) -> None:
    for number in range(3):
        _write(key=f"k{number}")
    with mail_server(says={"RCPT": "451 busy"}) as box:
        assert outbox.send_due({"email": _mail(box.port)})["queued"] == 3


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END"])
def test_what_the_server_refuses_for_good_fails_and_a_person_may_offer_it_again(
    sqlite_portal: Flask, verb: str
) -> None:
    _write()
    with mail_server(says={verb: "550 5.1.1 no such mailbox"}) as box:
        channels = {"email": _mail(box.port)}
        assert outbox.send_due(channels)["failed"] == 1
        assert _only().error == "เซิร์ฟเวอร์อีเมลไม่รับ (550) 5.1.1 no such mailbox"
        box.says.clear()
        assert outbox.send_due(channels)["sent"] == 0, "nobody asked for it"
        with transaction():
            outbox.retry(_only().id)
        assert outbox.send_due(channels)["sent"] == 1
        assert len(box.raw) == 1


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END"])
def test_what_the_server_refuses_for_now_is_offered_again(sqlite_portal: Flask, verb: str) -> None:
    _write()
    with mail_server(says={verb: "451 busy"}) as box:
        channels = {"email": _mail(box.port)}
        assert outbox.send_due(channels)["queued"] == 1
        box.says.clear()
        _all_due()
        assert outbox.send_due(channels)["sent"] == 1
        assert len(box.raw) == 1


def test_a_line_that_breaks_after_the_last_dot_leaves_the_letter_unsure_for_ever(portal: Flask) -> None:
    _write()
    with mail_server(drops=True) as box:
        channels = {"email": _mail(box.port)}
        assert outbox.send_due(channels)["unsure"] == 1
        box.drops = False
        _all_due()
        assert outbox.send_due(channels)["sent"] == 0
        assert len(box.raw) == 1
    with pytest.raises(Refused, match="ส่งซ้ำได้เฉพาะ"), transaction():
        outbox.retry(_only().id)
    with pytest.raises(Refused, match="ส่งไปแล้ว"), transaction() as session:
        session.execute(update(Message).values(state="queued", settled_at=None))


_WORKER = """
import sys
from app import create_app
from app.kit import outbox
from app.kit.mail import PLAIN, Mail
app = create_app()
with app.app_context():
    outbox.send_due({"email": Mail("127.0.0.1", int(sys.argv[1]), "fund@example.org", PLAIN)})
"""


def _environment(portal: Flask) -> dict[str, str]:
    here = portal.extensions["kueakun"]
    url = here.database_url.replace("postgresql+psycopg://", "postgresql://")
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(here.data),
        "KUEAKUN_DATABASE_URL": url,
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
    }


def test_a_worker_killed_in_the_middle_leaves_the_letter_unsure_and_nobody_sends_it_again(
    portal: Flask,
) -> None:
    _write()
    with mail_server(holds=threading.Event()) as box:
        assert box.holds is not None
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER, str(box.port)], cwd=ROOT, env=_environment(portal)
        )
        try:
            assert box.arrived.wait(30)
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        box.holds.set()
        box.holds = None
        channels = {"email": _mail(box.port)}
        assert _only().state == "sending"
        assert outbox.send_due(channels) == {"sent": 0, "failed": 0, "unsure": 0, "queued": 0}
        _long_ago()
        assert outbox.send_due(channels)["unsure"] == 1
        _all_due()
        assert outbox.send_due(channels)["sent"] == 0
        assert len(box.raw) == 1
    assert "ไม่ทราบว่าถึงผู้รับหรือไม่" in _only().error


def test_a_line_message_whose_sender_died_is_pushed_again_under_its_key_and_arrives_once(
    portal: Flask,
) -> None:
    _write(channel="line", recipient=LINE_USER)
    with line_server() as box:
        line = LineChannel("token-of-tests", box.url)
        message = outbox._take("line")
        assert message is not None
        line.send(recipient=message.recipient, subject=message.subject, body=message.body, key=message.key)
        # Here the worker dies: LINE has the message, the table says that it is being sent.
        _long_ago()
        became = outbox.send_due({"line": line})
        assert became["sent"] == 1
        assert len(box.pushes) == 2
        assert len(set(box.pushes)) == 1
        assert box.texts == ["เตือนความประสงค์สมทบ PL-2569-0007\n\nยังค้าง 1,500.00 บาท\n.\nขอบคุณยิ่ง"]
        assert box.tokens == {"Bearer token-of-tests"}
    assert _only().state == "sent"


@pytest.mark.parametrize("trouble", [0, 500, 503])
def test_a_line_push_of_unknown_outcome_is_repeated_with_the_same_key(portal: Flask, trouble: int) -> None:
    _write(channel="line", recipient=LINE_USER)
    with line_server(first=[trouble]) as box:
        channels = {"line": LineChannel("t", box.url)}
        assert outbox.send_due(channels)["queued"] == 1
        _all_due()
        assert outbox.send_due(channels)["sent"] == 1
        assert len(box.pushes) == 2
        assert len(box.taken) == 1


def test_a_line_message_in_doubt_is_not_repeated_once_line_has_forgotten_its_key(portal: Flask) -> None:
    _write(channel="line", recipient=LINE_USER)
    with line_server(first=[0, 0]) as box:
        channels = {"line": LineChannel("t", box.url)}
        outbox.send_due(channels)
        _all_due()
        with transaction() as session:
            session.execute(update(Message).values(first_tried_at=clock.now() - outbox.REMEMBERED))
        assert outbox.send_due(channels)["unsure"] == 1
        _all_due()
        outbox.send_due(channels)
        assert len(box.pushes) == 2


def test_a_doubtful_line_message_that_is_then_refused_stays_unsure(portal: Flask) -> None:
    _write(channel="line", recipient=LINE_USER)
    with line_server(first=[0, 400]) as box:
        channels = {"line": LineChannel("t", box.url)}
        outbox.send_due(channels)
        _all_due()
        assert outbox.send_due(channels)["unsure"] == 1
    with pytest.raises(Refused), transaction():
        outbox.retry(_only().id)


@pytest.mark.parametrize(("status", "state"), [(400, "failed"), (401, "queued"), (429, "queued")])
def test_a_line_push_that_was_surely_not_taken(sqlite_portal: Flask, status: int, state: str) -> None:
    _write(channel="line", recipient=LINE_USER)
    with line_server(first=[status]) as box:
        outbox.send_due({"line": LineChannel("t", box.url)})
    assert _only().state == state
    assert str(status) in _only().error


def test_a_line_id_that_people_tell_each_other_is_no_address(sqlite_portal: Flask) -> None:
    _write(channel="line", recipient="ton.otop")
    with line_server() as box:
        assert outbox.send_due({"line": LineChannel("t", box.url)})["failed"] == 1
        assert box.pushes == []


def test_a_long_text_is_cut_to_what_line_takes(sqlite_portal: Flask) -> None:
    _write(channel="line", recipient=LINE_USER, body="💛" * 4000)
    with line_server() as box:
        assert outbox.send_due({"line": LineChannel("t", box.url)})["sent"] == 1
        assert 4900 < len(box.texts[0].encode("utf-16-le")) // 2 <= 5000


def test_two_workers_at_once_send_each_message_once(portal: Flask) -> None:
    for number in range(12):
        _write(key=f"thanks:receipt:{number}")
    db.session.remove()
    with mail_server() as box:
        together = threading.Barrier(2)
        became: list[int] = []

        def work() -> None:
            with portal.app_context():
                together.wait()
                became.append(outbox.send_due({"email": _mail(box.port)})["sent"])
                db.session.remove()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sum(became) == 12
        assert len({letter["Message-ID"] for letter in box.letters}) == len(box.raw) == 12


def test_a_worker_that_was_given_up_too_soon_still_tells_that_it_sent(portal: Flask) -> None:
    _write()
    message = outbox._take("email")
    assert message is not None
    _long_ago()
    outbox.send_due({})
    assert _only().state == "unsure"
    outbox._settle(message, "sent", "")
    assert (_only().state, _only().error) == ("sent", "")
    outbox._settle(message, "failed", "x")
    assert _only().state == "sent"


def test_what_a_message_says_never_changes_and_none_is_deleted(portal: Flask) -> None:
    _write()
    with pytest.raises(Exception, match="final_message"), transaction() as session:
        session.execute(update(Message).values(recipient="other@example.org"))
    with pytest.raises(Exception, match="kept_message"), transaction() as session:
        session.execute(delete(Message))
