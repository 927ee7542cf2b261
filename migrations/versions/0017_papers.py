"""Receipts as they were printed, batches of them, and e-Donation."""

revision = "0017_papers"
down_revision = "0016_peers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
