"""No more of an item is given than its bill says was bought, and who enters that bill gives nothing of it."""

from alembic import op

from app.kit import triggers

revision = "0046_given_was_bought"
down_revision = "0045_password_links"
branch_labels = None
depends_on = None

_HOLD_OF_LINE = """SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    JOIN aid_line AS l ON l.request_id = r.id WHERE l.id = NEW.line_id FOR UPDATE OF p"""
_HOLD_OF_REQUEST = """SELECT p.id FROM proposal AS p JOIN aid_request AS r ON r.code = p.code
    WHERE r.id = NEW.request_id FOR UPDATE OF p"""


def upgrade() -> None:
    # Of an item without a bill nothing is compared.
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="delivery_within_bought",
        if_="""NEW.quantity > 0
            AND NEW.quantity + (SELECT COALESCE(SUM(d.quantity), 0) FROM aid_line AS l
                JOIN aid_line AS m ON m.request_id = l.request_id AND m.item_code = l.item_code
                    AND m.unit_satang = l.unit_satang
                JOIN delivery AS d ON d.line_id = m.id WHERE l.id = NEW.line_id)
            > (SELECT c.quantity FROM aid_line AS l JOIN item_cost AS c ON c.request_id = l.request_id
                AND c.item_code = l.item_code AND c.asked_satang = l.unit_satang
                WHERE l.id = NEW.line_id ORDER BY c.id DESC LIMIT 1)""",
        lock=_HOLD_OF_LINE,
    )
    triggers.refuse(
        op,
        "delivery",
        "INSERT",
        name="cost_keeper_gives_nothing",
        if_="""NEW.quantity > 0 AND EXISTS (SELECT 1 FROM item_cost AS c JOIN aid_line AS l
            ON l.request_id = c.request_id WHERE l.id = NEW.line_id AND c.entered_by_id = NEW.marked_by_id)""",
        lock=_HOLD_OF_LINE,
    )
    triggers.refuse(
        op,
        "item_cost",
        "INSERT",
        name="cost_covers_given",
        if_="""NEW.quantity < (SELECT COALESCE(SUM(d.quantity), 0) FROM delivery AS d JOIN aid_line AS l
            ON l.id = d.line_id WHERE l.request_id = NEW.request_id AND l.item_code = NEW.item_code
            AND l.unit_satang = NEW.asked_satang)""",
        lock=_HOLD_OF_REQUEST,
    )
    triggers.refuse(
        op,
        "item_cost",
        "INSERT",
        name="giver_keeps_no_costs",
        if_="""EXISTS (SELECT 1 FROM delivery AS d JOIN aid_line AS l ON l.id = d.line_id
            WHERE l.request_id = NEW.request_id AND d.quantity > 0 AND d.marked_by_id = NEW.entered_by_id)""",
        lock=_HOLD_OF_REQUEST,
    )


def downgrade() -> None:
    triggers.drop(op, "item_cost", "giver_keeps_no_costs", "cost_covers_given")
    triggers.drop(op, "delivery", "cost_keeper_gives_nothing", "delivery_within_bought")
