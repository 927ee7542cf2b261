"""Given ≤ paid: what items truly cost, deliveries within what was paid, amended values of the logbook."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0033_true_costs"
down_revision = "0032_public_base"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _delivered(request: str) -> str:
    """What was delivered of a request, in satang."""
    return f"""(SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
        JOIN aid_line_value AS v ON v.line_id = d.line_id WHERE v.request_id = {request})"""


def _paid(request: str) -> str:
    """What the fund paid for a request, in satang."""
    return f"""(SELECT COALESCE(SUM(y.satang), 0) FROM payment AS y JOIN proposal AS p ON p.id = y.proposal_id
        JOIN aid_request AS r ON r.code = p.code WHERE r.id = {request})"""


_REQUEST_OF_LINE = "(SELECT request_id FROM aid_line WHERE id = NEW.line_id)"
_REQUEST_OF_PROPOSAL = "(SELECT id FROM aid_request WHERE code = NEW.code)"
_PAID_OF_PROPOSAL = "(SELECT COALESCE(SUM(satang), 0) FROM payment WHERE proposal_id = NEW.id)"
_SETTLES = "NEW.state = 'settled' AND OLD.state <> 'settled'"


def upgrade() -> None:
    op.create_table(
        "item_cost",
        sa.Column("id", _ID, nullable=False),
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("item_code", sa.String(length=24), nullable=False),
        sa.Column("asked_satang", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_satang", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=False),
        sa.CheckConstraint("quantity >= 0 AND unit_satang > 0", name=op.f("ck_item_cost_possible")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_item_cost_says_why")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user_account.id"], name=op.f("fk_item_cost_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["aid_request.id"], name=op.f("fk_item_cost_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_cost")),
    )
    op.create_index(
        "ix_item_cost_item", "item_cost", ["request_id", "item_code", "asked_satang", "id"], unique=False
    )
    # A subquery, not a join: one line has one price, whatever was entered how often.
    op.execute(
        """CREATE VIEW aid_line_value AS SELECT l.id AS line_id, l.request_id AS request_id,
        l.item_code AS item_code, l.unit_satang AS asked_satang,
        COALESCE((SELECT c.unit_satang FROM item_cost AS c WHERE c.request_id = l.request_id
            AND c.item_code = l.item_code AND c.asked_satang = l.unit_satang ORDER BY c.id DESC LIMIT 1),
            l.unit_satang) AS unit_satang FROM aid_line AS l"""
    )
    op.execute(
        """CREATE VIEW aid_item_value AS SELECT g.request_id AS request_id, g.item_code AS item_code,
        g.unit_satang AS asked_satang, g.asked AS asked,
        COALESCE((SELECT c.quantity FROM item_cost AS c WHERE c.request_id = g.request_id
            AND c.item_code = g.item_code AND c.asked_satang = g.unit_satang ORDER BY c.id DESC LIMIT 1),
            g.asked) AS bought,
        COALESCE((SELECT c.unit_satang FROM item_cost AS c WHERE c.request_id = g.request_id
            AND c.item_code = g.item_code AND c.asked_satang = g.unit_satang ORDER BY c.id DESC LIMIT 1),
            g.unit_satang) AS unit_satang
        FROM (SELECT request_id, item_code, unit_satang, SUM(quantity) AS asked FROM aid_line
            GROUP BY request_id, item_code, unit_satang) AS g"""
    )
    triggers.final(op, "item_cost")
    # Of rows of one deed the cheaper come first. What is too dear already may become cheaper step by step.
    triggers.refuse(
        op,
        "item_cost",
        "INSERT",
        name="cost_keeps_delivered_within_paid",
        if_=f"""NEW.unit_satang > (SELECT MAX(v.unit_satang) FROM aid_line_value AS v
                WHERE v.request_id = NEW.request_id AND v.item_code = NEW.item_code
                AND v.asked_satang = NEW.asked_satang)
            AND (SELECT COALESCE(SUM(d.quantity * CASE WHEN v.item_code = NEW.item_code
                AND v.asked_satang = NEW.asked_satang THEN NEW.unit_satang ELSE v.unit_satang END), 0)
                FROM delivery AS d JOIN aid_line_value AS v ON v.line_id = d.line_id
                WHERE v.request_id = NEW.request_id) > {_paid("NEW.request_id")}""",
        lock="""SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
            WHERE r.id = NEW.request_id FOR UPDATE OF p""",
    )
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="delivery_within_paid",
        if_=f"""NEW.quantity > 0 AND NEW.quantity * (SELECT unit_satang FROM aid_line_value WHERE line_id = NEW.line_id)
            + {_delivered(_REQUEST_OF_LINE)} > {_paid(_REQUEST_OF_LINE)}""",
        # Two who mark at one moment come one after the other, also at two handovers of one request.
        lock="""SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
            JOIN aid_line AS l ON l.request_id = r.id WHERE l.id = NEW.line_id FOR UPDATE OF p""",
    )

    op.add_column(
        "proposal", sa.Column("settled_reason", sa.String(length=300), nullable=False, server_default="")
    )
    triggers.refuse(
        op,
        "proposal",
        "UPDATE",
        name="settled_for_less_says_why",
        if_=f"{_SETTLES} AND NEW.settled_reason = '' AND {_PAID_OF_PROPOSAL} < NEW.satang",
    )
    triggers.refuse(
        op,
        "proposal",
        "UPDATE",
        name="settled_covers_delivered",
        if_=f"{_SETTLES} AND {_delivered(_REQUEST_OF_PROPOSAL)} > {_PAID_OF_PROPOSAL}",
    )
    triggers.refuse(
        op,
        "proposal",
        "UPDATE",
        name="settled_strands_nothing",
        if_=f"""{_SETTLES} AND {_PAID_OF_PROPOSAL} > 0
            AND (SELECT COALESCE(SUM(i.bought * i.unit_satang), 0) FROM aid_item_value AS i
                WHERE i.request_id = {_REQUEST_OF_PROPOSAL}) > {_PAID_OF_PROPOSAL}""",
    )

    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"""ALTER TABLE logbook_entry ADD COLUMN amends_id {number}
        CONSTRAINT fk_logbook_entry_amends_id REFERENCES logbook_entry (id)"""
    )
    op.create_index(op.f("ix_logbook_entry_amends_id"), "logbook_entry", ["amends_id"], unique=False)
    triggers.refuse(
        op,
        "logbook_entry",
        "INSERT",
        name="amendment_of_own_help",
        if_="""NEW.amends_id IS NOT NULL AND (NEW.kind <> 'correction' OR NOT EXISTS (SELECT 1 FROM logbook_entry AS g
            WHERE g.id = NEW.amends_id AND g.household_id = NEW.household_id AND g.amends_id IS NULL))""",
    )


def downgrade() -> None:
    triggers.drop(op, "logbook_entry", "amendment_of_own_help")
    op.drop_index(op.f("ix_logbook_entry_amends_id"), table_name="logbook_entry")
    triggers.drop(
        op,
        "proposal",
        "settled_strands_nothing",
        "settled_covers_delivered",
        "settled_for_less_says_why",
    )
    triggers.drop(op, "delivery", "delivery_within_paid")
    triggers.drop(op, "item_cost", "cost_keeps_delivered_within_paid")
    triggers.drop_final(op, "item_cost")
    op.execute("DROP VIEW aid_item_value")
    op.execute("DROP VIEW aid_line_value")
    rebuild.drop_columns(op, "logbook_entry", "amends_id")
    rebuild.drop_columns(op, "proposal", "settled_reason")
    op.drop_index("ix_item_cost_item", table_name="item_cost")
    op.drop_table("item_cost")
