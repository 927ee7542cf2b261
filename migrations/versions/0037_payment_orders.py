"""Payments: prepared by one, approved by another, then transferred; a wrong one is voided by two."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0037_payment_orders"
down_revision = "0036_people_stay"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Of a proposal, whoever asked for the help: submitted it to the fund, or drew up the request behind it.
_ASKED = """EXISTS (SELECT 1 FROM proposal AS p WHERE p.id = NEW.proposal_id AND (p.submitted_by_id = {who}
    OR EXISTS (SELECT 1 FROM aid_request AS r WHERE r.code = p.code AND r.made_by_id = {who})))"""
_VOTED = """EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
    WHERE a.proposal_id = NEW.proposal_id AND v.member_id = {who})"""
_HOLD_PROPOSAL = "SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE"

_PAYMENT_COLUMNS = [
    *("id", "fiscal_year_be", "number", "proposal_id", "account_id", "satang", "vendor", "vendor_bank"),
    *("vendor_account", "transfer_ref", "invoice", "paid_on", "paid_at", "paid_by_id"),
]
_CHECKS = {
    "ck_payment_void_asked_pair": "CHECK ((void_asked_at IS NULL) = (void_asked_by_id IS NULL)"
    " AND (void_asked_at IS NULL) = (void_reason = ''))",
    "ck_payment_voided_pair": "CHECK ((voided_at IS NULL) = (voided_by_id IS NULL))",
    "ck_payment_voided_by_two": "CHECK (voided_by_id IS NULL OR (void_asked_by_id IS NOT NULL"
    " AND voided_by_id <> void_asked_by_id))",
    "uq_payment_order_id": "UNIQUE (order_id)",
    "fk_payment_order_id": "FOREIGN KEY (order_id) REFERENCES payment_order (id)",
    "fk_payment_void_asked_by_id": "FOREIGN KEY (void_asked_by_id) REFERENCES user_account (id)",
    "fk_payment_voided_by_id": "FOREIGN KEY (voided_by_id) REFERENCES user_account (id)",
}


def upgrade() -> None:
    _orders()
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    triggers.drop_final(op, "payment")
    op.execute(f"ALTER TABLE payment ADD COLUMN order_id {number}")
    op.add_column(
        "payment", sa.Column("void_reason", sa.String(length=300), nullable=False, server_default="")
    )
    op.add_column("payment", sa.Column("void_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"ALTER TABLE payment ADD COLUMN void_asked_by_id {number}")
    op.add_column("payment", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"ALTER TABLE payment ADD COLUMN voided_by_id {number}")
    rebuild.swap(op, "payment", ["uq_payment_transfer_ref"], _CHECKS)
    op.execute(
        "CREATE UNIQUE INDEX uq_payment_transfer_ref ON payment (transfer_ref) WHERE voided_at IS NULL"
    )
    whole = "INTEGER" if number == "INTEGER" else "BIGINT"
    op.execute(
        f"""CREATE VIEW standing_trace AS SELECT t.payment_id AS payment_id, t.gift_id AS gift_id,
        CAST(t.satang AS {whole}) AS satang FROM trace AS t JOIN payment AS y ON y.id = t.payment_id
        WHERE y.voided_at IS NULL"""
    )
    _payments()
    _what_stands("AND y.voided_at IS NULL", "AND voided_at IS NULL", "standing_trace")


def _orders() -> None:
    op.create_table(
        "payment_order",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", _ID, nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("vendor", sa.String(length=160), nullable=False),
        sa.Column("vendor_bank", sa.String(length=3), nullable=False),
        sa.Column("vendor_account", sa.String(length=20), nullable=False),
        sa.Column("invoice", sa.String(length=60), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by_id", _ID, nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", _ID, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", _ID, nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("satang > 0", name=op.f("ck_payment_order_positive")),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_payment_order_approved_pair")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> prepared_by_id",
            name=op.f("ck_payment_order_two_people"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_payment_order_withdrawn_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user_account.id"], name=op.f("fk_payment_order_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["user_account.id"], name=op.f("fk_payment_order_prepared_by_id")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_payment_order_proposal_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_payment_order_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("key", name=op.f("uq_payment_order_key")),
    )
    op.create_index(op.f("ix_payment_order_proposal_id"), "payment_order", ["proposal_id"], unique=False)
    triggers.final(
        op,
        "payment_order",
        columns=[
            *("id", "key", "proposal_id", "satang", "vendor", "vendor_bank", "vendor_account", "invoice"),
            *("prepared_at", "prepared_by_id"),
        ],
    )
    triggers.refuse(
        op,
        "payment_order",
        "INSERT",
        name="order_needs_resolution",
        if_="""NEW.approved_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL
            OR NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state = 'approved')""",
        lock=_HOLD_PROPOSAL,
    )
    triggers.refuse(
        op,
        "payment_order",
        "INSERT",
        name="preparer_is_another_hand",
        if_=f"{_ASKED} OR {_VOTED}".format(who="NEW.prepared_by_id"),
    )


def _payments() -> None:
    triggers.final(op, "payment", columns=[*_PAYMENT_COLUMNS, "order_id"])
    triggers.refuse(
        op,
        "payment_order",
        "INSERT",
        name="order_within_resolution",
        if_="""NEW.satang + (SELECT COALESCE(SUM(o.satang), 0) FROM payment_order AS o
                WHERE o.proposal_id = NEW.proposal_id AND o.withdrawn_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id))
            + (SELECT COALESCE(SUM(y.satang), 0) FROM payment AS y
                WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL)
            > COALESCE((SELECT MAX(satang) FROM resolution WHERE proposal_id = NEW.proposal_id AND approved), 0)""",
        lock=_HOLD_PROPOSAL,
    )
    triggers.refuse(
        op,
        "payment_order",
        "UPDATE",
        name="order_moves_forward",
        if_="""OLD.withdrawn_at IS NOT NULL
            OR (OLD.approved_at IS NOT NULL AND (NEW.approved_at IS NULL OR NEW.approved_at <> OLD.approved_at
                OR NEW.approved_by_id <> OLD.approved_by_id))
            OR (NEW.withdrawn_at IS NOT NULL AND ((OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL)
                OR EXISTS (SELECT 1 FROM payment WHERE order_id = OLD.id)))""",
    )
    triggers.refuse(
        op,
        "payment_order",
        "UPDATE",
        name="approver_is_another_hand",
        if_=f"""OLD.approved_by_id IS NULL AND NEW.approved_by_id IS NOT NULL
            AND (NEW.approved_by_id = NEW.prepared_by_id OR {_ASKED})""".format(who="NEW.approved_by_id"),
    )
    triggers.refuse(
        op,
        "payment_order",
        "UPDATE",
        name="approver_holds_office",
        if_="""OLD.approved_by_id IS NULL AND NEW.approved_by_id IS NOT NULL AND NOT EXISTS (SELECT 1
            FROM role_grant AS held WHERE held.user_id = NEW.approved_by_id AND held.revoked_at IS NULL
            AND held.role IN ('finance', 'chair'))""",
    )
    triggers.refuse(
        op,
        "payment",
        "INSERT",
        name="payment_follows_order",
        if_="""NEW.void_asked_at IS NOT NULL OR NEW.voided_at IS NOT NULL OR NOT EXISTS (SELECT 1
            FROM payment_order AS o WHERE o.id = NEW.order_id AND o.approved_at IS NOT NULL
            AND o.withdrawn_at IS NULL AND o.proposal_id = NEW.proposal_id AND o.satang = NEW.satang
            AND o.vendor = NEW.vendor AND o.vendor_bank = NEW.vendor_bank
            AND o.vendor_account = NEW.vendor_account AND o.invoice = NEW.invoice)""",
        lock="SELECT id FROM payment_order WHERE id = NEW.order_id FOR UPDATE",
    )
    triggers.refuse(
        op,
        "payment",
        "UPDATE",
        name="void_moves_forward",
        if_="""OLD.voided_at IS NOT NULL OR (NEW.voided_at IS NOT NULL
            AND (OLD.void_asked_at IS NULL OR OLD.void_asked_by_id <> NEW.void_asked_by_id))""",
    )
    triggers.refuse(
        op,
        "payment",
        "UPDATE",
        name="void_without_bank_line",
        if_="""NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM bank_event AS b WHERE b.satang = -NEW.satang
            AND (UPPER(REPLACE(b.bank_ref, ' ', '')) = UPPER(NEW.transfer_ref)
                OR UPPER(REPLACE(b.ref1, ' ', '')) = UPPER(NEW.transfer_ref)
                OR (LENGTH(NEW.transfer_ref) >= 4
                    AND UPPER(b.description) LIKE '%' || UPPER(NEW.transfer_ref) || '%')))""",
    )
    triggers.refuse(
        op,
        "payment",
        "UPDATE",
        name="void_keeps_delivered",
        if_="""OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL
            AND (SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
                JOIN aid_line_value AS v ON v.line_id = d.line_id JOIN aid_request AS r ON r.id = v.request_id
                JOIN proposal AS p ON p.code = r.code WHERE p.id = NEW.proposal_id)
            > (SELECT COALESCE(SUM(y.satang), 0) FROM payment AS y
                WHERE y.proposal_id = NEW.proposal_id AND y.voided_at IS NULL AND y.id <> NEW.id)""",
        lock=_HOLD_PROPOSAL,
    )
    triggers.refuse(
        op,
        "proposal",
        "UPDATE",
        name="settled_leaves_no_order",
        if_="""NEW.state = 'settled' AND OLD.state <> 'settled' AND EXISTS (SELECT 1 FROM payment_order AS o
            WHERE o.proposal_id = NEW.id AND o.withdrawn_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM payment AS y WHERE y.order_id = o.id))""",
    )


def _what_stands(of_payment: str, alone: str, traces: str) -> None:
    """Sums over payments and traces: of all of them, or of those that were not voided."""
    delivered = """(SELECT COALESCE(SUM(d.quantity * v.unit_satang), 0) FROM delivery AS d
        JOIN aid_line_value AS v ON v.line_id = d.line_id WHERE v.request_id = {})"""
    paid = f"""(SELECT COALESCE(SUM(y.satang), 0) FROM payment AS y JOIN proposal AS p ON p.id = y.proposal_id
        JOIN aid_request AS r ON r.code = p.code WHERE r.id = {{}} {of_payment})"""
    of_line = "(SELECT request_id FROM aid_line WHERE id = NEW.line_id)"
    of_proposal = "(SELECT id FROM aid_request WHERE code = NEW.code)"
    paid_of_proposal = f"(SELECT COALESCE(SUM(satang), 0) FROM payment WHERE proposal_id = NEW.id {alone})"
    settles = "NEW.state = 'settled' AND OLD.state <> 'settled'"
    anew = [
        (
            *("payment", "INSERT", "payment_within_resolution"),
            f"""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM payment WHERE proposal_id = NEW.proposal_id {alone})
            > COALESCE((SELECT MAX(satang) FROM resolution WHERE proposal_id = NEW.proposal_id AND approved), 0)""",
            _HOLD_PROPOSAL,
        ),
        (
            *("delivery", "INSERT", "delivery_after_payment"),
            f"""NOT EXISTS (SELECT 1 FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id
            JOIN proposal AS p ON p.code = r.code JOIN payment AS y ON y.proposal_id = p.id
            WHERE l.id = NEW.line_id {of_payment})""",
            "",
        ),
        (
            *("delivery", "INSERT", "delivery_within_paid"),
            f"""NEW.quantity > 0
            AND NEW.quantity * (SELECT unit_satang FROM aid_line_value WHERE line_id = NEW.line_id)
            + {delivered.format(of_line)} > {paid.format(of_line)}""",
            """SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
            JOIN aid_line AS l ON l.request_id = r.id WHERE l.id = NEW.line_id FOR UPDATE OF p""",
        ),
        (
            *("item_cost", "INSERT", "cost_keeps_delivered_within_paid"),
            f"""NEW.unit_satang > (SELECT MAX(v.unit_satang) FROM aid_line_value AS v
                WHERE v.request_id = NEW.request_id AND v.item_code = NEW.item_code
                AND v.asked_satang = NEW.asked_satang)
            AND (SELECT COALESCE(SUM(d.quantity * CASE WHEN v.item_code = NEW.item_code
                AND v.asked_satang = NEW.asked_satang THEN NEW.unit_satang ELSE v.unit_satang END), 0)
                FROM delivery AS d JOIN aid_line_value AS v ON v.line_id = d.line_id
                WHERE v.request_id = NEW.request_id) > {paid.format("NEW.request_id")}""",
            """SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
            WHERE r.id = NEW.request_id FOR UPDATE OF p""",
        ),
        (
            *("proposal", "UPDATE", "settled_for_less_says_why"),
            f"{settles} AND NEW.settled_reason = '' AND {paid_of_proposal} < NEW.satang",
            "",
        ),
        (
            *("proposal", "UPDATE", "settled_covers_delivered"),
            f"{settles} AND {delivered.format(of_proposal)} > {paid_of_proposal}",
            "",
        ),
        (
            *("proposal", "UPDATE", "settled_strands_nothing"),
            f"""{settles} AND {paid_of_proposal} > 0
            AND (SELECT COALESCE(SUM(i.bought * i.unit_satang), 0) FROM aid_item_value AS i
                WHERE i.request_id = {of_proposal}) > {paid_of_proposal}""",
            "",
        ),
        *(
            (
                *(table, "INSERT", name),
                f"""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM gift_return WHERE gift_id = NEW.gift_id)
                + (SELECT COALESCE(SUM(satang), 0) FROM {traces} WHERE gift_id = NEW.gift_id)
                > (SELECT satang FROM gift WHERE id = NEW.gift_id)""",
                "SELECT id FROM gift WHERE id = NEW.gift_id FOR UPDATE",
            )
            for table, name in (("trace", "trace_within_gift"), ("gift_return", "gift_return_within_gift"))
        ),
    ]
    for table, when, name, condition, lock in anew:
        triggers.drop(op, table, name)
        triggers.refuse(op, table, when, name=name, if_=condition, lock=lock)


def downgrade() -> None:
    _what_stands("", "", "trace")
    triggers.drop(op, "proposal", "settled_leaves_no_order")
    triggers.drop(
        op,
        "payment",
        *("void_keeps_delivered", "void_without_bank_line", "void_moves_forward", "payment_follows_order"),
    )
    triggers.drop_final(op, "payment")
    op.execute("DROP VIEW standing_trace")
    op.execute("DROP INDEX uq_payment_transfer_ref")
    rebuild.swap(op, "payment", list(_CHECKS), {"uq_payment_transfer_ref": "UNIQUE (transfer_ref)"})
    rebuild.drop_columns(
        op,
        "payment",
        *("order_id", "void_reason", "void_asked_at", "void_asked_by_id", "voided_at", "voided_by_id"),
    )
    triggers.final(op, "payment")
    triggers.drop(
        op,
        "payment_order",
        *(
            "approver_holds_office",
            "approver_is_another_hand",
            "order_moves_forward",
            "order_within_resolution",
        ),
        *("preparer_is_another_hand", "order_needs_resolution"),
    )
    triggers.drop_final(op, "payment_order")
    op.drop_index(op.f("ix_payment_order_proposal_id"), table_name="payment_order")
    op.drop_table("payment_order")
