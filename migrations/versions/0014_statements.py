"""Statement files looked at before they are brought in, kept in pieces; what a statement says of its period."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0014_statements"
down_revision = "0013_slips"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("statement", sa.Column("from_on", sa.Date(), nullable=True))
    op.add_column("statement", sa.Column("to_on", sa.Date(), nullable=True))
    op.add_column("statement", sa.Column("opening_satang", sa.BigInteger(), nullable=True))
    op.add_column("statement", sa.Column("closing_satang", sa.BigInteger(), nullable=True))
    op.create_table(
        "statement_draft",
        sa.Column("id", _ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("account_asked", sa.String(length=40), nullable=False),
        sa.Column("profile_asked", sa.String(length=40), nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("newest_first", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("new_lines", sa.Integer(), nullable=False),
        sa.Column("odd_lines", sa.Integer(), nullable=False),
        sa.Column("in_count", sa.Integer(), nullable=False),
        sa.Column("in_satang", sa.BigInteger(), nullable=False),
        sa.Column("out_count", sa.Integer(), nullable=False),
        sa.Column("out_satang", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("opening_satang", sa.BigInteger(), nullable=True),
        sa.Column("closing_satang", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement_id", _ID, nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied')",
            name=op.f("ck_statement_draft_known_state"),
        ),
        sa.CheckConstraint(
            "state IN ('applying', 'applied') OR statement_id IS NULL",
            name=op.f("ck_statement_draft_statement_of_applied"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["fund_account.id"], name=op.f("fk_statement_draft_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_draft_statement_id")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user_account.id"], name=op.f("fk_statement_draft_sent_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_draft")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_statement_draft_statement_id")),
    )
    op.create_index("ix_statement_draft_state", "statement_draft", ["state"], unique=False)
    op.create_table(
        "statement_chunk",
        sa.Column("draft_id", _ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["statement_draft.id"], name=op.f("fk_statement_chunk_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_statement_chunk")),
    )
    op.create_table(
        "staged_line",
        sa.Column("draft_id", _ID, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=90), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("has_time", sa.Boolean(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("balance_satang", sa.BigInteger(), nullable=True),
        sa.Column("ref1", sa.String(length=40), nullable=False),
        sa.Column("ref2", sa.String(length=40), nullable=False),
        sa.Column("bank_ref", sa.String(length=60), nullable=False),
        sa.Column("payer", sa.String(length=160), nullable=False),
        sa.Column("payer_bank", sa.String(length=3), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("raw_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["statement_draft.id"], name=op.f("fk_staged_line_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "place", name=op.f("pk_staged_line")),
    )
    op.create_index(
        "ix_staged_line_draft_id_external_id", "staged_line", ["draft_id", "external_id"], unique=False
    )
    became = "EXISTS (SELECT 1 FROM statement_draft WHERE id = OLD.draft_id AND statement_id IS NOT NULL)"
    triggers.refuse(op, "statement_chunk", "UPDATE", name="final_statement_chunk", if_="1 = 1")
    triggers.refuse(op, "statement_chunk", "DELETE", name="kept_statement_chunk", if_=became)
    triggers.refuse(
        op, "statement_draft", "DELETE", name="kept_statement_draft", if_="OLD.statement_id IS NOT NULL"
    )


def downgrade() -> None:
    _put_files_back()
    triggers.drop(op, "statement_draft", "kept_statement_draft")
    triggers.drop(op, "statement_chunk", "kept_statement_chunk")
    triggers.drop(op, "statement_chunk", "final_statement_chunk")
    op.drop_index("ix_staged_line_draft_id_external_id", table_name="staged_line")
    op.drop_table("staged_line")
    op.drop_table("statement_chunk")
    op.drop_index("ix_statement_draft_state", table_name="statement_draft")
    op.drop_table("statement_draft")
    rebuild.drop_columns(op, "statement", "from_on", "to_on", "opening_satang", "closing_satang")


def _put_files_back() -> None:
    """Before there were pieces, a statement's row held its whole file."""
    connection = op.get_bind()
    kept = connection.execute(
        sa.text("SELECT id, statement_id FROM statement_draft WHERE statement_id IS NOT NULL")
    ).all()
    if not kept:
        return
    triggers.drop(op, "statement", "final_statement")
    triggers.drop(op, "statement", "kept_statement")
    for draft_id, statement_id in kept:
        pieces = connection.execute(
            sa.text("SELECT raw FROM statement_chunk WHERE draft_id = :draft ORDER BY number"),
            {"draft": draft_id},
        )
        connection.execute(
            sa.text("UPDATE statement SET raw = :raw WHERE id = :id"),
            {"raw": b"".join(bytes(piece) for (piece,) in pieces), "id": statement_id},
        )
    triggers.final(op, "statement")
