"""What banks answered when asked."""

revision = "0016_peers"
down_revision = "0015_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
