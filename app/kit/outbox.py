"""The outbox: messages to people, written with the deed they tell of and sent afterwards, each at most once."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import CheckConstraint, Index, String, Text, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db, is_sqlite, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.leases import Leased
from app.kit.texts import one_line, plain

#: What a person reads when the database refuses, by constraint or trigger.
REFUSALS = {"message_sent_once": "ข้อความนี้ส่งไปแล้วหรืออาจส่งไปแล้ว ระบบไม่ส่งซ้ำ"}

EMAIL, LINE = "email", "line"

#: Longer than any channel takes over one message; after it, whoever was sending has died.
LEASE = timedelta(minutes=5)
#: A message that a channel could not take is offered again after so long, and then given up.
PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4))
#: So long a channel that takes repetitions remembers a message's key.
REMEMBERED = timedelta(hours=23)
#: A message that found no channel for so long says what is no longer so, and is not sent unless a person says so.
STALE = timedelta(days=7)

_STALE = "รอช่องทางส่งนานเกิน 7 วัน เนื้อหาอาจไม่ตรงกับปัจจุบันแล้ว จึงไม่ส่ง หากยังต้องการให้กดส่งอีกครั้ง"
_DIED = "ระบบหยุดทำงานขณะกำลังส่ง จึงไม่ทราบว่าถึงผู้รับหรือไม่"


class Message(Leased, Base):
    """One message. What it says never changes (trigger). `sending` is committed before the channel is touched, so a
    message found in that state later may or may not have gone out: by e-mail it is then `unsure`, and stays unsent."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What makes writing it twice the same as writing it once, for ever: "remind:pledge:7:2:-7".
    key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[str] = mapped_column(String(8))
    #: E-mail address, or the user ID that LINE gave.
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Not before this moment.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When it was sent, failed or became unsure.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Whether an earlier attempt may have arrived.
    doubted: Mapped[bool] = mapped_column(default=False)
    #: Why it is not sent, in words for people.
    error: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (
        CheckConstraint("channel IN ('email', 'line')", name="known_channel"),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'unsure')", name="known_state"),
        CheckConstraint("(state IN ('queued', 'sending')) = (settled_at IS NULL)", name="settled_pair"),
        CheckConstraint("(state = 'sending') = (leased_until IS NOT NULL)", name="leased_pair"),
        Index("ix_message_state_queued_at", "state", "queued_at"),
        Index(
            "ix_message_pending",
            "due_at",
            sqlite_where=(state.in_(("queued", "sending"))),
            postgresql_where=(state.in_(("queued", "sending"))),
        ),
    )


class NotTaken(Exception):
    """The channel surely did not take the message. `for_good`: it will not take it later either. `down`: just now it
    takes no message of anybody's."""

    def __init__(self, words: str, *, for_good: bool = False, down: bool = False) -> None:
        super().__init__(words)
        self.words, self.for_good, self.down = words, for_good, down


class Unsure(Exception):
    """The line broke after the message was handed over and before the channel said what became of it."""

    def __init__(self, words: str, *, down: bool = False) -> None:
        super().__init__(words)
        self.words, self.down = words, down


class Channel(Protocol):
    """A way to people."""

    @property
    def repeatable(self) -> bool:
        """Whether a message offered twice under one key arrives once."""

    def refuses(self, recipient: str, subject: str) -> str:
        """Why this can never be sent, in words for people; empty when it can."""

    def send(self, *, recipient: str, subject: str, body: str, key: str) -> None:
        """Hand one message over. Returns when the channel has taken it; raises NotTaken or Unsure."""


def write(
    *, channel: str, recipient: str, subject: str, body: str, key: str, due_at: datetime | None = None
) -> bool:
    """Queue a message inside the caller's transaction: no deed without its message, no message without its deed.

    False when a message with this key was written before, whatever became of it. Nothing is sent before `due_at`.
    Subject and body are kept as `one_line` and `plain` make them: a name that somebody gave themselves may stand in
    them, and must neither begin a header nor keep everybody's messages back. Raises BadInput for a recipient with
    anything in it that cannot be seen: that is no address.
    """
    recipient = recipient.strip(" ")
    if any(unicodedata.category(letter)[0] in "CZ" and letter != " " for letter in recipient):
        raise BadInput("ผู้รับของข้อความต้องอยู่ในบรรทัดเดียว ไม่มีอักขระควบคุมหรืออักขระที่มองไม่เห็น")
    now = clock.now()
    row = {
        "key": key,
        "channel": channel,
        "recipient": recipient[:254],
        "subject": one_line(subject)[:200],
        "body": plain(body),
        "state": "queued",
        "attempts": 0,
        "doubted": False,
        "queued_at": now,
        "due_at": due_at or now,
        "error": "",
    }
    insert = (sqlite if is_sqlite() else postgresql).insert
    statement = insert(Message).values(**row).on_conflict_do_nothing(index_elements=["key"])
    return db.session().scalar(statement.returning(Message.id)) is not None


def _as_written(_key: str, body: str) -> str:
    return body


def send_due(
    channels: Mapping[str, Channel], *, most: int = 20, fill: Callable[[str, str], str] = _as_written
) -> dict[str, int]:
    """Send what is due through the channels that are configured; the rest stays queued. Returns how many became what.
    `fill` puts into a body, by its message's key, what must not be kept.

    Any number of workers may do this at once. A channel that is down is left alone for two minutes: a worker that
    waits for it does nothing else.
    """
    became = {"sent": 0, "failed": 0, "unsure": 0, "queued": 0}
    for outcome in _take_up_the_dropped(channels):
        became[outcome] += 1
    for name, channel in channels.items():
        for _ in range(most):
            message = _take(name)
            if message is None:
                break
            outcome, is_down = _hand_over(message, channel, fill)
            became[outcome] += 1
            if is_down:
                _leave_alone(name)
                break
    return became


def _take(channel: str) -> Message | None:
    """The next due message, marked as being sent, and that committed: whatever happens now, it is known."""
    with transaction() as session:
        now = clock.now()
        statement = (
            select(Message)
            .where(Message.channel == channel, Message.state == "queued", Message.due_at <= now)
            .order_by(Message.due_at, Message.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        message = session.scalars(statement).one_or_none()
        if message is None:
            return None
        message.state, message.attempts = "sending", message.attempts + 1
        message.lease(LEASE)
        message.first_tried_at = message.first_tried_at or now
        session.flush()
        session.expunge(message)
    return message


def _hand_over(message: Message, channel: Channel, fill: Callable[[str, str], str]) -> tuple[str, bool]:
    """What became of the message, and whether the channel is down for every other one too."""
    words = channel.refuses(message.recipient, message.subject)
    if not words and message.attempts == 1 and message.queued_at < clock.now() - STALE:
        words = _STALE
    if words:
        return _settle(message, "failed", words), False
    is_last = message.attempts > len(PAUSES)
    try:
        # Folded here as well: a row from before the rule must not stop the round of all others.
        channel.send(
            recipient=message.recipient,
            subject=one_line(message.subject),
            body=plain(fill(message.key, message.body)),
            key=message.key,
        )
    except NotTaken as no:
        return _settle(message, "failed" if no.for_good or is_last else "queued", no.words), no.down
    except Unsure as unsure:
        again = channel.repeatable and _is_remembered(message) and not is_last
        return _settle(message, "queued" if again else "unsure", unsure.words, doubted=True), unsure.down
    return _settle(message, "sent", ""), False


def _leave_alone(channel: str) -> None:
    until = clock.now() + PAUSES[0]
    with transaction() as session:
        session.execute(
            update(Message)
            .where(Message.channel == channel, Message.state == "queued", Message.due_at < until)
            .values(due_at=until)
            .execution_options(synchronize_session=False)
        )


def _is_remembered(message: Message) -> bool:
    assert message.first_tried_at is not None
    pause = PAUSES[min(message.attempts, len(PAUSES)) - 1]
    return clock.now() + pause - message.first_tried_at < REMEMBERED


def _settle(message: Message, state: str, words: str, *, doubted: bool = False) -> str:
    """What became of this attempt. When it took so long that others gave it up, only `sent` is still news."""
    now, doubted = clock.now(), doubted or message.doubted
    if state == "failed" and doubted:
        state = "unsure"
    pause = PAUSES[min(message.attempts, len(PAUSES)) - 1]
    mine = and_(Message.state == "sending", Message.attempts == message.attempts)
    open_to = or_(mine, Message.state.in_(("queued", "sending", "unsure"))) if state == "sent" else mine
    with transaction() as session:
        session.execute(
            update(Message)
            .where(Message.id == message.id, open_to)
            .values(
                state=state,
                leased_until=None,
                error=words[:500],
                doubted=doubted,
                settled_at=None if state == "queued" else now,
                due_at=now + pause if state == "queued" else Message.due_at,
            )
            .execution_options(synchronize_session=False)
        )
    return state


def _take_up_the_dropped(channels: Mapping[str, Channel]) -> list[str]:
    """Messages whose sender died in the middle: offered again where the channel knows repetitions, else unsure."""
    now = clock.now()
    outcomes = []
    with transaction() as session:
        dropped = session.scalars(
            select(Message)
            .where(Message.state == "sending", Message.lapsed())
            .order_by(Message.id)
            .with_for_update(skip_locked=True)
        )
        for message in dropped:
            channel = channels.get(message.channel)
            again = channel is not None and channel.repeatable and _is_remembered(message)
            message.state, message.error, message.doubted = ("queued" if again else "unsure"), _DIED, True
            message.settled_at = None if again else now
            message.give_back()
            outcomes.append(message.state)
    return outcomes


def retry(message_id: int) -> Message:
    """A person offers a failed message once more. Raises Refused for any other: what may have arrived is not repeated."""
    message = lock(Message, message_id)
    if message.state != "failed":
        raise Refused("ส่งซ้ำได้เฉพาะข้อความที่ส่งไม่สำเร็จแน่นอน กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    # Not from nought: what a person offers anew is never too old to be sent.
    message.state, message.settled_at, message.attempts = "queued", None, 1
    message.first_tried_at, message.due_at, message.error = None, clock.now(), ""
    return message


def count_unsent() -> dict[str, int]:
    """How many messages are in each state but that of the sent, of which there are ever more."""
    states = ("queued", "sending", "failed", "unsure")
    rows = select(Message.state, func.count()).where(Message.state.in_(states)).group_by(Message.state)
    known = dict.fromkeys(states, 0)
    for state, number in db.session().execute(rows):
        known[state] = number
    return known


def count() -> dict[str, int]:
    """How many messages are in each state."""
    known = dict.fromkeys(("queued", "sending", "sent", "failed", "unsure"), 0)
    for state, number in db.session().execute(select(Message.state, func.count()).group_by(Message.state)):
        known[state] = number
    return known
