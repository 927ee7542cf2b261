"""A meeting that opens before its day says why; a member leaves the room by their own word, or by the chair's with a reason."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0034_meeting_days"
down_revision = "0033_true_costs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting", sa.Column("early_reason", sa.String(300), nullable=False, server_default=""))
    op.add_column("recusal", sa.Column("reason", sa.String(300), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        opened_on = "date(NEW.opened_at, '+7 hours')"
    else:
        opened_on = "CAST(NEW.opened_at AT TIME ZONE 'UTC' + INTERVAL '7 hours' AS date)"
    triggers.refuse(
        op,
        "meeting",
        "UPDATE",
        name="meeting_before_its_day",
        if_="OLD.state = 'called' AND NEW.state <> 'called' AND NEW.early_reason = '' "
        f"AND {opened_on} < NEW.held_on",
    )
    triggers.refuse(
        op,
        "recusal",
        "INSERT",
        name="recusal_by_member_or_chair",
        if_="""NEW.noted_by_id <> NEW.member_id AND NOT EXISTS (SELECT 1 FROM agenda_item AS i
            JOIN meeting AS m ON m.id = i.meeting_id WHERE i.id = NEW.item_id AND m.chair_id = NEW.noted_by_id)""",
    )
    triggers.refuse(
        op,
        "recusal",
        "INSERT",
        name="recusal_needs_reason",
        if_="NEW.noted_by_id <> NEW.member_id AND NEW.reason = ''",
    )


def downgrade() -> None:
    triggers.drop(op, "recusal", "recusal_needs_reason", "recusal_by_member_or_chair")
    triggers.drop(op, "meeting", "meeting_before_its_day")
    op.drop_column("recusal", "reason")
    op.drop_column("meeting", "early_reason")
