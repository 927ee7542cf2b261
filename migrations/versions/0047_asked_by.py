"""A proposal says itself who asked for the help: the fund's payment orders read no table of cases for it."""

from alembic import op

from app.kit import rebuild, triggers

revision = "0047_asked_by"
down_revision = "0046_given_was_bought"
branch_labels = None
depends_on = None

_FINAL = ["code", "purpose_id", "satang", "title", "submitted_at", "submitted_by_id"]
_FROM_PROPOSAL = """EXISTS (SELECT 1 FROM proposal AS p WHERE p.id = NEW.proposal_id
    AND {who} IN (p.submitted_by_id, p.asked_by_id))"""
_FROM_REQUEST = """EXISTS (SELECT 1 FROM proposal AS p WHERE p.id = NEW.proposal_id AND (p.submitted_by_id = {who}
    OR EXISTS (SELECT 1 FROM aid_request AS r WHERE r.code = p.code AND r.made_by_id = {who})))"""
_VOTED = """EXISTS (SELECT 1 FROM vote AS v JOIN agenda_item AS a ON a.id = v.item_id
    WHERE a.proposal_id = NEW.proposal_id AND v.member_id = {who})"""


def _other_hands(asked: str) -> None:
    """Who asked for the help neither prepares nor approves its payment."""
    triggers.refuse(
        op,
        "payment_order",
        "INSERT",
        name="preparer_is_another_hand",
        if_=f"{asked} OR {_VOTED}".format(who="NEW.prepared_by_id"),
    )
    triggers.refuse(
        op,
        "payment_order",
        "UPDATE",
        name="approver_is_another_hand",
        if_=f"""OLD.approved_by_id IS NULL AND NEW.approved_by_id IS NOT NULL
            AND (NEW.approved_by_id = NEW.prepared_by_id OR {asked})""".format(who="NEW.approved_by_id"),
    )


def upgrade() -> None:
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    triggers.drop(op, "payment_order", "approver_is_another_hand", "preparer_is_another_hand")
    triggers.drop_final(op, "proposal")
    op.execute(
        f"ALTER TABLE proposal ADD COLUMN asked_by_id {number} "
        "CONSTRAINT fk_proposal_asked_by_id REFERENCES user_account (id)"
    )
    op.execute(
        """UPDATE proposal SET asked_by_id = COALESCE(
            (SELECT r.made_by_id FROM aid_request AS r WHERE r.code = proposal.code), submitted_by_id)"""
    )
    rebuild.require(op, "proposal", "asked_by_id")
    triggers.final(op, "proposal", columns=[*_FINAL, "asked_by_id"])
    _other_hands(_FROM_PROPOSAL)


def downgrade() -> None:
    triggers.drop(op, "payment_order", "approver_is_another_hand", "preparer_is_another_hand")
    triggers.drop_final(op, "proposal")
    rebuild.drop_columns(op, "proposal", "asked_by_id")
    triggers.final(op, "proposal", columns=_FINAL)
    _other_hands(_FROM_REQUEST)
