"""Statements that do not hold, brought in on the word of two people."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0026_acceptances"
down_revision = "0025_payouts"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "statement_draft", sa.Column("unproven", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "acceptance",
        sa.Column("id", _ID, nullable=False),
        sa.Column("draft_id", _ID, nullable=False),
        sa.Column("fault", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'refused')", name=op.f("ck_acceptance_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL) AND (state = 'asked') = (answered_by_id IS NULL)",
            name=op.f("ck_acceptance_answered_pair"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR answered_by_id <> asked_by_id", name=op.f("ck_acceptance_other_hand")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["statement_draft.id"], name=op.f("fk_acceptance_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_acceptance_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_acceptance_answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
    )
    op.create_index(
        "uq_acceptance_draft_id",
        "acceptance",
        ["draft_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )
    asked = ("draft_id", "fault", "reason", "asked_at", "asked_by_id")
    changed = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in asked)
    triggers.refuse(op, "acceptance", "UPDATE", name="final_acceptance", if_=changed)
    triggers.refuse(op, "acceptance", "UPDATE", name="acceptance_answered_once", if_="OLD.state <> 'asked'")
    triggers.refuse(
        op,
        "acceptance",
        "DELETE",
        name="kept_acceptance",
        if_="(SELECT state FROM statement_draft WHERE id = OLD.draft_id) IN ('applying', 'applied')",
    )


def downgrade() -> None:
    triggers.drop(op, "acceptance", "kept_acceptance", "acceptance_answered_once", "final_acceptance")
    op.drop_table("acceptance")
    rebuild.drop_columns(op, "statement_draft", "unproven")
