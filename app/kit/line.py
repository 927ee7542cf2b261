"""LINE: messages to one person through the Messaging API, where a repeated key is one message."""

import json
import re
import uuid
from dataclasses import dataclass, field

from app.kit import http
from app.kit.outbox import NotTaken, Unsure

BASE = "https://api.line.me"
#: LINE takes so many UTF-16 code units in a text message.
LONGEST = 5000

_USER = re.compile(r"U[0-9a-f]{32}")
_NAMESPACE = uuid.UUID("c2a4b5f6-0b8d-5e86-8a39-1d6f6c1c7f52")


def is_user(text: str) -> bool:
    """Whether this is a user ID as LINE gives it."""
    return _USER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class LineChannel:
    """A channel of the Messaging API and its token."""

    token: str = field(repr=False)
    base: str = BASE

    @property
    def repeatable(self) -> bool:
        """Whoever gives the same X-Line-Retry-Key again within a day is told that the message was taken before."""
        return True

    def refuses(self, recipient: str, subject: str) -> str:
        """Why this can never be sent, in words for people; empty when it can."""
        if not _USER.fullmatch(recipient):
            return "รหัสผู้ใช้ LINE ไม่ถูกต้อง กรุณาแก้ที่ผู้ติดต่อของเครือข่าย"
        return ""

    def send(self, *, recipient: str, subject: str, body: str, key: str) -> None:
        """Push one text message: its subject, an empty line, its body.

        Source: LINE Messaging API, "Send push message" and "Retrying a failed API request": 409 says that a message
        with this key was accepted before; 500 and silence leave it open; 429 and the other 4xx took nothing.
        """
        message_body = {
            "to": recipient,
            "messages": [{"type": "text", "text": _shortened(f"{subject}\n\n{body}")}],
        }
        try:
            status = http.ask(
                f"{self.base}/v2/bot/message/push",
                method="POST",
                headers={
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/json",
                    "X-Line-Retry-Key": str(uuid.uuid5(_NAMESPACE, key)),
                },
                body=json.dumps(message_body, ensure_ascii=False).encode(),
            ).status
        except http.Unreachable as broken:
            raise Unsure("ติดต่อ LINE ไม่ได้หรือการเชื่อมต่อขาดกลางคัน", down=True) from broken
        if status in (200, 409):
            return
        if status >= 500:
            raise Unsure(f"LINE ขัดข้อง ({status})", down=True)
        # A wrong token and a quota that is used up concern every message alike.
        is_down = status in (401, 403, 429)
        raise NotTaken(f"LINE ไม่รับข้อความ ({status})", for_good=not is_down, down=is_down)


def _shortened(text: str) -> str:
    while len(text.encode("utf-16-le")) // 2 > LONGEST:
        text = text[: LONGEST - 1].rstrip() if len(text) > LONGEST else text[:-1]
    return text
