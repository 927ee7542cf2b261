"""Deed keys: a form that is sent twice, in two tabs, in parallel or after "back", is one deed.

Every form is born with a key of its own. The first transaction of the request that it is sent with writes the key down
before anything else, so of two alike only one goes through; the other is led to where the first one led.

    first POST   key K → the deed, 302 /payments/7        (K, hash of what was typed, "/payments/7") is kept
    second POST  key K, the same words                    → 302 /payments/7, nothing is done
    second POST  key K, other words                       → refused, with a fresh form that holds those words
"""

import hashlib
import hmac
import re
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, redirect, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import Index, String, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock, kept_forms, refill
from app.kit.db import FIRST_DEED, REFUSED, Base, UtcDateTime, db, transaction
from app.kit.errors import Refused
from app.kit.language import marked

#: No field and no button has this name; buttons that say what to do are called `deed`.
FIELD = "deed_key"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,32}")
#: A page that was left open longer has lost its session as well.
KEPT = timedelta(days=3)
#: Seconds that the second of two alike waits for the first one's answer.
_PATIENCE = 3.0
_OTHER_WORDS = marked(
    "แบบฟอร์มนี้ส่งและบันทึกไปแล้วครั้งหนึ่ง ข้อมูลที่ส่งครั้งนี้ไม่เหมือนเดิม จึงยังไม่ได้บันทึก กรุณากลับไปตรวจ แล้วส่งอีกครั้งหากต้องการทำเป็นรายการใหม่"
)
_UNKNOWN = marked("แบบฟอร์มนี้ส่งไปแล้ว กรุณาเปิดหน้ารายการเพื่อดูว่าบันทึกแล้วหรือไม่ ก่อนส่งใหม่")


class DoneMeanwhile(Exception):
    """Another request with the same key does the deed at this moment. No refusal: no view is to tell of it."""


class DeedKey(Base):
    """A form that was sent and did something."""

    __tablename__ = "deed_key"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: Keyed hash of address and words, without secrets and what is fresh in every form.
    sent: Mapped[str] = mapped_column(String(64))
    #: Where its answer led; empty while it is being done.
    location: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_deed_key_at", "at"),)


def form_keys() -> Markup:
    """What every form that is sent begins with: the token against other sites, and its own key."""
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="{}" value="{}">'
    ).format(generate_csrf(), FIELD, secrets.token_urlsafe(18))


def install(app: Flask) -> None:
    """Have an application do each form once. After `kit.web`, which refuses other sites' forms."""
    app.add_template_global(form_keys)
    app.register_error_handler(DoneMeanwhile, _meanwhile)
    app.before_request(_before)
    app.after_request(_after)


def clear() -> dict[str, int]:
    """The round that forgets keys of forms that nobody can send any more."""
    with transaction() as session_:
        gone = session_.execute(delete(DeedKey).where(DeedKey.at < clock.now() - KEPT))
    return {"deleted": int(getattr(gone, "rowcount", 0))}


def _before() -> Response | None:
    if request.method != "POST" or not g.get("csrf_valid"):
        return None
    key = request.form.get(FIELD, "")
    is_signing_in = not session.get("_user_id") and any(map(kept_forms.is_secret, request.form))
    # Whoever signs in twice is to be signed in by whichever answer arrives.
    if not _KEY.fullmatch(key) or is_signing_in:
        return None
    sent = _fingerprint()
    if (known := _settled(key, sent)) is not None:
        return _again(known, sent)

    def write_down() -> None:
        values: dict[str, Any] = {"key": key, "sent": sent, "location": "", "at": clock.now()}
        try:
            db.session().execute(insert(DeedKey).values(values))
        except IntegrityError as error:
            raise DoneMeanwhile from error
        g.deed_key = key

    db.session().info[FIRST_DEED] = write_down
    return None


def _fingerprint() -> str:
    # Keyed: what people type holds names and numbers that a bare hash would let be guessed.
    whole = hmac.new(current_app.secret_key.encode(), request.full_path.encode(), "sha256")  # type: ignore[union-attr]
    for name, value in request.form.items(multi=True):
        if name not in refill.FRESH and not kept_forms.is_secret(name):
            whole.update(f"\0{name}\0{value}".encode(errors="surrogatepass"))
    for name, file in request.files.items(multi=True):
        file.stream.seek(0)
        whole.update(f"\0{name}\0{file.filename}\0".encode(errors="surrogatepass"))
        whole.update(hashlib.sha256(file.stream.read()).digest())
        file.stream.seek(0)
    return whole.hexdigest()


def _known(key: str) -> tuple[str, str] | None:
    row = db.session().execute(select(DeedKey.sent, DeedKey.location).where(DeedKey.key == key)).one_or_none()
    return None if row is None else (row.sent, row.location)


def _again(known: tuple[str, str], sent: str) -> Response:
    """Lead to where the first of two alike led."""
    before, location = known
    if before != sent:
        raise Refused(_OTHER_WORDS)
    if not location:
        raise Refused(_UNKNOWN)
    return redirect(location, 303)  # type: ignore[return-value]


def _meanwhile(_error: DoneMeanwhile) -> Response:
    db.session.rollback()
    key, sent = request.form[FIELD], _fingerprint()
    return _again(_settled(key, sent) or (sent, ""), sent)


def _settled(key: str, sent: str) -> tuple[str, str] | None:
    """What is known of the key, when the one who does its deed at this moment has said where it led."""
    until = time.monotonic() + _PATIENCE
    while (known := _known(key)) == (sent, "") and time.monotonic() < until:
        db.session.rollback()
        time.sleep(0.05)
    return known


def _after(response: Response) -> Response:
    """Keep where a deed led. What did nothing, because it was refused, may be sent again with the same key."""
    key = g.pop("deed_key", None)
    db.session().info.pop(FIRST_DEED, None)
    if key is None:
        return response
    told = any(kind in ("danger", "error") for kind, _ in session.get("_flashes", ()))
    refused = told or db.session().info.get(REFUSED) is not None
    if response.status_code in (302, 303) and not refused:
        deed: Any = update(DeedKey).values(location=response.headers["Location"][:2000])
    else:
        deed = delete(DeedKey)
    with transaction() as session_:
        session_.execute(deed.where(DeedKey.key == key))
    return response
