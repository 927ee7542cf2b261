"""What a bank has not is found without looking at all that it has."""

import sqlalchemy as sa
from alembic import op

revision = "0044_denied_lines"
down_revision = "0043_granted_by_two"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_inquiry_absent",
        "inquiry",
        ["event_id"],
        unique=False,
        sqlite_where=sa.text("outcome = 'absent'"),
        postgresql_where=sa.text("outcome = 'absent'"),
    )


def downgrade() -> None:
    op.drop_index("ix_inquiry_absent", table_name="inquiry")
