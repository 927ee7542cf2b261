"""Spending: proposals, the committee, payments, traces."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0006_spending"
down_revision = "0005_bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voucher_book",
        sa.Column("fiscal_year_be", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fiscal_year_be", name=op.f("pk_voucher_book")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chair_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_meeting_closed_pair")
        ),
        sa.CheckConstraint("state = 'called' OR opened_at IS NOT NULL", name=op.f("ck_meeting_opened_pair")),
        sa.CheckConstraint("state IN ('called', 'open', 'closed')", name=op.f("ck_meeting_known_state")),
        sa.CheckConstraint(
            "number > 0 AND quorum > 0 AND quorum <= members", name=op.f("ck_meeting_possible")
        ),
        sa.ForeignKeyConstraint(["called_by_id"], ["user_account.id"], name=op.f("fk_meeting_called_by_id")),
        sa.ForeignKeyConstraint(["chair_id"], ["user_account.id"], name=op.f("fk_meeting_chair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("year_be", "number", name=op.f("uq_meeting_year_be_number")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("purpose_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'tabled', 'approved', 'rejected', 'withdrawn', 'settled')",
            name=op.f("ck_proposal_known_state"),
        ),
        sa.CheckConstraint("satang > 0", name=op.f("ck_proposal_positive")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_proposal_purpose_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["user_account.id"], name=op.f("fk_proposal_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_code")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_agenda_item_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "proposal_id", name=op.f("uq_agenda_item_meeting_id_proposal_id")),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["member_id"], ["user_account.id"], name=op.f("fk_attendance_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("meeting_id", "member_id", name=op.f("uq_attendance_meeting_id_member_id")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("vendor", sa.String(length=160), nullable=False),
        sa.Column("vendor_bank", sa.String(length=3), nullable=False),
        sa.Column("vendor_account", sa.String(length=20), nullable=False),
        sa.Column("transfer_ref", sa.String(length=60), nullable=False),
        sa.Column("invoice", sa.String(length=60), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("satang > 0", name=op.f("ck_payment_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["fund_account.id"], name=op.f("fk_payment_account_id")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["user_account.id"], name=op.f("fk_payment_paid_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_payment_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("fiscal_year_be", "number", name=op.f("uq_payment_fiscal_year_be_number")),
        sa.UniqueConstraint("transfer_ref", name=op.f("uq_payment_transfer_ref")),
    )
    op.create_index(op.f("ix_payment_proposal_id"), "payment", ["proposal_id"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_recusal_item_id")),
        sa.ForeignKeyConstraint(["member_id"], ["user_account.id"], name=op.f("fk_recusal_member_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["user_account.id"], name=op.f("fk_recusal_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("item_id", "member_id", name=op.f("uq_recusal_item_id_member_id")),
    )
    op.create_table(
        "resolution",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("for_votes", sa.Integer(), nullable=False),
        sa.Column("against_votes", sa.Integer(), nullable=False),
        sa.Column("abstentions", sa.Integer(), nullable=False),
        sa.Column("recusals", sa.Integer(), nullable=False),
        sa.Column("casting_vote", sa.Boolean(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("present >= quorum", name=op.f("ck_resolution_quorum_met")),
        sa.CheckConstraint("satang > 0", name=op.f("ck_resolution_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_resolution_item_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_resolution_proposal_id")),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["user_account.id"], name=op.f("fk_resolution_resolved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("item_id", name=op.f("uq_resolution_item_id")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_resolution_proposal_id")),
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice IN ('approve', 'reject', 'abstain')", name=op.f("ck_vote_known_choice")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_vote_item_id")),
        sa.ForeignKeyConstraint(["member_id"], ["user_account.id"], name=op.f("fk_vote_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("item_id", "member_id", name=op.f("uq_vote_item_id_member_id")),
    )
    op.create_table(
        "trace",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("satang > 0", name=op.f("ck_trace_positive")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_trace_gift_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_trace_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace")),
        sa.UniqueConstraint("payment_id", "gift_id", name=op.f("uq_trace_payment_id_gift_id")),
    )
    op.create_index(op.f("ix_trace_gift_id"), "trace", ["gift_id"], unique=False)
    triggers.final(
        op, "proposal", columns=["code", "purpose_id", "satang", "title", "submitted_at", "submitted_by_id"]
    )
    triggers.refuse(
        op,
        "proposal",
        "UPDATE",
        name="proposal_moves_forward",
        if_="""OLD.state <> NEW.state AND NOT (
            (OLD.state = 'submitted' AND NEW.state IN ('tabled', 'withdrawn'))
            OR (OLD.state = 'tabled' AND NEW.state IN ('submitted', 'approved', 'rejected', 'withdrawn'))
            OR (OLD.state = 'approved' AND NEW.state = 'settled'))""",
    )
    triggers.final(op, "meeting", columns=["number", "year_be", "members", "quorum", "called_by_id"])
    triggers.final(op, "vote")
    triggers.refuse(
        op,
        "vote",
        "INSERT",
        name="requester_may_not_vote",
        if_="""EXISTS (SELECT 1 FROM agenda_item AS a JOIN proposal AS p ON p.id = a.proposal_id
            WHERE a.id = NEW.item_id AND p.submitted_by_id = NEW.member_id)""",
    )
    triggers.refuse(
        op,
        "vote",
        "INSERT",
        name="recused_may_not_vote",
        if_="""EXISTS (SELECT 1 FROM recusal WHERE item_id = NEW.item_id AND member_id = NEW.member_id)""",
    )
    triggers.refuse(
        op,
        "vote",
        "INSERT",
        name="voter_must_attend",
        if_="""NOT EXISTS (SELECT 1 FROM agenda_item AS a JOIN attendance AS t ON t.meeting_id = a.meeting_id
            WHERE a.id = NEW.item_id AND t.member_id = NEW.member_id)""",
    )
    triggers.refuse(
        op,
        "vote",
        "INSERT",
        name="vote_before_resolution",
        if_="""EXISTS (SELECT 1 FROM resolution WHERE item_id = NEW.item_id)""",
    )
    triggers.refuse(
        op,
        "recusal",
        "INSERT",
        name="voter_may_not_be_recused",
        if_="""EXISTS (SELECT 1 FROM vote WHERE item_id = NEW.item_id AND member_id = NEW.member_id)""",
    )
    triggers.refuse(
        op,
        "attendance",
        "DELETE",
        name="voter_stays_present",
        if_="""EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
            WHERE a.meeting_id = OLD.meeting_id AND v.member_id = OLD.member_id)""",
    )
    triggers.final(op, "resolution")
    triggers.final(op, "payment")
    triggers.refuse(
        op,
        "payment",
        "INSERT",
        name="payment_needs_approval",
        if_="""NOT EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND state = 'approved')""",
        lock="SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE",
    )
    triggers.refuse(
        op,
        "payment",
        "INSERT",
        name="payer_is_another_hand",
        if_="""EXISTS (SELECT 1 FROM proposal WHERE id = NEW.proposal_id AND submitted_by_id = NEW.paid_by_id)
            OR EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
                WHERE a.proposal_id = NEW.proposal_id AND v.member_id = NEW.paid_by_id)""",
    )
    triggers.refuse(
        op,
        "payment",
        "INSERT",
        name="payment_within_resolution",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM payment WHERE proposal_id = NEW.proposal_id)
            > COALESCE((SELECT MAX(satang) FROM resolution WHERE proposal_id = NEW.proposal_id AND approved), 0)""",
        lock="SELECT id FROM proposal WHERE id = NEW.proposal_id FOR UPDATE",
    )
    triggers.refuse(
        op,
        "payment",
        "INSERT",
        name="voucher_without_gap",
        if_="""NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM payment WHERE fiscal_year_be = NEW.fiscal_year_be)""",
    )
    triggers.final(op, "trace")
    triggers.refuse(
        op,
        "trace",
        "INSERT",
        name="trace_within_gift",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM trace WHERE gift_id = NEW.gift_id)
            > (SELECT satang FROM gift WHERE id = NEW.gift_id)""",
        lock="SELECT id FROM gift WHERE id = NEW.gift_id FOR UPDATE",
    )
    triggers.refuse(
        op,
        "trace",
        "INSERT",
        name="trace_within_payment",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM trace WHERE payment_id = NEW.payment_id)
            > (SELECT satang FROM payment WHERE id = NEW.payment_id)""",
    )


def downgrade() -> None:
    triggers.drop(op, "trace", "trace_within_payment")
    triggers.drop(op, "trace", "trace_within_gift")
    triggers.drop_final(op, "trace")
    triggers.drop(op, "payment", "voucher_without_gap")
    triggers.drop(op, "payment", "payment_within_resolution")
    triggers.drop(op, "payment", "payer_is_another_hand")
    triggers.drop(op, "payment", "payment_needs_approval")
    triggers.drop_final(op, "payment")
    triggers.drop_final(op, "resolution")
    triggers.drop(op, "attendance", "voter_stays_present")
    triggers.drop(op, "recusal", "voter_may_not_be_recused")
    triggers.drop(op, "vote", "vote_before_resolution")
    triggers.drop(op, "vote", "voter_must_attend")
    triggers.drop(op, "vote", "recused_may_not_vote")
    triggers.drop(op, "vote", "requester_may_not_vote")
    triggers.drop_final(op, "vote")
    triggers.drop_final(op, "meeting")
    triggers.drop(op, "proposal", "proposal_moves_forward")
    triggers.drop_final(op, "proposal")
    op.drop_index(op.f("ix_trace_gift_id"), table_name="trace")
    op.drop_table("trace")
    op.drop_table("vote")
    op.drop_table("resolution")
    op.drop_table("recusal")
    op.drop_index(op.f("ix_payment_proposal_id"), table_name="payment")
    op.drop_table("payment")
    op.drop_table("attendance")
    op.drop_table("agenda_item")
    op.drop_table("proposal")
    op.drop_table("meeting")
    op.drop_table("voucher_book")
