"""Links with which officers choose a new password, and the addresses to which the portal writes to its people."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0045_password_links"
down_revision = "0044_denied_lines"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OFFICER = """EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = {of} AND held.revoked_at IS NULL
    AND held.role IN ('finance', 'chair', 'committee', 'fund_officer', 'administrator'))"""


def upgrade() -> None:
    for name, length in (("email", 254), ("line_user_id", 40)):
        op.add_column(
            "user_account", sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        )
    # One person alone gives nobody with power over money or people a password.
    triggers.refuse(
        op,
        "user_account",
        "UPDATE",
        name="password_of_officer_by_two",
        if_=f"""NEW.password_is_temporary AND OLD.password_hash <> NEW.password_hash
            AND {_OFFICER.format(of="NEW.id")}""",
    )
    op.create_table(
        "password_link",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("approval_id", _ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_password_link_user_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_password_link_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_link_token_hash")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_password_link_approval_id")),
    )
    op.create_index("ix_password_link_user_id", "password_link", ["user_id"], unique=False)
    triggers.final(
        op,
        "password_link",
        columns=["user_id", "seed", "token_hash", "approval_id", "made_at", "expires_at"],
    )
    triggers.refuse(
        op,
        "password_link",
        "UPDATE",
        name="password_link_used_once",
        if_="OLD.used_at IS NOT NULL OR NEW.used_at >= OLD.expires_at",
    )
    triggers.refuse(
        op,
        "password_link",
        "INSERT",
        name="password_link_by_two",
        if_="""NOT EXISTS (SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id AND a.kind IN ('password.reset', 'role.grant')
            AND a.decision = 'approved' AND a.concerned_id = NEW.user_id)""",
    )


def downgrade() -> None:
    triggers.drop(op, "password_link", "password_link_by_two", "password_link_used_once")
    triggers.drop_final(op, "password_link")
    op.drop_table("password_link")
    triggers.drop(op, "user_account", "password_of_officer_by_two")
    rebuild.drop_columns(op, "user_account", "email", "line_user_id")
