"""Money taken at the counter, and the deposit that meets it."""

revision = "0018_counter"
down_revision = "0017_papers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
