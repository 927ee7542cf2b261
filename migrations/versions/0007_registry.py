"""The register: rounds, households, members."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0007_registry"
down_revision = "0006_spending"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("house_code", sa.String(length=11), nullable=True),
        sa.Column("house_no", sa.String(length=20), nullable=False),
        sa.Column("moo", sa.String(length=4), nullable=False),
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=6), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin IN ('tpmap', 'thai_qm', 'needy')", name=op.f("ck_household_known_origin")),
        sa.CheckConstraint(
            "subdistrict_code IS NULL OR substr(subdistrict_code, 1, 4) = district_code",
            name=op.f("ck_household_place"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("code", name=op.f("uq_household_code")),
        sa.UniqueConstraint("key", name=op.f("uq_household_key")),
    )
    op.create_index(
        "ix_household_district_code", "household", ["district_code", "subdistrict_code"], unique=False
    )
    op.create_table(
        "register_round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("declared_total", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('tpmap', 'thai_qm', 'needy')", name=op.f("ck_register_round_known_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_round")),
        sa.UniqueConstraint("code", name=op.f("uq_register_round_code")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("id_tail", sa.String(length=3), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("birth_year_be", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("school", sa.String(length=120), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("left", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(id_sealed IS NULL) = (id_key IS NULL)", name=op.f("ck_member_id_pair")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_member_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index("ix_member_first_name", "member", ["first_name"], unique=False)
    op.create_index(op.f("ix_member_household_id"), "member", ["household_id"], unique=False)
    op.create_index("uq_member_id_key", "member", ["id_key"], unique=True)
    op.create_table(
        "register_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("error_lines", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["user_account.id"], name=op.f("fk_register_import_imported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["register_round.id"], name=op.f("fk_register_import_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
    )
    op.create_index(op.f("ix_register_import_round_id"), "register_import", ["round_id"], unique=False)
    op.create_table(
        "round_household",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("income_satang", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_round_household_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["register_round.id"], name=op.f("fk_round_household_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_household")),
        sa.UniqueConstraint(
            "round_id", "household_id", name=op.f("uq_round_household_round_id_household_id")
        ),
    )
    op.create_index(
        op.f("ix_round_household_household_id"), "round_household", ["household_id"], unique=False
    )
    op.create_table(
        "failed_dimension",
        sa.Column("round_household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_household_id"],
            ["round_household.id"],
            name=op.f("fk_failed_dimension_round_household_id"),
        ),
        sa.PrimaryKeyConstraint("round_household_id", "dimension", name=op.f("pk_failed_dimension")),
    )
    op.create_index("ix_failed_dimension_dimension", "failed_dimension", ["dimension"], unique=False)
    triggers.final(op, "register_import")
    triggers.final(op, "household", columns=["code"])


def downgrade() -> None:
    triggers.drop_final(op, "household")
    triggers.drop_final(op, "register_import")
    op.drop_index("ix_failed_dimension_dimension", table_name="failed_dimension")
    op.drop_table("failed_dimension")
    op.drop_index(op.f("ix_round_household_household_id"), table_name="round_household")
    op.drop_table("round_household")
    op.drop_index(op.f("ix_register_import_round_id"), table_name="register_import")
    op.drop_table("register_import")
    op.drop_index("uq_member_id_key", table_name="member")
    op.drop_index(op.f("ix_member_household_id"), table_name="member")
    op.drop_index("ix_member_first_name", table_name="member")
    op.drop_table("member")
    op.drop_table("register_round")
    op.drop_index("ix_household_district_code", table_name="household")
    op.drop_table("household")
