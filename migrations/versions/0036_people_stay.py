"""No file touches a person: members keep name, ID and household; imports tell the rows that were left out."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, texts, triggers

revision = "0036_people_stay"
down_revision = "0035_statement_bases"
branch_labels = None
depends_on = None

_WORDS = ("prefix", "first_name", "last_name", "school")
_PIECE = 5_000


def upgrade() -> None:
    op.add_column(
        "register_import", sa.Column("rows_left_out", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "register_import", sa.Column("province_lines", sa.Text(), nullable=False, server_default="{}")
    )
    op.add_column(
        "round_household",
        sa.Column("has_undone_rows", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _write_one_way()
    triggers.refuse(
        op,
        "member",
        "UPDATE",
        name="member_keeps_name",
        if_="""(OLD.first_name <> '' AND NEW.first_name <> OLD.first_name)
            OR (OLD.last_name <> '' AND NEW.last_name <> OLD.last_name)
            OR (OLD.prefix <> '' AND NEW.prefix <> OLD.prefix)
            OR (OLD.id_key IS NOT NULL AND (NEW.id_key IS NULL OR NEW.id_key <> OLD.id_key))""",
    )
    triggers.refuse(
        op,
        "member",
        "UPDATE",
        name="member_stays",
        if_="""NEW.household_id <> OLD.household_id OR (NEW."left" AND NOT OLD."left")""",
    )
    triggers.refuse(op, "member", "INSERT", name="member_enters_present", if_='NEW."left"')
    triggers.refuse(op, "member", "DELETE", name="kept_member", if_="1 = 1")


def _write_one_way() -> None:
    """Names of before, in the one way in which names are written and looked for from now on."""
    member = sa.table("member", sa.column("id"), *(sa.column(name) for name in _WORDS))
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(member).where(member.c.id > last).order_by(member.c.id).limit(_PIECE)
    ).all():
        for row in rows:
            said = {name: getattr(row, name) for name in _WORDS}
            written = {name: texts.canonical(words) for name, words in said.items()}
            if written != said:
                connection.execute(sa.update(member).where(member.c.id == row.id).values(written))
        last = rows[-1].id


def downgrade() -> None:
    triggers.drop(op, "member", "kept_member", "member_enters_present", "member_stays", "member_keeps_name")
    rebuild.drop_columns(op, "round_household", "has_undone_rows")
    rebuild.drop_columns(op, "register_import", "province_lines", "rows_left_out")
