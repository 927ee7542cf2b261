"""The outbox, solicitation approvals and collections of networks."""

revision = "0012_outbox"
down_revision = "0011_partners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
