"""The outbox, solicitation approvals and collections of networks."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0012_outbox"
down_revision = "0011_partners"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: At most one open collection of a network for a purpose, and of a pledge.
_OPEN_NETWORK = sa.text("closed_at IS NULL AND pledge_id IS NULL")
_OPEN_PLEDGE = sa.text("closed_at IS NULL")
#: Messages that still ask for something to be done.
_PENDING = sa.text("state IN ('queued', 'sending')")


def upgrade() -> None:
    op.create_table(
        "solicitation_approval",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", _ID, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= approved_on", name=op.f("ck_solicitation_approval_in_order")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_solicitation_approval_withdrawn_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["user_account.id"], name=op.f("fk_solicitation_approval_noted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_solicitation_approval_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solicitation_approval")),
    )
    triggers.final(
        op,
        "solicitation_approval",
        columns=["number", "approved_on", "authority", "ends_on", "noted_at", "noted_by_id"],
    )
    triggers.refuse(
        op,
        "solicitation_approval",
        "UPDATE",
        name="approval_withdrawn_once",
        if_="OLD.withdrawn_at IS NOT NULL",
    )

    op.create_table(
        "collection",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref1", sa.String(length=20), nullable=False),
        sa.Column("network_id", _ID, nullable=False),
        sa.Column("pledge_id", _ID, nullable=True),
        sa.Column("purpose_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("payload", sa.String(length=512), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", _ID, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_collection_closed_pair")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["fund_account.id"], name=op.f("fk_collection_account_id")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user_account.id"], name=op.f("fk_collection_closed_by_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_collection_network_id")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user_account.id"], name=op.f("fk_collection_opened_by_id")
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_collection_pledge_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_collection_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("ref1", name=op.f("uq_collection_ref1")),
    )
    op.create_index("ix_collection_network_id", "collection", ["network_id"], unique=False)
    op.create_index(
        "uq_collection_open_network",
        "collection",
        ["network_id", "purpose_id"],
        unique=True,
        sqlite_where=_OPEN_NETWORK,
        postgresql_where=_OPEN_NETWORK,
    )
    op.create_index(
        "uq_collection_open_pledge",
        "collection",
        ["pledge_id"],
        unique=True,
        sqlite_where=_OPEN_PLEDGE,
        postgresql_where=_OPEN_PLEDGE,
    )
    triggers.final(
        op,
        "collection",
        columns=[
            *("ref1", "network_id", "pledge_id", "purpose_id", "account_id"),
            *("payload", "opened_at", "opened_by_id"),
        ],
    )
    triggers.refuse(
        op, "collection", "UPDATE", name="collection_closed_once", if_="OLD.closed_at IS NOT NULL"
    )
    for table, other in (("donation", "collection"), ("collection", "donation")):
        triggers.refuse(
            op,
            table,
            "INSERT",
            name=f"{table}_reference_is_new",
            if_=f"EXISTS (SELECT 1 FROM {other} WHERE ref1 = NEW.ref1)",
        )

    op.create_table(
        "message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubted", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'line')", name=op.f("ck_message_known_channel")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'unsure')", name=op.f("ck_message_known_state")
        ),
        sa.CheckConstraint(
            "(state IN ('queued', 'sending')) = (settled_at IS NULL)", name=op.f("ck_message_settled_pair")
        ),
        sa.CheckConstraint(
            "state <> 'sending' OR sending_at IS NOT NULL", name=op.f("ck_message_sending_since")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    op.create_index("ix_message_state_queued_at", "message", ["state", "queued_at"], unique=False)
    op.create_index(
        "ix_message_pending",
        "message",
        ["due_at"],
        unique=False,
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    triggers.final(op, "message", columns=["key", "channel", "recipient", "subject", "body", "queued_at"])
    triggers.refuse(
        op,
        "message",
        "UPDATE",
        name="message_sent_once",
        if_="""(OLD.state = 'sent' AND NEW.state <> 'sent')
            OR (OLD.state = 'unsure' AND NEW.state NOT IN ('unsure', 'sent'))""",
    )

    op.create_table(
        "night",
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("lapsed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("on_date", name=op.f("pk_night")),
    )
    triggers.final(op, "night", columns=["on_date"])


def downgrade() -> None:
    triggers.drop_final(op, "night")
    op.drop_table("night")
    triggers.drop(op, "message", "message_sent_once")
    triggers.drop_final(op, "message")
    op.drop_table("message")
    triggers.drop(op, "collection", "collection_reference_is_new")
    triggers.drop(op, "donation", "donation_reference_is_new")
    triggers.drop(op, "collection", "collection_closed_once")
    triggers.drop_final(op, "collection")
    op.drop_table("collection")
    triggers.drop(op, "solicitation_approval", "approval_withdrawn_once")
    triggers.drop_final(op, "solicitation_approval")
    op.drop_table("solicitation_approval")
