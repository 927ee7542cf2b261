"""Entries and the closing of a month wait for each other: none commits into a month that was closed meanwhile."""

from alembic import op

from app.kit import triggers

revision = "0020_closing"
down_revision = "0019_second_hands"
branch_labels = None
depends_on = None

_CLOSED = "EXISTS (SELECT 1 FROM closed_month WHERE NEW.on_date BETWEEN first_on AND last_on)"
#: 0x4b6d is "Km". Any number of entries hold it together; a closing holds it alone, until its transaction ends.
_ENTERING = "SELECT pg_advisory_xact_lock_shared(19309)"
_CLOSING = "SELECT pg_advisory_xact_lock(19309)"


def upgrade() -> None:
    triggers.drop(op, "entry", "entry_in_open_month")
    # Read Committed: what is looked for after the lock was waited for is seen as it is then.
    triggers.refuse(op, "entry", "INSERT", name="entry_in_open_month", if_=_CLOSED, lock=_ENTERING)
    triggers.refuse(op, "closed_month", "INSERT", name="closed_after_its_entries", if_="1 = 0", lock=_CLOSING)


def downgrade() -> None:
    triggers.drop(op, "closed_month", "closed_after_its_entries")
    triggers.drop(op, "entry", "entry_in_open_month")
    triggers.refuse(op, "entry", "INSERT", name="entry_in_open_month", if_=_CLOSED)
