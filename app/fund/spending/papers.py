"""Papers: what stands behind a payment, kept encrypted: quotation, order, delivery, inspection, proof of the transfer."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from app.fund.spending import order_lines, orders
from app.fund.spending.records import PaperKind, PaymentOrder, PaymentPaper
from app.kit import clock, photos
from app.kit.db import db, lock
from app.kit.encrypted import EncryptedStore
from app.kit.errors import BadInput, Refused
from app.kit.limits import ConcurrencyLimit
from app.kit.texts import visible
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

KEEPERS = (Role.FINANCE, Role.FUND_OFFICER)
MAX_BYTES = 10 * 1024 * 1024

_PDF = re.compile(rb"%PDF-[12]\.[0-9]")
#: A picture of the greatest size takes much memory while it is drawn anew.
_READING = ConcurrencyLimit(at_once=1, waiting=2, patience=8)
_TOO_MANY = "ขณะนี้มีผู้ส่งภาพพร้อมกันหลายท่าน เอกสารนี้จึงยังไม่ได้เก็บ กรุณารอ 10 วินาทีแล้วส่งใหม่"
_KEY_NUMBER = 1


@dataclass(frozen=True, slots=True)
class PreparedPaper:
    """A paper fit to be kept. A picture was drawn anew; a PDF is as it was sent, and is only ever downloaded."""

    content: bytes
    is_pdf: bool
    sha256: str


def read(sent: bytes) -> PreparedPaper:
    """The paper in the bytes that somebody sent, by what they are and never by their name. Before a transaction.

    Raises BadInput for anything but a PDF or a picture, and for more than MAX_BYTES.
    """
    if not sent:
        raise BadInput("ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ใหม่")
    if len(sent) > MAX_BYTES:
        raise BadInput(f"ไฟล์ใหญ่เกิน {MAX_BYTES // 1024 // 1024} MB กรุณาสแกนหรือย่อใหม่")
    if _PDF.match(sent):
        if b"%%EOF" not in sent[-1024:]:
            raise BadInput("ไฟล์ PDF นี้ส่งมาไม่ครบ กรุณาส่งใหม่อีกครั้ง")
        return PreparedPaper(sent, True, hashlib.sha256(sent).hexdigest())
    with _READING.slot(refused=_TOO_MANY):
        picture = photos.read(sent)
    return PreparedPaper(picture.content, False, picture.sha256)


def keep(
    order_id: int,
    *,
    kind: str,
    paper: PreparedPaper,
    inspectors: str = "",
    short: str = "",
    missing: Mapping[int, int] | None = None,
    by: User,
) -> PaymentPaper:
    """Keep a paper of a payment for good. `inspectors` names who inspected, `short` says what the vendor still owes, and
    `missing` how many of which of the order's lines.

    The file is on the disk before the deed commits. Keeping the same paper again changes nothing. Raises BadInput for an
    inspection that names nobody.
    """
    if not by.has(*KEEPERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือฝ่ายเลขานุการกองทุนเท่านั้นที่แนบเอกสารได้")
    if kind not in [known.value for known in PaperKind]:
        raise BadInput("กรุณาเลือกชนิดของเอกสาร")
    named, owed = visible(inspectors), visible(short)
    if len(named) > 300 or len(owed) > 300:
        raise BadInput("ชื่อผู้ตรวจรับและของที่ส่งขาดยาวได้ไม่เกิน 300 ตัวอักษร")
    if (kind == PaperKind.INSPECTION) != bool(named):
        raise BadInput("ใบตรวจรับต้องบอกชื่อผู้ตรวจรับ เอกสารอื่นไม่ต้องบอก")
    if (owed or missing) and kind not in (PaperKind.DELIVERY, PaperKind.INSPECTION):
        raise BadInput("ของที่ส่งขาดบันทึกพร้อมใบส่งของหรือใบตรวจรับ")
    order, session = lock(PaymentOrder, order_id), db.session()
    same = select(PaymentPaper).filter_by(order_id=order.id, kind=kind, sha256=paper.sha256)
    known = session.scalars(same).one_or_none()
    if known is not None:
        return known
    store().put(paper.content)
    made = PaymentPaper(
        order_id=order.id,
        kind=kind,
        is_pdf=paper.is_pdf,
        sha256=paper.sha256,
        inspectors=named,
        short=owed,
        kept_at=clock.now(),
        kept_by_id=by.id,
    )
    session.add(made)
    session.flush()
    lacking = order_lines.note_short(made, missing) if missing else []
    audit.record(
        Deed.PAYMENT_PAPER,
        f"payment_order:{order.id}",
        by=by,
        kind=kind,
        hash=paper.sha256,
        reason=" · ".join(filter(None, (owed, order_lines.short_words(lacking)))),
    )
    return made


def of(order_id: int) -> list[PaymentPaper]:
    """The papers of a payment, in the order in which they came, with those of its transfers that failed."""
    kept = PaymentPaper.order_id.in_(orders.chain(order_id))
    statement = select(PaymentPaper).where(kept).order_by(PaymentPaper.id)
    return list(db.session().scalars(statement))


def ticked(several: list[PaymentPaper]) -> list[tuple[str, int]]:
    """Each kind of paper with how many of it there are: the list that a voucher carries."""
    return [(kind.words, sum(paper.kind == kind for paper in several)) for kind in PaperKind]


def content(paper: PaymentPaper) -> bytes:
    """The file. Raises FileNotFoundError when the folder has lost it, crypto.DecryptionFailed when it does not decrypt."""
    with store().open(paper.sha256) as file:
        return file.read()


def broken() -> tuple[int, int]:
    """How many papers of payments there are, and how many do not open."""
    return store().broken(db.session().scalars(select(PaymentPaper.sha256).distinct()))


@cache
def _encryption_key(id_key: bytes) -> bytes:
    return hmac.digest(id_key, b"kueakun payment-paper encryption 1", "sha256")


def store() -> EncryptedStore:
    settings = Settings.here()
    return EncryptedStore(
        settings.data.joinpath("papers"),
        key=_encryption_key(settings.id_key),
        key_number=_KEY_NUMBER,
        context="payment.paper",
    )
