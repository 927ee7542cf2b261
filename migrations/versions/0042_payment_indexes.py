"""Money that left the bank by its sum, and payments that somebody asked to void: found without looking at all."""

from alembic import op

revision = "0042_payment_indexes"
down_revision = "0041_devices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_bank_event_outgoing ON bank_event (satang) WHERE satang < 0")
    op.execute(
        "CREATE INDEX ix_payment_void_asked ON payment (void_asked_at)"
        " WHERE void_asked_at IS NOT NULL AND voided_at IS NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_payment_void_asked")
    op.execute("DROP INDEX ix_bank_event_outgoing")
