"""Statement files looked at before they are brought in."""

revision = "0014_statements"
down_revision = "0013_slips"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
