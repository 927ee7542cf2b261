"""Decisions on money that came in: second hands and refunds."""

revision = "0015_decisions"
down_revision = "0014_statements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
