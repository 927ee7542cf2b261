"""What a mark showed: name, grade, school and household of who was helped, kept with the delivery."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0030_shown_recipients"
down_revision = "0029_approvals"
branch_labels = None
depends_on = None

_KEPT = ("shown_name", 190), ("shown_grade", 20), ("shown_school", 120), ("shown_household", 16)


def upgrade() -> None:
    for name, length in _KEPT:
        op.add_column(
            "delivery", sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        )
    # Marked before marks kept it: what the register says now is the nearest to what was shown then.
    triggers.drop(op, "delivery", "final_delivery")
    op.execute(
        """UPDATE delivery SET
        shown_household = (SELECT h.code FROM aid_line AS l JOIN household AS h ON h.id = l.household_id
            WHERE l.id = delivery.line_id),
        shown_name = COALESCE((SELECT TRIM(m.prefix || m.first_name || ' ' || m.last_name) FROM aid_line AS l
            JOIN member AS m ON m.id = l.member_id WHERE l.id = delivery.line_id), ''),
        shown_grade = COALESCE((SELECT m.grade FROM aid_line AS l
            JOIN member AS m ON m.id = l.member_id WHERE l.id = delivery.line_id), ''),
        shown_school = COALESCE((SELECT m.school FROM aid_line AS l
            JOIN member AS m ON m.id = l.member_id WHERE l.id = delivery.line_id), '')"""
    )
    triggers.refuse(op, "delivery", "UPDATE", name="final_delivery", if_="1 = 1")
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="delivery_keeps_who",
        if_="""NOT EXISTS (SELECT 1 FROM aid_line AS l JOIN household AS h ON h.id = l.household_id
            WHERE l.id = NEW.line_id AND h.code = NEW.shown_household
            AND (l.member_id IS NULL) = (NEW.shown_name = ''))""",
    )


def downgrade() -> None:
    triggers.drop(op, "delivery", "delivery_keeps_who")
    rebuild.drop_columns(op, "delivery", *(name for name, _ in _KEPT))
