"""What takes back what on a statement, why a line waits, and lines known by the balance that only their file proves."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0039_doubts"
down_revision = "0038_payees"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: Formats whose lines carry no balance of their own.
_PROVED = "('mt940', 'camt053')"


def upgrade() -> None:
    op.add_column(
        "staged_line", sa.Column("doubt", sa.String(length=10), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "statement_draft",
        sa.Column("remarks", sa.String(length=400), server_default=sa.text("''"), nullable=False),
    )
    op.create_table(
        "reversal",
        sa.Column("event_id", _ID, autoincrement=False, nullable=False),
        sa.Column("reverses_id", _ID, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("event_id <> reverses_id", name=op.f("ck_reversal_of_another")),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_reversal_event_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["bank_event.id"], name=op.f("fk_reversal_reverses_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_reversal")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_reversal_reverses_id")),
    )
    op.create_index(
        "ix_bank_event_bank_ref",
        "bank_event",
        ["bank_ref"],
        sqlite_where=sa.text("bank_ref <> ''"),
        postgresql_where=sa.text("bank_ref <> ''"),
    )
    op.create_index(
        "ix_bank_event_out",
        "bank_event",
        ["occurred_at"],
        sqlite_where=sa.text("satang < 0"),
        postgresql_where=sa.text("satang < 0"),
    )
    triggers.final(op, "reversal")
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_of_taken_back",
        if_="""EXISTS (SELECT 1 FROM reversal JOIN settlement ON settlement.event_id = reversal.event_id
            WHERE reversal.reverses_id = NEW.event_id AND settlement.state IN ('new', 'waiting'))""",
    )
    _name(
        f"""SUBSTR(external_id, 1, 64) || ':=' || balance_satang || ':' || SUBSTR(external_id, 66)
        WHERE source = 'statement' AND balance_satang IS NOT NULL AND external_id NOT LIKE '%:=%'
        AND statement_id IN (SELECT id FROM statement WHERE profile IN {_PROVED})"""
    )
    op.execute(
        f"""UPDATE staged_line SET external_id = SUBSTR(external_id, 1, 64) || ':=' || balance_satang || ':' ||
        SUBSTR(external_id, 66) WHERE balance_satang IS NOT NULL
        AND draft_id IN (SELECT id FROM statement_draft WHERE profile IN {_PROVED} AND state = 'applying')"""
    )
    # What was read and waits is read anew, by the rules of now.
    op.execute("UPDATE statement_draft SET state = 'sent', claimed_until = NULL WHERE state = 'read'")


def _name(by: str) -> None:
    """Call events otherwise; what was told of them stays."""
    triggers.drop(op, "bank_event", "final_bank_event")
    op.execute(f"UPDATE bank_event SET external_id = {by}")
    triggers.refuse(op, "bank_event", "UPDATE", name="final_bank_event", if_="1 = 1")


def downgrade() -> None:
    # Equal lines of several files had one name then; their numbers keep them apart.
    _name(
        """SUBSTR(external_id, 1, 64) || ':' || id WHERE source = 'statement' AND external_id LIKE '%:=%'"""
    )
    triggers.drop(op, "allocation", "allocation_of_taken_back")
    triggers.drop_final(op, "reversal")
    op.drop_table("reversal")
    op.drop_index("ix_bank_event_out", table_name="bank_event")
    op.drop_index("ix_bank_event_bank_ref", table_name="bank_event")
    rebuild.drop_columns(op, "statement_draft", "remarks")
    rebuild.drop_columns(op, "staged_line", "doubt")
