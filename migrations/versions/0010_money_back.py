"""Money back: what of a gift was taken back or refunded, more ways in, more receipt books, closed months."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0010_money_back"
down_revision = "0009_editions"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Of an event, what became of gifts that still stand.
_ALLOCATED = """(SELECT COALESCE(SUM(a.satang), 0) FROM allocation AS a WHERE a.event_id = NEW.event_id
    AND NOT EXISTS (SELECT 1 FROM gift_return AS r WHERE r.gift_id = a.gift_id AND r.kind = 'undo'))"""


def upgrade() -> None:
    rebuild.recheck(
        op,
        "bank_event",
        "ck_bank_event_known_source",
        "source IN ('scb', 'statement', 'omise', 'counter')",
    )
    op.create_table(
        "gift_return",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gift_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.CheckConstraint("kind IN ('undo', 'refund')", name=op.f("ck_gift_return_known_kind")),
        sa.CheckConstraint("satang > 0", name=op.f("ck_gift_return_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_gift_return_by_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_return_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_return")),
    )
    op.create_index(op.f("ix_gift_return_gift_id"), "gift_return", ["gift_id"], unique=False)
    triggers.final(op, "gift_return")
    triggers.refuse(
        op,
        "gift_return",
        "INSERT",
        name="gift_return_within_gift",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM gift_return WHERE gift_id = NEW.gift_id)
            + (SELECT COALESCE(SUM(satang), 0) FROM trace WHERE gift_id = NEW.gift_id)
            > (SELECT satang FROM gift WHERE id = NEW.gift_id)""",
        lock="SELECT id FROM gift WHERE id = NEW.gift_id FOR UPDATE",
    )
    triggers.drop(op, "trace", "trace_within_gift")
    triggers.refuse(
        op,
        "trace",
        "INSERT",
        name="trace_within_gift",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM gift_return WHERE gift_id = NEW.gift_id)
            + (SELECT COALESCE(SUM(satang), 0) FROM trace WHERE gift_id = NEW.gift_id)
            > (SELECT satang FROM gift WHERE id = NEW.gift_id)""",
        lock="SELECT id FROM gift WHERE id = NEW.gift_id FOR UPDATE",
    )
    whole = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"""CREATE VIEW live_gift AS SELECT g.id, g.donation_id, g.pledge_id, g.network_id, g.purpose_id,
        g.satang - CAST(COALESCE((SELECT SUM(r.satang) FROM gift_return AS r WHERE r.gift_id = g.id), 0) AS {whole})
            AS satang,
        g.satang AS given_satang, g.donor_name, g.anonymous, g.paid_at, g.posted_at FROM gift AS g"""
    )
    triggers.drop(op, "allocation", "allocation_within_event")
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_within_event",
        if_=f"NEW.satang + {_ALLOCATED} > (SELECT satang FROM bank_event WHERE id = NEW.event_id)",
        lock="SELECT id FROM bank_event WHERE id = NEW.event_id FOR UPDATE",
    )
    triggers.drop(op, "settlement", "settlement_stays")
    triggers.refuse(
        op,
        "settlement",
        "UPDATE",
        name="settlement_stays",
        if_=f"""NEW.event_id <> OLD.event_id OR (OLD.state IN ('posted', 'same') AND NEW.state <> OLD.state
            AND NOT (NEW.state = 'waiting' AND {_ALLOCATED} = 0))""",
    )

    op.add_column("receipt_book", sa.Column("book", sa.String(length=2), nullable=False, server_default=""))
    rebuild.reconstrain(op, "receipt_book", "pk_receipt_book", "PRIMARY KEY (fiscal_year_be, book)")
    op.add_column("receipt", sa.Column("book", sa.String(length=2), nullable=False, server_default=""))
    rebuild.reconstrain(
        op, "receipt", "uq_receipt_fiscal_year_be_number", "UNIQUE (fiscal_year_be, book, number)"
    )
    triggers.drop(op, "receipt", "receipt_without_gap")
    triggers.refuse(
        op,
        "receipt",
        "INSERT",
        name="receipt_without_gap",
        if_="""NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM receipt
            WHERE fiscal_year_be = NEW.fiscal_year_be AND book = NEW.book)""",
    )

    op.create_table(
        "closed_month",
        sa.Column("id", _ID, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", _ID, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("facts_hash", sa.String(length=64), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_closed_month_in_order")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user_account.id"], name=op.f("fk_closed_month_closed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_month")),
        sa.UniqueConstraint("first_on", name=op.f("uq_closed_month_first_on")),
    )
    triggers.final(op, "closed_month")
    triggers.refuse(
        op,
        "entry",
        "INSERT",
        name="entry_in_open_month",
        if_="EXISTS (SELECT 1 FROM closed_month WHERE NEW.on_date BETWEEN first_on AND last_on)",
    )


def downgrade() -> None:
    triggers.drop(op, "entry", "entry_in_open_month")
    triggers.drop_final(op, "closed_month")
    op.drop_table("closed_month")

    triggers.drop(op, "receipt", "receipt_without_gap")
    rebuild.reconstrain(op, "receipt", "uq_receipt_fiscal_year_be_number", "UNIQUE (fiscal_year_be, number)")
    rebuild.drop_columns(op, "receipt", "book")
    triggers.refuse(
        op,
        "receipt",
        "INSERT",
        name="receipt_without_gap",
        if_="""NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM receipt WHERE fiscal_year_be = NEW.fiscal_year_be)""",
    )
    rebuild.reconstrain(op, "receipt_book", "pk_receipt_book", "PRIMARY KEY (fiscal_year_be)")
    rebuild.drop_columns(op, "receipt_book", "book")

    triggers.drop(op, "settlement", "settlement_stays")
    triggers.refuse(
        op,
        "settlement",
        "UPDATE",
        name="settlement_stays",
        if_="""NEW.event_id <> OLD.event_id OR (OLD.state IN ('posted', 'same') AND NEW.state <> OLD.state)""",
    )
    triggers.drop(op, "allocation", "allocation_within_event")
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_within_event",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM allocation WHERE event_id = NEW.event_id)
            > (SELECT satang FROM bank_event WHERE id = NEW.event_id)""",
        lock="SELECT id FROM bank_event WHERE id = NEW.event_id FOR UPDATE",
    )
    op.execute("DROP VIEW live_gift")
    triggers.drop(op, "trace", "trace_within_gift")
    triggers.refuse(
        op,
        "trace",
        "INSERT",
        name="trace_within_gift",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM trace WHERE gift_id = NEW.gift_id)
            > (SELECT satang FROM gift WHERE id = NEW.gift_id)""",
        lock="SELECT id FROM gift WHERE id = NEW.gift_id FOR UPDATE",
    )
    triggers.drop(op, "gift_return", "gift_return_within_gift")
    triggers.drop_final(op, "gift_return")
    op.drop_index(op.f("ix_gift_return_gift_id"), table_name="gift_return")
    op.drop_table("gift_return")
    rebuild.recheck(op, "bank_event", "ck_bank_event_known_source", "source IN ('scb', 'statement')")
