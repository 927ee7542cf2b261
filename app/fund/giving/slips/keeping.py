"""Slip keeping: pictures of slips show names and accounts of givers, so they are encrypted, and deleted in time.

Source: Personal Data Protection Act B.E. 2562, section 37 (3): what is no longer needed is deleted.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, or_, select

from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.slips import Slip, SlipClaim
from app.fund.giving.slips.claims import store
from app.kit import clock
from app.kit.db import db, lock, transaction
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed

#: So many slips in one transaction, so that no giver waits long for the database.
_AT_ONCE = 20
#: Encrypted by one round.
_MOST_ENCRYPTED = 200
#: A picture that no claim refers to is of a deed that failed, if it is as old as this.
_ORPHANED = timedelta(days=1)


def delete_due() -> int:
    """Delete the pictures whose time is over; returns of how many claims. What was read from them stays.

    The time is the profile's `slip_picture_days` from when the money was received or an officer closed the claim.
    A picture that several claims share goes when it is over for all of them. Killed in the middle, the next round
    does the rest.
    """
    profile = Profile.here()
    days = profile.giving.slip_picture_days
    due = (
        select(SlipClaim.slip_id)
        .join(SlipClaim.payment_request)
        .where(SlipClaim.picture_deleted_at.is_(None), _is_over(days))
        .distinct()
        .order_by(SlipClaim.slip_id)
    )
    deleted = 0
    for numbers in _parts(list(db.session().scalars(due))):
        with transaction():
            count = sum(_delete(number, days) for number in numbers)
            if count:
                audit.record(Deed.SLIP_PICTURES_DELETE, "slips", by=None, claims=count, days=days)
        deleted += count
    return deleted


def _is_over(days: int) -> ColumnElement[bool]:
    before = clock.now() - timedelta(days=days)
    return or_(SlipClaim.closed_at < before, PaymentRequest.received_at < before)


def _delete(slip_id: int, days: int) -> int:
    session = db.session()
    lock(Slip, slip_id)
    kept = select(SlipClaim).where(SlipClaim.slip_id == slip_id, SlipClaim.picture_deleted_at.is_(None))
    over = session.scalars(kept.join(SlipClaim.payment_request).where(_is_over(days))).all()
    needed = {claim.picture_hash for claim in session.scalars(kept) if claim not in over}
    gone = [claim for claim in over if claim.picture_hash not in needed]
    for claim in gone:
        # Before it is written down: a picture that is said to be deleted is never there.
        store().drop(claim.picture_hash)
        claim.picture_deleted_at = clock.now()
    return len(gone)


_One = TypeVar("_One")


def _parts(all_of: Sequence[_One]) -> Iterator[Sequence[_One]]:
    return (all_of[at : at + _AT_ONCE] for at in range(0, len(all_of), _AT_ONCE))


def encrypt_old() -> int:
    """Encrypt pictures that were kept before pictures were encrypted; returns how many. Nothing is unreadable meanwhile."""
    encrypted = store().encrypt_old(most=_MOST_ENCRYPTED)
    if encrypted:
        with transaction():
            audit.record(Deed.SLIP_PICTURES_ENCRYPT, "slips", by=None, pictures=encrypted)
    return encrypted


def clear_orphans() -> int:
    """Delete pictures that no claim refers to, of deeds that failed a day ago; returns how many."""
    kept, cleared = store(), 0
    kept.clear_unfinished(clock.now() - _ORPHANED)
    for keys in _parts(list(kept.older_than(clock.now() - _ORPHANED))):
        with transaction() as session:
            wanted = set(
                session.scalars(
                    select(SlipClaim.picture_hash).where(
                        SlipClaim.picture_hash.in_(keys), SlipClaim.picture_deleted_at.is_(None)
                    )
                )
            )
            orphans = set(keys) - wanted
            for key in orphans:
                kept.drop(key)
            if orphans:
                audit.record(Deed.SLIP_PICTURES_CLEAR, "slips", by=None, pictures=len(orphans))
        cleared += len(orphans)
    return cleared


def maintain() -> dict[str, int]:
    """Scheduled: delete pictures whose time is over, encrypt old ones, clear what no claim names. Returns how many of each."""
    return {"deleted": delete_due(), "encrypted": encrypt_old(), "cleared": clear_orphans()}
