"""Which reading of a statement file is the one that counts."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild

revision = "0022_readings"
down_revision = "0021_charges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statement_draft", sa.Column("reading", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    rebuild.drop_columns(op, "statement_draft", "reading")
