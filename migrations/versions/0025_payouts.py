"""Payouts within what the gateway holds."""

from alembic import op

from app.kit import triggers

revision = "0025_payouts"
down_revision = "0024_slip_pictures"
branch_labels = None
depends_on = None

#: What the gateway holds: charges less fees, less what went back to payers.
_HELD = """SELECT COALESCE(SUM(COALESCE(i.net_satang, i.satang - COALESCE(i.fee_satang, 0))
    - COALESCE(i.refunded_satang, 0)), 0) FROM bank_event AS e JOIN inquiry AS i ON i.event_id = e.id AND i.id = (
        SELECT MAX(j.id) FROM inquiry AS j WHERE j.event_id = e.id AND j.outcome <> 'unreachable')
    WHERE e.source = 'omise' AND (i.outcome = 'confirmed' OR i.refunded_satang IS NOT NULL)"""


def upgrade() -> None:
    triggers.refuse(
        op,
        "settlement",
        "UPDATE",
        name="payout_within_held",
        if_=f"""NEW.state = 'aside' AND NEW.rule = 'payout' AND (OLD.state <> 'aside' OR OLD.rule <> 'payout')
            AND (SELECT satang FROM bank_event WHERE id = NEW.event_id) > ({_HELD}) - (
                SELECT COALESCE(SUM(b.satang), 0) FROM settlement AS s JOIN bank_event AS b ON b.id = s.event_id
                WHERE s.state = 'aside' AND s.rule = 'payout' AND s.event_id <> NEW.event_id)""",
    )


def downgrade() -> None:
    triggers.drop(op, "settlement", "payout_within_held")
