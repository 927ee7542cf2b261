"""Which round of the register is the public base, by a deed of the secretariat."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0032_public_base"
down_revision = "0031_owed_receipts"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "public_base",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "number = 1 OR set_by_id IS NOT NULL", name=op.f("ck_public_base_set_by_somebody")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["register_round.id"], name=op.f("fk_public_base_round_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["user_account.id"], name=op.f("fk_public_base_set_by_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_public_base")),
    )
    # What the pages have divided by so far, unless that round was empty: the newest of the national map, else of any.
    op.execute(
        """INSERT INTO public_base (number, round_id, set_at, set_by_id)
        SELECT 1, r.id, CURRENT_TIMESTAMP, NULL FROM register_round AS r
        WHERE EXISTS (SELECT 1 FROM round_household AS h WHERE h.round_id = r.id)
        ORDER BY (CASE r.source WHEN 'tpmap' THEN 0 ELSE 1 END), r.fiscal_year_be DESC, r.id DESC LIMIT 1"""
    )
    triggers.final(op, "public_base")
    triggers.refuse(
        op,
        "public_base",
        "INSERT",
        name="public_base_in_order",
        if_="NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM public_base)",
    )
    triggers.refuse(
        op,
        "public_base",
        "INSERT",
        name="public_base_has_households",
        if_="NOT EXISTS (SELECT 1 FROM round_household AS h WHERE h.round_id = NEW.round_id)",
    )


def downgrade() -> None:
    triggers.drop(op, "public_base", "public_base_has_households", "public_base_in_order")
    triggers.drop_final(op, "public_base")
    op.drop_table("public_base")
