"""Documents of in-kind donations: the original as it was printed once, copies marked สำเนา, and those that are still owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, func, or_, select

from app.fund.giving.goods import goods
from app.fund.giving.receipts import documents, issuer
from app.fund.giving.records.goods import (
    InKindDonation,
    InKindReceiptDocument,
    InKindReceiptDue,
    InKindReceiptPrint,
)
from app.fund.giving.records.receipts import COPY, ORIGINAL
from app.kit import clock, frozen, print_pool
from app.kit.clock import BANGKOK
from app.kit.db import db, lock, transaction
from app.kit.errors import Refused
from app.kit.language import gettext
from app.kit.portal import fill
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class Issued:
    """An in-kind donation as its document says it."""

    donation: InKindDonation
    contents: str
    contents_hash: str
    #: None while the original is not printed.
    document_hash: str | None

    @property
    def printed(self) -> dict[str, Any]:
        return frozen.thaw(self.contents)

    @property
    def issued_on(self) -> date:
        return date.fromisoformat(self.printed["issued_on"])

    @property
    def genuine(self) -> bool:
        """Whether what was recorded and what was printed are still what was hashed then; worked out now."""
        return self.donation.genuine and frozen.hash_of(self.contents) == self.contents_hash


def issued(donation: InKindDonation) -> Issued | None:
    """What the document of a donation says; None while it is owed."""
    document = db.session().get(InKindReceiptDocument, donation.id)
    if document is not None:
        return Issued(donation, document.contents, document.contents_hash, document.hash)
    if db.session().get(InKindReceiptDue, donation.id) is not None:
        return None
    return Issued(donation, donation.contents, donation.contents_hash, None)


def sheet(donation: InKindDonation, contents: str) -> print_pool.Sheet:
    """What is to be printed, with a QR code that opens the public check page.

    A document that is printed on a later day than it was issued on says so.
    """
    settings = Settings.here()
    printed = frozen.thaw(contents)
    check_url = f"{settings.public_url}/goods/check/{donation.token}"
    issued_on, today = date.fromisoformat(printed["issued_on"]), clock.now().astimezone(BANGKOK).date()
    html = fill(
        "pdf/goods.html",
        printed=printed,
        check_url=check_url,
        check_code=frozen.hash_of(contents)[:16],
        received_on=date.fromisoformat(printed["received_on"]),
        issued_on=issued_on,
        printed_on=today if today != issued_on else None,
    )
    return print_pool.Sheet(html, f"ใบรับสิ่งของ {donation.code}", printed["issuer"], check_url)


def original(donation: InKindDonation) -> InKindReceiptDocument:
    """The document: printed and kept if it is asked for the first time, from then on always the same bytes.

    One that is owed is issued by this, in the name of the issuer as it is now. Raises Refused while the issuer's data
    are incomplete, and for a donation that was cancelled before its document was issued.
    """
    session, number = db.session(), donation.id
    found = session.get(InKindReceiptDocument, number)
    if found is None:
        owed = session.get(InKindReceiptDue, number) is not None
        contents = _to_issue(donation) if owed else donation.contents
        made = print_pool.print_one(sheet(donation, contents))
        with transaction():
            locked = lock(InKindDonation, number)
            if session.get(InKindReceiptDocument, number) is None:
                if owed:
                    _refuse_cancelled(locked)
                    audit.record(Deed.GOODS_ISSUE, f"in_kind_donation:{number}", by=None, code=locked.code)
                _keep(number, contents, made)
        found = session.get_one(InKindReceiptDocument, number)
    return found


def _to_issue(donation: InKindDonation) -> str:
    _refuse_cancelled(donation)
    lacking = issuer.missing()
    if lacking:
        raise Refused(
            gettext(
                "ยังออกใบรับสิ่งของไม่ได้ เพราะยังไม่มีข้อมูลนี้: %(what)s ระบบจะออกให้เองเมื่อข้อมูลครบ",
                what=", ".join(map(gettext, lacking)),
            )
        )
    known = goods.confirmed(frozen.thaw(donation.contents), issuer=issuer.issuer(), on=clock.today())
    return frozen.freeze(known)[0]


def _refuse_cancelled(donation: InKindDonation) -> None:
    if donation.voided_at is not None:
        raise Refused(gettext("รายการ %(code)s ยกเลิกไปก่อนออกใบรับ จึงไม่มีใบรับให้พิมพ์", code=donation.code))


def _keep(number: int, contents: str, pdf: bytes) -> None:
    session = db.session()
    session.add(
        InKindReceiptDocument(
            in_kind_donation_id=number,
            contents=contents,
            contents_hash=frozen.hash_of(contents),
            pdf=pdf,
            hash=documents.hash_of(pdf),
            made_at=clock.now(),
        )
    )
    session.flush()


def hand_out(donation: InKindDonation, *, by: User) -> tuple[str, bytes]:
    """The document for somebody to print: ORIGINAL once, from then on COPY, and of a cancelled donation only COPY.

    Who took it is written down. Returns the kind and the bytes. Inside a transaction.
    """
    kept = original(donation)
    # Of two people who print one document at once only one gets the original.
    donation = lock(InKindDonation, donation.id)
    session = db.session()
    given = session.scalar(
        select(InKindReceiptPrint.id).filter_by(in_kind_donation_id=donation.id, kind=ORIGINAL)
    )
    kind = COPY if given or donation.voided_at else ORIGINAL
    session.add(InKindReceiptPrint(in_kind_donation_id=donation.id, kind=kind, at=clock.now(), by_id=by.id))
    audit.record(
        Deed.IN_KIND_RECEIPT_PRINT, f"in_kind_donation:{donation.id}", by=by, code=donation.code, kind=kind
    )
    if kind == ORIGINAL:
        return kind, kept.pdf
    return kind, documents.copy_of(kept.pdf, voided=donation.voided_at is not None)


def prints(donation: InKindDonation, *, most: int = 10) -> Sequence[tuple[InKindReceiptPrint, str]]:
    """Who took the document, the newest first."""
    taken = select(InKindReceiptPrint, User.name).join(User, User.id == InKindReceiptPrint.by_id)
    rows = db.session().execute(
        taken.where(InKindReceiptPrint.in_kind_donation_id == donation.id)
        .order_by(InKindReceiptPrint.id.desc())
        .limit(most)
    )
    return [(taken, name) for taken, name in rows]


_DOCUMENT = exists().where(InKindReceiptDocument.in_kind_donation_id == InKindDonation.id)
_DUE = exists().where(InKindReceiptDue.in_kind_donation_id == InKindDonation.id)


def count_owed() -> int:
    """How many in-kind donations, not cancelled, have no document yet."""
    owing = (
        select(func.count())
        .select_from(InKindDonation)
        .where(_DUE, ~_DOCUMENT, InKindDonation.voided_at.is_(None))
    )
    return db.session().scalar(owing) or 0


def owed(*, most: int = 1_000) -> list[InKindDonation]:
    """In-kind donations, not cancelled, whose document is still owed, the oldest first."""
    statement = select(InKindDonation).where(_DUE, ~_DOCUMENT, InKindDonation.voided_at.is_(None))
    return list(db.session().scalars(statement.order_by(InKindDonation.id).limit(most)))


def unprinted(*, most: int) -> list[InKindDonation]:
    """The oldest donations whose original is not printed yet and can be, those that are owed among them."""
    may = ~_DUE
    if issuer.is_complete():
        may = or_(may, InKindDonation.voided_at.is_(None))
    statement = select(InKindDonation).where(~_DOCUMENT, may).order_by(InKindDonation.id).limit(most)
    return list(db.session().scalars(statement))


def print_missing(*, most: int) -> int:
    """Print the originals that are lacking, and so issue what is owed. Returns how many. Safe to repeat and to kill."""
    numbers = [donation.id for donation in unprinted(most=most)]
    for number in numbers:
        original(db.session().get_one(InKindDonation, number))
    return len(numbers)
