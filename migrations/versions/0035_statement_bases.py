"""What lets the lines of a statement count: a balance that joins, another person's word, or the bank's own answer."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0035_statement_bases"
down_revision = "0034_meeting_days"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTING = "kind IN ('before', 'joined', 'confirmed')"


def upgrade() -> None:
    op.create_table(
        "statement_basis",
        sa.Column("statement_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("joins_id", _ID, nullable=True),
        sa.Column("balance_satang", sa.BigInteger(), nullable=True),
        sa.Column("below_satang", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "kind IN ('before', 'follows', 'joined', 'confirmed')",
            name=op.f("ck_statement_basis_known_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'confirmed') = (by_id IS NOT NULL)", name=op.f("ck_statement_basis_confirmed_pair")
        ),
        sa.CheckConstraint(
            "(kind IN ('follows', 'joined')) = (joins_id IS NOT NULL)",
            name=op.f("ck_statement_basis_joins_pair"),
        ),
        sa.CheckConstraint(
            "(kind IN ('follows', 'joined')) = (balance_satang IS NOT NULL)",
            name=op.f("ck_statement_basis_balance_pair"),
        ),
        sa.CheckConstraint(
            "(kind = 'joined') = (below_satang IS NOT NULL)", name=op.f("ck_statement_basis_below_pair")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_basis_statement_id")
        ),
        sa.ForeignKeyConstraint(["joins_id"], ["statement.id"], name=op.f("fk_statement_basis_joins_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_statement_basis_by_id")),
        sa.PrimaryKeyConstraint("statement_id", "kind", name=op.f("pk_statement_basis")),
    )
    op.create_index("ix_statement_basis_joins_id", "statement_basis", ["joins_id"], unique=False)
    # What came in under the rules of its time stays; what comes in from now on may continue it.
    op.execute(
        "INSERT INTO statement_basis (statement_id, kind, at) SELECT id, 'before', imported_at FROM statement"
    )
    triggers.refuse(
        op, "statement_basis", "INSERT", name="statement_basis_of_before", if_="NEW.kind = 'before'"
    )
    triggers.final(op, "statement_basis")
    triggers.refuse(
        op,
        "statement_basis",
        "INSERT",
        name="statement_confirmed_by_another",
        if_="""NEW.kind = 'confirmed' AND (
            EXISTS (SELECT 1 FROM statement AS s WHERE s.id = NEW.statement_id AND s.imported_by_id = NEW.by_id)
            OR EXISTS (SELECT 1 FROM statement_draft AS d
                WHERE d.statement_id = NEW.statement_id AND d.sent_by_id = NEW.by_id))""",
    )
    triggers.refuse(
        op,
        "statement_basis",
        "INSERT",
        name="statement_joined_to_known",
        if_=f"""NEW.kind IN ('follows', 'joined') AND NOT (
            EXISTS (SELECT 1 FROM bank_event AS e JOIN statement AS s ON s.id = NEW.statement_id
                WHERE e.statement_id = NEW.joins_id AND e.statement_id <> NEW.statement_id
                AND e.account_id = s.account_id AND e.balance_satang = NEW.balance_satang)
            AND (NEW.kind = 'follows' OR EXISTS (SELECT 1 FROM statement_basis AS b
                WHERE b.statement_id = NEW.joins_id AND b.{_COUNTING})))""",
    )
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_of_one_person",
        if_=f"""EXISTS (SELECT 1 FROM bank_event AS e WHERE e.id = NEW.event_id AND e.source = 'statement'
            AND NOT EXISTS (SELECT 1 FROM statement_basis AS b WHERE b.statement_id = e.statement_id
                AND b.{_COUNTING} AND (b.below_satang IS NULL OR e.satang < b.below_satang))
            AND NOT EXISTS (SELECT 1 FROM second_hand AS h WHERE h.event_id = e.id
                AND h.state = 'confirmed' AND h.deed IN ('assign', 'split'))
            AND NOT EXISTS (SELECT 1 FROM inquiry AS i WHERE i.outcome = 'confirmed' AND (i.event_id = e.id
                OR i.event_id IN (SELECT t.event_id FROM settlement AS t WHERE t.same_as_id = e.id))))""",
    )


def downgrade() -> None:
    triggers.drop(op, "allocation", "allocation_of_one_person")
    triggers.drop(op, "statement_basis", "statement_joined_to_known", "statement_confirmed_by_another")
    triggers.drop(op, "statement_basis", "statement_basis_of_before")
    triggers.drop_final(op, "statement_basis")
    op.drop_index("ix_statement_basis_joins_id", table_name="statement_basis")
    op.drop_table("statement_basis")
