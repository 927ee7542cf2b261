"""What editions have counted of help, so that figures about people move only by five or more."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0040_published_help"
down_revision = "0039_doubts"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FLAGS = ("by_district", "by_dimension", "by_item", "by_request", "by_district_item", "by_dimension_item")
_FACTS = (
    *("id", "measure", "unit_id", "request_id", "household_id", "district"),
    *("dimension", "item", "edition"),
)


def upgrade() -> None:
    op.create_table(
        "published_help",
        sa.Column("id", _ID, nullable=False),
        sa.Column("measure", sa.String(length=9), nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=True),
        sa.Column("district", sa.String(length=16), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=24), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        *(sa.Column(flag, sa.Boolean(), nullable=False) for flag in _FLAGS),
        sa.CheckConstraint(
            "measure IN ('approved', 'delivered', 'paid')", name=op.f("ck_published_help_known_measure")
        ),
        sa.CheckConstraint("satang >= 0", name=op.f("ck_published_help_no_debt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_help")),
    )
    op.create_index("ix_published_help_measure", "published_help", ["measure", "unit_id"])
    op.create_index("ix_published_help_household_id", "published_help", ["household_id"])
    facts = " OR ".join(f"OLD.{one} <> NEW.{one}" for one in _FACTS)
    member = "COALESCE(OLD.member_id, 0) <> COALESCE(NEW.member_id, 0)"
    flags = " OR ".join(f"(OLD.{one} AND NOT NEW.{one})" for one in _FLAGS)
    triggers.refuse(
        op, "published_help", "UPDATE", name="final_published_help", if_=f"{facts} OR {member} OR {flags}"
    )
    triggers.refuse(op, "published_help", "DELETE", name="kept_published_help", if_="1 = 1")


def downgrade() -> None:
    triggers.drop(op, "published_help", "kept_published_help", "final_published_help")
    op.drop_index("ix_published_help_household_id", "published_help")
    op.drop_index("ix_published_help_measure", "published_help")
    op.drop_table("published_help")
