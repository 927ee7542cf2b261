"""Second hands for setting aside and for pairs, and an event that waits for one is touched by nobody else."""

from alembic import op

from app.kit import rebuild, triggers

revision = "0019_second_hands"
down_revision = "0018_counter"
branch_labels = None
depends_on = None

_OPEN = "EXISTS (SELECT 1 FROM second_hand WHERE event_id = NEW.event_id AND state = 'asked')"
_STATE = "(SELECT state FROM settlement WHERE event_id = NEW.event_id)"


def upgrade() -> None:
    rebuild.recheck(
        op, "second_hand", "ck_second_hand_known_deed", "deed IN ('assign', 'split', 'aside', 'link', 'undo')"
    )
    # Whoever asks and whoever decides meanwhile meet at the settlement's row.
    triggers.refuse(
        op,
        "second_hand",
        "INSERT",
        name="second_hand_of_its_event",
        if_=f"""NEW.state = 'asked' AND ((NEW.deed = 'undo' AND {_STATE} <> 'posted')
            OR (NEW.deed <> 'undo' AND {_STATE} IN ('posted', 'same')))""",
        lock="SELECT event_id FROM settlement WHERE event_id = NEW.event_id FOR UPDATE",
    )
    # A callback that its bank does not know waits, as it did before: nobody decides anything by that.
    triggers.refuse(
        op,
        "settlement",
        "UPDATE",
        name="settlement_of_open_second_hand",
        if_=f"""NEW.state <> OLD.state AND NOT (OLD.state = 'new' AND NEW.state = 'waiting') AND {_OPEN}""",
    )
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_of_open_second_hand",
        if_=_OPEN,
        lock="SELECT event_id FROM settlement WHERE event_id = NEW.event_id FOR UPDATE",
    )


def downgrade() -> None:
    triggers.drop(op, "allocation", "allocation_of_open_second_hand")
    triggers.drop(op, "settlement", "settlement_of_open_second_hand")
    triggers.drop(op, "second_hand", "second_hand_of_its_event")
    rebuild.recheck(op, "second_hand", "ck_second_hand_known_deed", "deed IN ('assign', 'split', 'undo')")
