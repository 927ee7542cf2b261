"""Partners: branches and offices of networks, pledges in kind and by instalments, goods received."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0011_partners"
down_revision = "0010_money_back"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_TYPES = "'otop', 'village_fund', 'women_fund', 'women_committee', 'mother_fund', 'cdo_club', 'cdw_club', 'private', 'civil'"
_PLEDGE_FINAL = ["code", "network_id", "purpose_id", "satang", "stated_by_id"]

#: A network whose path is not its parent's and its own code, that stands above itself, or outside its parent's district.
_OUT_OF_BRANCH = """NEW.path <> COALESCE((SELECT p.path FROM network AS p WHERE p.id = NEW.parent_id), '/') || NEW.code || '/'
    OR EXISTS (SELECT 1 FROM network AS p WHERE p.id = NEW.parent_id AND (p.path LIKE '%/' || NEW.code || '/%'
        OR (p.district_code IS NOT NULL AND COALESCE(NEW.district_code, '') <> p.district_code)))"""


def _add(table: str, column: str, definition: str, check: str = "") -> None:
    """A new column of an old table, with a named CHECK or reference of its own."""
    if check:
        # On a line of its own: the names of checks are read back from the statement line by line.
        definition = f"{definition}\n\tCONSTRAINT {check}\n"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    key, moment = ("INTEGER", "DATETIME") if on_sqlite else ("BIGINT", "TIMESTAMP WITH TIME ZONE")

    rebuild.recheck(op, "network", "ck_network_known_type", f"type IN ({_TYPES}, 'person')")
    _add("network", "parent_id", f"{key} CONSTRAINT fk_network_parent_id REFERENCES network (id)")
    _add("network", "path", "VARCHAR(200) NOT NULL DEFAULT ''")
    op.execute("UPDATE network SET path = '/' || code || '/'")
    op.create_index(op.f("ix_network_parent_id"), "network", ["parent_id"], unique=False)
    held = "SELECT id FROM network WHERE id = NEW.parent_id FOR UPDATE"
    triggers.refuse(op, "network", "INSERT", name="network_founded_in_branch", if_=_OUT_OF_BRANCH, lock=held)
    triggers.refuse(
        op,
        "network",
        "UPDATE",
        name="network_moved_in_branch",
        if_=f"""{_OUT_OF_BRANCH} OR (NEW.district_code IS NOT NULL AND EXISTS (SELECT 1 FROM network AS b
            WHERE b.parent_id = NEW.id AND COALESCE(b.district_code, '') <> NEW.district_code))""",
        lock=held,
    )
    op.create_table(
        "network_contact",
        sa.Column("id", _ID, nullable=False),
        sa.Column("network_id", _ID, nullable=False),
        sa.Column("office", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=160), nullable=False),
        sa.Column("line_user_id", sa.String(length=33), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", _ID, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "office IN ('chair', 'vice_chair', 'secretary', 'treasurer', 'coordinator')",
            name=op.f("ck_network_contact_known_office"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_network_contact_named")),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_network_contact_ended_pair")
        ),
        sa.CheckConstraint(
            "since_on IS NULL OR ended_on IS NULL OR since_on <= ended_on",
            name=op.f("ck_network_contact_in_order"),
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_network_contact_network_id")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user_account.id"], name=op.f("fk_network_contact_written_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name=op.f("fk_network_contact_ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_contact")),
    )
    op.create_index(op.f("ix_network_contact_network_id"), "network_contact", ["network_id"], unique=False)
    written = ["network_id", "office", "name", "phone", "email", "line_user_id", "since_on"]
    triggers.final(op, "network_contact", columns=[*written, "written_at", "written_by_id"])
    triggers.refuse(op, "network_contact", "UPDATE", name="contact_ends_once", if_="OLD.ended_on IS NOT NULL")

    triggers.drop_final(op, "pledge")
    rebuild.recheck(op, "pledge", "ck_pledge_known_state", "state IN ('stated', 'lapsed', 'withdrawn')")
    _add(
        "pledge",
        "kind",
        "VARCHAR(8) NOT NULL DEFAULT 'money'",
        "ck_pledge_known_kind CHECK (kind IN ('money', 'goods', 'labour'))",
    )
    _add("pledge", "what", "VARCHAR(200) NOT NULL DEFAULT ''")
    _add("pledge", "quantity", "INTEGER", "ck_pledge_counted CHECK (quantity > 0)")
    _add(
        "pledge",
        "unit",
        "VARCHAR(40) NOT NULL DEFAULT ''",
        "ck_pledge_says_what CHECK ((kind = 'money') = (what = '') AND (kind = 'money') = (unit = '')"
        " AND (kind = 'money') = (quantity IS NULL))",
    )
    _add("pledge", "basis", "VARCHAR(300) NOT NULL DEFAULT ''")
    _add(
        "pledge",
        "lapsed_at",
        moment,
        "ck_pledge_lapsed_pair CHECK ((state = 'lapsed') = (lapsed_at IS NOT NULL))",
    )
    triggers.final(
        op, "pledge", columns=[*_PLEDGE_FINAL, "kind", "what", "quantity", "unit", "expected_on", "basis"]
    )
    triggers.refuse(
        op,
        "pledge",
        "UPDATE",
        name="pledge_ends_once",
        if_="OLD.state <> 'stated' AND NEW.state <> OLD.state",
    )
    triggers.refuse(
        op,
        "gift",
        "INSERT",
        name="gift_for_pledge_of_money",
        if_="EXISTS (SELECT 1 FROM pledge WHERE id = NEW.pledge_id AND kind <> 'money')",
    )

    op.create_table(
        "instalment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("pledge_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("satang > 0", name=op.f("ck_instalment_positive")),
        sa.CheckConstraint("number > 0", name=op.f("ck_instalment_counted")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_instalment_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("pledge_id", "number", name=op.f("uq_instalment_pledge_id_number")),
    )
    op.create_index(op.f("ix_instalment_due_on"), "instalment", ["due_on"], unique=False)
    triggers.final(op, "instalment")
    triggers.refuse(
        op,
        "instalment",
        "INSERT",
        name="instalment_within_pledge",
        if_="""NOT EXISTS (SELECT 1 FROM pledge AS p WHERE p.id = NEW.pledge_id AND p.kind = 'money' AND p.satang >=
            NEW.satang + (SELECT COALESCE(SUM(i.satang), 0) FROM instalment AS i WHERE i.pledge_id = NEW.pledge_id))""",
        lock="SELECT id FROM pledge WHERE id = NEW.pledge_id FOR UPDATE",
    )

    op.create_table(
        "goods_gift",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("valued_from", sa.String(length=8), nullable=False),
        sa.Column("valuation", sa.String(length=300), nullable=False),
        sa.Column("pledge_id", _ID, nullable=True),
        sa.Column("network_id", _ID, nullable=True),
        sa.Column("purpose_id", _ID, nullable=False),
        sa.Column("giver", sa.String(length=160), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", _ID, nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("contents_hash", sa.String(length=64), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", _ID, nullable=True),
        sa.Column("void_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("kind IN ('goods', 'labour')", name=op.f("ck_goods_gift_known_kind")),
        sa.CheckConstraint("quantity > 0 AND satang > 0", name=op.f("ck_goods_gift_positive")),
        sa.CheckConstraint("what <> '' AND unit <> ''", name=op.f("ck_goods_gift_says_what")),
        sa.CheckConstraint(
            "valued_from IN ('receipt', 'market', 'word')", name=op.f("ck_goods_gift_known_valuation")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)",
            name=op.f("ck_goods_gift_void_triple"),
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_goods_gift_pledge_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_goods_gift_network_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_goods_gift_purpose_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_goods_gift_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["user_account.id"], name=op.f("fk_goods_gift_voided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_gift")),
        sa.UniqueConstraint("token", name=op.f("uq_goods_gift_token")),
        sa.UniqueConstraint("fiscal_year_be", "number", name=op.f("uq_goods_gift_fiscal_year_be_number")),
    )
    op.create_index(op.f("ix_goods_gift_network_id"), "goods_gift", ["network_id"], unique=False)
    op.create_index(op.f("ix_goods_gift_pledge_id"), "goods_gift", ["pledge_id"], unique=False)
    triggers.final(
        op,
        "goods_gift",
        columns=[
            *(
                "fiscal_year_be",
                "number",
                "token",
                "kind",
                "what",
                "quantity",
                "unit",
                "satang",
                "valued_from",
            ),
            *("valuation", "pledge_id", "network_id", "purpose_id", "giver", "anonymous", "received_on"),
            *("recorded_at", "recorded_by_id", "contents", "contents_hash"),
        ],
    )
    triggers.refuse(
        op, "goods_gift", "UPDATE", name="goods_gift_voided_once", if_="OLD.voided_at IS NOT NULL"
    )
    triggers.refuse(
        op,
        "goods_gift",
        "INSERT",
        name="goods_gift_without_gap",
        if_="""NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM goods_gift
            WHERE fiscal_year_be = NEW.fiscal_year_be)""",
    )
    triggers.refuse(
        op,
        "goods_gift",
        "INSERT",
        name="goods_for_own_pledge",
        if_="""NEW.pledge_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pledge AS p WHERE p.id = NEW.pledge_id
            AND p.kind = NEW.kind AND p.network_id = NEW.network_id AND p.purpose_id = NEW.purpose_id)""",
    )

    op.create_table(
        "stock_item",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.CheckConstraint("name <> '' AND unit <> ''", name=op.f("ck_stock_item_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_item")),
        sa.UniqueConstraint("name", "unit", name=op.f("uq_stock_item_name_unit")),
    )
    triggers.final(op, "stock_item")
    op.create_table(
        "stock_move",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("goods_gift_id", _ID, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_move_moves")),
        sa.CheckConstraint(
            "quantity < 0 OR goods_gift_id IS NOT NULL", name=op.f("ck_stock_move_in_from_gift")
        ),
        sa.CheckConstraint("quantity > 0 OR reason <> ''", name=op.f("ck_stock_move_out_for_reason")),
        sa.ForeignKeyConstraint(["item_id"], ["stock_item.id"], name=op.f("fk_stock_move_item_id")),
        sa.ForeignKeyConstraint(
            ["goods_gift_id"], ["goods_gift.id"], name=op.f("fk_stock_move_goods_gift_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_stock_move_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    op.create_index(op.f("ix_stock_move_item_id"), "stock_move", ["item_id"], unique=False)
    op.create_index(op.f("ix_stock_move_goods_gift_id"), "stock_move", ["goods_gift_id"], unique=False)
    op.create_index(
        "uq_stock_move_gift_in",
        "stock_move",
        ["goods_gift_id"],
        unique=True,
        sqlite_where=sa.text("quantity > 0"),
        postgresql_where=sa.text("quantity > 0"),
    )
    triggers.final(op, "stock_move")
    triggers.refuse(
        op,
        "stock_move",
        "INSERT",
        name="stock_never_below_nothing",
        if_="""NEW.quantity + (SELECT COALESCE(SUM(quantity), 0) FROM stock_move WHERE item_id = NEW.item_id) < 0""",
        lock="SELECT id FROM stock_item WHERE id = NEW.item_id FOR UPDATE",
    )


def downgrade() -> None:
    triggers.drop(op, "stock_move", "stock_never_below_nothing")
    triggers.drop_final(op, "stock_move")
    op.drop_table("stock_move")
    triggers.drop_final(op, "stock_item")
    op.drop_table("stock_item")
    triggers.drop(
        op, "goods_gift", "goods_for_own_pledge", "goods_gift_without_gap", "goods_gift_voided_once"
    )
    triggers.drop_final(op, "goods_gift")
    op.drop_table("goods_gift")
    triggers.drop(op, "instalment", "instalment_within_pledge")
    triggers.drop_final(op, "instalment")
    op.drop_table("instalment")

    triggers.drop(op, "gift", "gift_for_pledge_of_money")
    triggers.drop(op, "pledge", "pledge_ends_once")
    triggers.drop_final(op, "pledge")
    # What could not be said before: a lapsed pledge is one that still stands.
    op.execute("UPDATE pledge SET state = 'stated', lapsed_at = NULL WHERE state = 'lapsed'")
    rebuild.drop_columns(op, "pledge", "lapsed_at", "basis", "unit", "quantity", "what", "kind")
    rebuild.recheck(op, "pledge", "ck_pledge_known_state", "state IN ('stated', 'withdrawn')")
    triggers.final(op, "pledge", columns=_PLEDGE_FINAL)

    triggers.drop(op, "network_contact", "contact_ends_once")
    triggers.drop_final(op, "network_contact")
    op.drop_table("network_contact")
    triggers.drop(op, "network", "network_moved_in_branch", "network_founded_in_branch")
    op.drop_index(op.f("ix_network_parent_id"), table_name="network")
    rebuild.drop_columns(op, "network", "path", "parent_id")
    op.execute("UPDATE network SET type = 'civil' WHERE type = 'person'")
    rebuild.recheck(op, "network", "ck_network_known_type", f"type IN ({_TYPES})")
