"""Payees: the receiving account, the issuer and a stop of giving change by two people; notices to staff."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0038_payees"
down_revision = "0037_payment_orders"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("fund_account", "issuer_version"):
        kind = "INTEGER" if on_sqlite else "BIGINT"
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN approval_id {kind} "
            f"CONSTRAINT fk_{table}_approval_id REFERENCES approval (id)"
        )
    op.create_index("uq_issuer_version_approval_id", "issuer_version", ["approval_id"], unique=True)
    _tables()
    _carry_over()
    _guard_accounts(on_sqlite)
    _guard_issuer(on_sqlite)
    triggers.refuse(
        op,
        "giving_stop",
        "UPDATE",
        name="giving_stop_ended_by_two",
        if_="""OLD.ended_at IS NOT NULL OR NEW.stopped_at <> OLD.stopped_at OR NEW.reason <> OLD.reason
            OR NEW.stopped_by_id <> OLD.stopped_by_id OR NOT EXISTS (
                SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id AND a.decision = 'approved'
                AND a.kind = 'giving.resume' AND a.asked_at >= OLD.stopped_at)""",
    )
    triggers.refuse(op, "giving_stop", "DELETE", name="kept_giving_stop", if_="1 = 1")
    triggers.final(op, "staff_notice", columns=["user_id", "title", "words", "href", "told_at"])


def _tables() -> None:
    op.create_table(
        "payee",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("biller_id", sa.String(length=15), nullable=True),
        sa.Column("promptpay_id", sa.String(length=13), nullable=True),
        sa.Column("approval_id", _ID, nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "biller_id IS NOT NULL OR promptpay_id IS NOT NULL", name=op.f("ck_payee_by_an_id")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["fund_account.id"], name=op.f("fk_payee_account_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_payee_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_payee_approval_id")),
    )
    op.create_index(op.f("ix_payee_account_id"), "payee", ["account_id"], unique=False)
    op.create_table(
        "giving_stop",
        sa.Column("id", _ID, nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by_id", _ID, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_id", _ID, nullable=True),
        sa.CheckConstraint("what = 'qr'", name=op.f("ck_giving_stop_known")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (approval_id IS NULL)", name=op.f("ck_giving_stop_ended_pair")
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by_id"], ["user_account.id"], name=op.f("fk_giving_stop_stopped_by_id")
        ),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_giving_stop_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_giving_stop")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_giving_stop_approval_id")),
    )
    op.create_index(
        "uq_giving_stop_open",
        "giving_stop",
        ["what"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "staff_notice",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("href", sa.String(length=200), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_staff_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
    )
    op.create_index(
        "ix_staff_notice_unseen",
        "staff_notice",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )


def _carry_over() -> None:
    """Whom QR codes paid until now goes on to be paid."""
    account = sa.table(
        "fund_account",
        sa.column("id", _ID),
        sa.column("biller_id", sa.String()),
        sa.column("promptpay_id", sa.String()),
        sa.column("state", sa.String()),
    )
    payee = sa.table(
        "payee",
        sa.column("account_id", _ID),
        sa.column("biller_id", sa.String()),
        sa.column("promptpay_id", sa.String()),
        sa.column("from_at", sa.DateTime(timezone=True)),
    )
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    if op.get_bind().dialect.name == "sqlite":
        long_ago = long_ago.replace(tzinfo=None)
    first = (
        sa.select(account)
        .where(
            account.c.state == "open",
            sa.or_(account.c.biller_id.is_not(None), account.c.promptpay_id.is_not(None)),
        )
        .order_by(account.c.biller_id.is_(None), account.c.id)
        .limit(1)
    )
    for row in op.get_bind().execute(first).all():
        op.get_bind().execute(
            payee.insert().values(
                account_id=row.id, biller_id=row.biller_id, promptpay_id=row.promptpay_id, from_at=long_ago
            )
        )


def _said(on_sqlite: bool, *columns: str) -> str:
    """Whether what was asked says of each of these columns what the new row says. A payload is JSON with sorted keys;
    a quotation mark within a text is escaped, so no text can pass for a key."""
    place = "instr" if on_sqlite else "strpos"
    return " AND ".join(
        f"""{place}(a.payload, '"{one}": ' || COALESCE('"' || NEW.{one} || '"', 'null')) > 0"""
        for one in columns
    )


def _guard_accounts(on_sqlite: bool) -> None:
    same = "IS" if on_sqlite else "IS NOT DISTINCT FROM"
    other = "IS NOT" if on_sqlite else "IS DISTINCT FROM"
    triggers.refuse(
        op,
        "fund_account",
        "INSERT",
        name="fund_account_proposed_by_two",
        if_=f"""NEW.state <> 'proposed' OR NEW.biller_id IS NOT NULL OR NEW.promptpay_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id AND a.decision = 'approved'
            AND a.kind = 'account.propose' AND {_said(on_sqlite, "number", "bank_code")})""",
    )
    triggers.refuse(
        op,
        "fund_account",
        "UPDATE",
        name="fund_account_stays",
        if_="NEW.number <> OLD.number OR NEW.bank_code <> OLD.bank_code OR NEW.name <> OLD.name",
    )
    # What opens an account is its own approval; what closes it is that, or the approval of the one in its place.
    triggers.refuse(
        op,
        "fund_account",
        "UPDATE",
        name="fund_account_by_two",
        if_=f"""(NEW.state <> OLD.state OR NEW.biller_id {other} OLD.biller_id
            OR NEW.promptpay_id {other} OLD.promptpay_id OR NEW.approval_id {other} OLD.approval_id)
            AND (NEW.approval_id IS NULL OR NEW.approval_id <= COALESCE(OLD.approval_id, 0) OR NOT EXISTS (
                SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id AND a.decision = 'approved' AND (
                    (a.kind = 'account.open' AND a.subject = 'account:' || NEW.id AND NEW.state = 'open'
                        AND {_said(on_sqlite, "biller_id", "promptpay_id")})
                    OR (NEW.state = 'closed' AND NEW.biller_id {same} OLD.biller_id
                        AND NEW.promptpay_id {same} OLD.promptpay_id AND (
                        (a.kind = 'account.close' AND a.subject = 'account:' || NEW.id)
                        OR (a.kind = 'account.open' AND a.subject <> 'account:' || NEW.id))))))""",
    )
    triggers.refuse(
        op,
        "payee",
        "INSERT",
        name="payee_by_two",
        if_=f"""NOT EXISTS (SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id AND a.decision = 'approved'
            AND a.kind = 'account.open' AND a.subject = 'account:' || NEW.account_id
            AND {_said(on_sqlite, "biller_id", "promptpay_id")})""",
    )
    day_later = (
        "julianday(NEW.from_at) < julianday(a.decided_at) + 0.99999"
        if on_sqlite
        else "NEW.from_at < a.decided_at + interval '1 day'"
    )
    # The fund's first counts at once, and the one that was the last; any other a day after it was approved.
    triggers.refuse(
        op,
        "payee",
        "INSERT",
        name="payee_waits",
        if_=f"""EXISTS (SELECT 1 FROM payee AS last WHERE last.id = (
                SELECT MAX(one.id) FROM payee AS one WHERE one.ended_at IS NULL OR one.ended_at > one.from_at)
            AND (last.account_id <> NEW.account_id OR last.biller_id {other} NEW.biller_id
                OR last.promptpay_id {other} NEW.promptpay_id))
            AND EXISTS (SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id AND {day_later})""",
    )
    triggers.final(op, "payee", columns=["account_id", "biller_id", "promptpay_id", "approval_id", "from_at"])
    triggers.refuse(op, "payee", "UPDATE", name="payee_ended_once", if_="OLD.ended_at IS NOT NULL")


def _guard_issuer(on_sqlite: bool) -> None:
    triggers.refuse(
        op,
        "issuer_version",
        "INSERT",
        name="issuer_version_by_two",
        if_=f"""NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id
            AND a.decision = 'approved' AND a.kind = 'issuer.note' AND {_said(on_sqlite, "tax_id")})""",
    )


def downgrade() -> None:
    triggers.drop_final(op, "staff_notice")
    triggers.drop(op, "giving_stop", "kept_giving_stop", "giving_stop_ended_by_two")
    triggers.drop(op, "issuer_version", "issuer_version_by_two")
    triggers.drop(op, "payee", "payee_ended_once", "payee_waits", "payee_by_two")
    triggers.drop_final(op, "payee")
    triggers.drop(
        op, "fund_account", "fund_account_by_two", "fund_account_stays", "fund_account_proposed_by_two"
    )
    op.drop_index(
        "ix_staff_notice_unseen",
        table_name="staff_notice",
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.drop_table("staff_notice")
    op.drop_index(
        "uq_giving_stop_open",
        table_name="giving_stop",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("giving_stop")
    op.drop_index(op.f("ix_payee_account_id"), table_name="payee")
    op.drop_table("payee")
    op.drop_index("uq_issuer_version_approval_id", table_name="issuer_version")
    rebuild.drop_columns(op, "issuer_version", "approval_id")
    rebuild.drop_columns(op, "fund_account", "approval_id")
