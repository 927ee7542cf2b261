"""The issuer of receipts in dated versions."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0028_issuer"
down_revision = "0027_holds"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "issuer_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_th", sa.String(length=200), nullable=False),
        sa.Column("address_th", sa.String(length=400), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("signer", sa.String(length=160), nullable=False),
        sa.Column("signer_position", sa.String(length=160), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "number = 1 OR noted_by_id IS NOT NULL", name=op.f("ck_issuer_version_noted_by_somebody")
        ),
        sa.CheckConstraint(
            "number = 1 OR length(tax_id) IN (0, 13)", name=op.f("ck_issuer_version_thirteen_digits")
        ),
        sa.CheckConstraint(
            "signer <> '' OR signer_position = ''", name=op.f("ck_issuer_version_somebody_signs")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["user_account.id"], name=op.f("fk_issuer_version_noted_by_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_issuer_version")),
    )
    triggers.final(op, "issuer_version")
    triggers.refuse(
        op,
        "issuer_version",
        "INSERT",
        name="issuer_version_in_order",
        if_="NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM issuer_version)",
    )


def downgrade() -> None:
    triggers.drop(op, "issuer_version", "issuer_version_in_order")
    triggers.drop_final(op, "issuer_version")
    op.drop_table("issuer_version")
