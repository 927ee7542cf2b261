"""Partners: branches and offices of networks, pledges in kind and by instalments, goods received."""

revision = "0011_partners"
down_revision = "0010_money_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
