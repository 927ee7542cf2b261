"""Decisions on money that came in: second hands, refunds, and donations that wait again."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0015_decisions"
down_revision = "0014_statements"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _people(table: str, *names: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_{table}_{name}"))
        for name in names
    ]


def upgrade() -> None:
    triggers.drop(op, "donation", "donation_stays_received")
    triggers.refuse(
        op,
        "donation",
        "UPDATE",
        name="donation_stays_received",
        if_="""OLD.state = 'received' AND NEW.state <> 'received' AND EXISTS (
            SELECT 1 FROM gift AS g WHERE g.donation_id = NEW.id AND NOT EXISTS (
                SELECT 1 FROM gift_return AS r WHERE r.gift_id = g.id AND r.kind = 'undo'))""",
    )
    op.create_table(
        "second_hand",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("deed", sa.String(length=10), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", _ID, nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.CheckConstraint("deed IN ('assign', 'split', 'undo')", name=op.f("ck_second_hand_known_deed")),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'refused')", name=op.f("ck_second_hand_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL) AND (state = 'asked') = (answered_by_id IS NULL)",
            name=op.f("ck_second_hand_answered_pair"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR answered_by_id <> asked_by_id", name=op.f("ck_second_hand_other_hand")
        ),
        sa.CheckConstraint("satang > 0", name=op.f("ck_second_hand_positive")),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_second_hand_event_id")),
        *_people("second_hand", "asked_by_id", "answered_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_hand")),
    )
    op.create_index(
        "uq_second_hand_open",
        "second_hand",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index(op.f("ix_second_hand_event_id"), "second_hand", ["event_id"], unique=False)
    triggers.final(
        op, "second_hand", columns=["event_id", "deed", "arguments", "satang", "asked_at", "asked_by_id"]
    )
    triggers.refuse(op, "second_hand", "UPDATE", name="second_hand_answered_once", if_="OLD.state <> 'asked'")

    op.create_table(
        "refund",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("gift_id", _ID, nullable=True),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("payee", sa.String(length=160), nullable=False),
        sa.Column("payee_bank", sa.String(length=3), nullable=False),
        sa.Column("payee_account", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", _ID, nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("return_id", _ID, nullable=True),
        sa.Column("paid_event_id", _ID, nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("linked_by_id", _ID, nullable=True),
        sa.CheckConstraint("satang > 0", name=op.f("ck_refund_positive")),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'paid', 'refused')", name=op.f("ck_refund_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL) AND (state = 'asked') = (answered_by_id IS NULL)",
            name=op.f("ck_refund_answered_pair"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'refused') OR answered_by_id <> asked_by_id",
            name=op.f("ck_refund_other_hand"),
        ),
        sa.CheckConstraint(
            "(return_id IS NOT NULL) = (gift_id IS NOT NULL AND state IN ('approved', 'paid'))",
            name=op.f("ck_refund_return_pair"),
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_event_id IS NOT NULL) AND (state = 'paid') = (linked_at IS NOT NULL) "
            "AND (state = 'paid') = (linked_by_id IS NOT NULL)",
            name=op.f("ck_refund_paid_triple"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_refund_event_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_refund_gift_id")),
        sa.ForeignKeyConstraint(["return_id"], ["gift_return.id"], name=op.f("fk_refund_return_id")),
        sa.ForeignKeyConstraint(["paid_event_id"], ["bank_event.id"], name=op.f("fk_refund_paid_event_id")),
        *_people("refund", "asked_by_id", "answered_by_id", "linked_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("return_id", name=op.f("uq_refund_return_id")),
        sa.UniqueConstraint("paid_event_id", name=op.f("uq_refund_paid_event_id")),
    )
    op.create_index(op.f("ix_refund_event_id"), "refund", ["event_id"], unique=False)
    op.create_index(op.f("ix_refund_gift_id"), "refund", ["gift_id"], unique=False)
    op.create_index(
        "uq_refund_whole_event",
        "refund",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("gift_id IS NULL AND state <> 'refused'"),
        postgresql_where=sa.text("gift_id IS NULL AND state <> 'refused'"),
    )
    triggers.final(
        op,
        "refund",
        columns=[
            *("event_id", "gift_id", "satang", "reason", "payee", "payee_bank", "payee_account"),
            *("asked_at", "asked_by_id"),
        ],
    )
    triggers.refuse(
        op,
        "refund",
        "UPDATE",
        name="refund_step_by_step",
        if_="""NOT ((OLD.state = 'asked' AND NEW.state IN ('approved', 'refused'))
            OR (OLD.state = 'approved' AND NEW.state = 'paid') OR (OLD.state = 'paid' AND NEW.state = 'approved'))""",
    )


def downgrade() -> None:
    triggers.drop(op, "refund", "refund_step_by_step")
    triggers.drop_final(op, "refund")
    op.drop_table("refund")
    triggers.drop(op, "second_hand", "second_hand_answered_once")
    triggers.drop_final(op, "second_hand")
    op.drop_table("second_hand")
    triggers.drop(op, "donation", "donation_stays_received")
    triggers.refuse(
        op,
        "donation",
        "UPDATE",
        name="donation_stays_received",
        if_="""OLD.state = 'received' AND NEW.state <> 'received'""",
    )
