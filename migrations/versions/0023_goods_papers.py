"""Papers of gifts in kind: kept as they were printed, taken once as the original, and owed while there is no issuer."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0023_goods_papers"
down_revision = "0022_readings"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "goods_due",
        sa.Column("goods_gift_id", _ID, autoincrement=False, nullable=False),
        sa.Column("since", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["goods_gift_id"], ["goods_gift.id"], name=op.f("fk_goods_due_goods_gift_id")
        ),
        sa.PrimaryKeyConstraint("goods_gift_id", name=op.f("pk_goods_due")),
    )
    triggers.final(op, "goods_due")
    op.create_table(
        "goods_paper",
        sa.Column("goods_gift_id", _ID, autoincrement=False, nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("contents_hash", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["goods_gift_id"], ["goods_gift.id"], name=op.f("fk_goods_paper_goods_gift_id")
        ),
        sa.PrimaryKeyConstraint("goods_gift_id", name=op.f("pk_goods_paper")),
    )
    triggers.final(op, "goods_paper")
    triggers.refuse(
        op,
        "goods_paper",
        "INSERT",
        name="goods_paper_as_recorded",
        if_="""NOT EXISTS (SELECT 1 FROM goods_due WHERE goods_gift_id = NEW.goods_gift_id)
            AND NEW.contents <> (SELECT contents FROM goods_gift WHERE id = NEW.goods_gift_id)""",
    )
    triggers.refuse(
        op,
        "goods_paper",
        "INSERT",
        name="goods_paper_of_cancelled",
        if_="""EXISTS (SELECT 1 FROM goods_due AS d JOIN goods_gift AS g ON g.id = d.goods_gift_id
            WHERE d.goods_gift_id = NEW.goods_gift_id AND g.voided_at IS NOT NULL)""",
        lock="SELECT id FROM goods_gift WHERE id = NEW.goods_gift_id FOR UPDATE",
    )
    op.create_table(
        "goods_print",
        sa.Column("id", _ID, nullable=False),
        sa.Column("goods_gift_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.CheckConstraint("kind IN ('original', 'copy')", name=op.f("ck_goods_print_known_kind")),
        sa.ForeignKeyConstraint(
            ["goods_gift_id"], ["goods_gift.id"], name=op.f("fk_goods_print_goods_gift_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_goods_print_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_print")),
    )
    op.create_index(op.f("ix_goods_print_goods_gift_id"), "goods_print", ["goods_gift_id"], unique=False)
    op.create_index(
        "uq_goods_print_original",
        "goods_print",
        ["goods_gift_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'original'"),
        postgresql_where=sa.text("kind = 'original'"),
    )
    triggers.final(op, "goods_print")


def downgrade() -> None:
    triggers.drop_final(op, "goods_print")
    op.drop_table("goods_print")
    triggers.drop(op, "goods_paper", "goods_paper_of_cancelled", "goods_paper_as_recorded")
    triggers.drop_final(op, "goods_paper")
    op.drop_table("goods_paper")
    triggers.drop_final(op, "goods_due")
    op.drop_table("goods_due")
