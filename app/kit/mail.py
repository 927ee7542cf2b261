"""Mail: messages by SMTP, as one that no connection repeats."""

import re
import smtplib
import ssl
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr

from app.kit import clock
from app.kit.outbox import NotTaken, Unsure

#: How a connection is made safe: by STARTTLS, from its first byte, or not at all.
STARTTLS, TLS, PLAIN = "starttls", "tls", "plain"

#: Seconds that the peer may be silent.
PATIENCE = 15
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
#: One name for the ids of messages, so that a message keeps its id however often it is written.
_NAMESPACE = uuid.UUID("5b0c3d0e-6a3f-5d0b-9f5e-2b8f6f0b8c41")
_BROKE = "การเชื่อมต่อขาดหลังส่งเนื้อหาแล้ว จึงไม่ทราบว่าเครื่องปลายทางรับไว้หรือไม่"


def is_address(text: str) -> bool:
    """Whether this is one plain e-mail address that every server takes: ASCII, one @, no spaces, no list."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text and len(text) <= 254


@dataclass(frozen=True, slots=True)
class Mail:
    """A server that takes our messages. `sender` is an address, or a name and an address in angle brackets."""

    host: str
    port: int
    sender: str
    security: str = STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def repeatable(self) -> bool:
        """Mail has no way to say that two messages are one."""
        return False

    def refuses(self, recipient: str, subject: str) -> str:
        """Why this can never be sent, in words for people; empty when it can."""
        if not is_address(recipient):
            return "ที่อยู่อีเมลไม่ถูกต้อง กรุณาแก้ที่ผู้ติดต่อของเครือข่าย"
        return ""

    def send(self, *, recipient: str, subject: str, body: str, key: str) -> None:
        """Hand one message over (RFC 5321). Returns when the server has answered its last dot with 250.

        Raises NotTaken while nothing, or nothing but the envelope, went out, or when the server said no; Unsure when
        the connection broke once the contents were on their way.
        """
        raw = self.compose(recipient=recipient, subject=subject, body=body, key=key).as_bytes(policy=SMTP)
        try:
            server = self._connect()
        except smtplib.SMTPResponseException as no:
            # A server that refuses a password refuses the setting, not the message.
            raise NotTaken(f"เซิร์ฟเวอร์อีเมลไม่ให้เข้าใช้ ({no.smtp_code})", down=True) from no
        except (OSError, smtplib.SMTPException) as broken:
            raise NotTaken("ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้", down=True) from broken
        try:
            self._envelope(server, recipient)
            self._contents(server, raw)
        finally:
            server.close()

    def _connect(self) -> smtplib.SMTP:
        safe = ssl.create_default_context()
        if self.security == TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=safe)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            if self.security == STARTTLS:
                server.starttls(context=safe)
            if self.user:
                server.login(self.user, self.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _envelope(self, server: smtplib.SMTP, recipient: str) -> None:
        try:
            code, words = server.mail(parseaddr(self.sender)[1])
            if code == 250:
                code, words = server.rcpt(recipient)
        except (OSError, smtplib.SMTPException) as broken:
            raise NotTaken("การเชื่อมต่อกับเซิร์ฟเวอร์อีเมลขาดก่อนส่งเนื้อหา", down=True) from broken
        if code not in (250, 251):
            raise _refused(code, words)

    def _contents(self, server: smtplib.SMTP, raw: bytes) -> None:
        try:
            code, words = server.data(raw)
        except smtplib.SMTPDataError as no:
            raise _refused(no.smtp_code, no.smtp_error) from no
        except (OSError, smtplib.SMTPException) as broken:
            raise Unsure(_BROKE) from broken
        if code != 250:
            raise _refused(code, words)

    def compose(self, *, recipient: str, subject: str, body: str, key: str) -> EmailMessage:
        """The message as it travels: Thai in its subject by RFC 2047, its id always the same for one key."""
        from email.headerregistry import Address

        name, address = parseaddr(self.sender)
        message = EmailMessage(policy=SMTP)
        message["From"] = formataddr((name, address)) if not name else Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = subject
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{uuid.uuid5(_NAMESPACE, key)}@{address.rpartition('@')[2]}>"
        # So that an absent person's mailbox does not answer a machine (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body, charset="utf-8", cte="base64")
        return message


def _refused(code: int, words: bytes | str) -> NotTaken:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return NotTaken(f"เซิร์ฟเวอร์อีเมลไม่รับ ({code}) {' '.join(text.split())[:200]}", for_good=500 <= code < 600)
