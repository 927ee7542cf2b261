"""Care and aid: the logbook, requests, photos, handovers."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0008_aid"
down_revision = "0007_registry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aid_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("purpose_code", sa.String(length=24), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL", name=op.f("ck_aid_request_submitted_pair")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'withdrawn')", name=op.f("ck_aid_request_known_state")
        ),
        sa.CheckConstraint(
            "urgency IN ('urgent', 'medium', 'long')", name=op.f("ck_aid_request_known_urgency")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_aid_request_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_request")),
        sa.UniqueConstraint("code", name=op.f("uq_aid_request_code")),
    )
    op.create_index(op.f("ix_aid_request_made_by_id"), "aid_request", ["made_by_id"], unique=False)
    op.create_table(
        "photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["taken_by_id"], ["user_account.id"], name=op.f("fk_photo_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_hash"), "photo", ["hash"], unique=False)
    op.create_table(
        "aid_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_code", sa.String(length=24), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_satang", sa.BigInteger(), nullable=False),
        sa.Column("sizes", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0 AND unit_satang > 0", name=op.f("ck_aid_line_positive")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_aid_line_household_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_aid_line_member_id")),
        sa.ForeignKeyConstraint(["request_id"], ["aid_request.id"], name=op.f("fk_aid_line_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_line")),
        sa.UniqueConstraint(
            "request_id",
            "household_id",
            "member_id",
            "item_code",
            name=op.f("uq_aid_line_request_id_household_id_member_id_item_code"),
        ),
    )
    op.create_index(op.f("ix_aid_line_household_id"), "aid_line", ["household_id"], unique=False)
    op.create_index(op.f("ix_aid_line_member_id"), "aid_line", ["member_id"], unique=False)
    op.create_index("ix_aid_line_request_id", "aid_line", ["request_id"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user_account.id"], name=op.f("fk_handover_opened_by_id")),
        sa.ForeignKeyConstraint(["request_id"], ["aid_request.id"], name=op.f("fk_handover_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_request_id"), "handover", ["request_id"], unique=False)
    op.create_table(
        "logbook_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("funding_source", sa.String(length=12), nullable=False),
        sa.Column("request_code", sa.String(length=16), nullable=True),
        sa.Column("tpmap_ref", sa.String(length=60), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('help', 'visit', 'note', 'correction')", name=op.f("ck_logbook_entry_known_kind")
        ),
        sa.CheckConstraint("satang >= 0", name=op.f("ck_logbook_entry_not_negative")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_logbook_entry_household_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_logbook_entry_member_id")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user_account.id"], name=op.f("fk_logbook_entry_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logbook_entry")),
    )
    op.create_index("ix_logbook_entry_household", "logbook_entry", ["household_id", "on_date"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handover_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome", sa.String(length=6), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("taken_by", sa.String(length=120), nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("logbook_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'not') = (logbook_entry_id IS NULL)", name=op.f("ck_delivery_logbook_pair")
        ),
        sa.CheckConstraint(
            "(outcome = 'not') = (quantity = 0) AND quantity >= 0", name=op.f("ck_delivery_quantity_pair")
        ),
        sa.CheckConstraint("outcome = 'given' OR reason <> ''", name=op.f("ck_delivery_reason_pair")),
        sa.CheckConstraint("outcome IN ('given', 'partly', 'not')", name=op.f("ck_delivery_known_outcome")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_delivery_handover_id")),
        sa.ForeignKeyConstraint(["line_id"], ["aid_line.id"], name=op.f("fk_delivery_line_id")),
        sa.ForeignKeyConstraint(
            ["logbook_entry_id"], ["logbook_entry.id"], name=op.f("fk_delivery_logbook_entry_id")
        ),
        sa.ForeignKeyConstraint(["marked_by_id"], ["user_account.id"], name=op.f("fk_delivery_marked_by_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_delivery_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("handover_id", "line_id", name=op.f("uq_delivery_handover_id_line_id")),
        sa.UniqueConstraint("logbook_entry_id", name=op.f("uq_delivery_logbook_entry_id")),
    )
    op.create_index("ix_delivery_handover", "delivery", ["handover_id"], unique=False)
    op.create_index(op.f("ix_delivery_line_id"), "delivery", ["line_id"], unique=False)
    triggers.final(op, "logbook_entry")
    triggers.final(op, "photo")
    triggers.final(op, "aid_request", columns=["code", "made_by_id"])
    triggers.refuse(
        op,
        "aid_request",
        "UPDATE",
        name="request_fixed_once_submitted",
        if_="""OLD.state <> 'draft' AND (NEW.state = 'draft' OR NEW.title <> OLD.title OR NEW.purpose_code <> OLD.purpose_code
            OR NEW.dimension <> OLD.dimension OR NEW.urgency <> OLD.urgency OR NEW.story <> OLD.story
            OR NEW.snapshot <> OLD.snapshot)""",
    )
    triggers.refuse(
        op,
        "aid_line",
        "INSERT",
        name="lines_fixed_insert",
        if_="""(SELECT state FROM aid_request WHERE id = NEW.request_id) <> 'draft'""",
    )
    triggers.refuse(
        op,
        "aid_line",
        "UPDATE",
        name="lines_fixed_update",
        if_="""(SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft' AND (NEW.request_id <> OLD.request_id
            OR NEW.household_id <> OLD.household_id OR COALESCE(NEW.member_id, 0) <> COALESCE(OLD.member_id, 0)
            OR NEW.item_code <> OLD.item_code OR NEW.quantity <> OLD.quantity OR NEW.unit_satang <> OLD.unit_satang
            OR EXISTS (SELECT 1 FROM delivery WHERE line_id = OLD.id AND outcome <> 'not'))""",
    )
    triggers.refuse(
        op,
        "aid_line",
        "DELETE",
        name="lines_fixed_delete",
        if_="""(SELECT state FROM aid_request WHERE id = OLD.request_id) <> 'draft'""",
    )
    triggers.final(op, "delivery")
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="delivery_after_payment",
        if_="""NOT EXISTS (SELECT 1 FROM aid_line AS l JOIN aid_request AS r ON r.id = l.request_id
            JOIN proposal AS p ON p.code = r.code JOIN payment AS y ON y.proposal_id = p.id WHERE l.id = NEW.line_id)""",
    )
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="delivery_of_this_request",
        if_="""(SELECT request_id FROM handover WHERE id = NEW.handover_id)
            <> (SELECT request_id FROM aid_line WHERE id = NEW.line_id)""",
    )
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="delivery_within_line",
        if_="""NEW.quantity + (SELECT COALESCE(SUM(quantity), 0) FROM delivery WHERE line_id = NEW.line_id)
            > (SELECT quantity FROM aid_line WHERE id = NEW.line_id)""",
        lock="SELECT id FROM aid_line WHERE id = NEW.line_id FOR UPDATE",
    )
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="delivery_writes_its_logbook",
        if_="""NEW.logbook_entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM logbook_entry AS g JOIN aid_line AS l
            ON l.household_id = g.household_id WHERE g.id = NEW.logbook_entry_id AND l.id = NEW.line_id)""",
    )


def downgrade() -> None:
    triggers.drop(op, "delivery", "delivery_writes_its_logbook")
    triggers.drop(op, "delivery", "delivery_within_line")
    triggers.drop(op, "delivery", "delivery_of_this_request")
    triggers.drop(op, "delivery", "delivery_after_payment")
    triggers.drop_final(op, "delivery")
    triggers.drop(op, "aid_line", "lines_fixed_delete")
    triggers.drop(op, "aid_line", "lines_fixed_update")
    triggers.drop(op, "aid_line", "lines_fixed_insert")
    triggers.drop(op, "aid_request", "request_fixed_once_submitted")
    triggers.drop_final(op, "aid_request")
    triggers.drop_final(op, "photo")
    triggers.drop_final(op, "logbook_entry")
    op.drop_index(op.f("ix_delivery_line_id"), table_name="delivery")
    op.drop_index("ix_delivery_handover", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_logbook_entry_household", table_name="logbook_entry")
    op.drop_table("logbook_entry")
    op.drop_index(op.f("ix_handover_request_id"), table_name="handover")
    op.drop_table("handover")
    op.drop_index("ix_aid_line_request_id", table_name="aid_line")
    op.drop_index(op.f("ix_aid_line_member_id"), table_name="aid_line")
    op.drop_index(op.f("ix_aid_line_household_id"), table_name="aid_line")
    op.drop_table("aid_line")
    op.drop_index(op.f("ix_photo_hash"), table_name="photo")
    op.drop_table("photo")
    op.drop_index(op.f("ix_aid_request_made_by_id"), table_name="aid_request")
    op.drop_table("aid_request")
