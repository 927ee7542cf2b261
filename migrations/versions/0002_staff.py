"""Staff: people, roles, sessions, the audit trail."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0002_staff"
down_revision = "0001_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sign_in_name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_address_at", "sign_in_attempt", ["address", "at"], unique=False)
    op.create_index("ix_sign_in_attempt_name_at", "sign_in_attempt", ["sign_in_name", "at"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sign_in_name", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.String(length=160), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_is_temporary", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("sign_in_name", name=op.f("uq_user_account_sign_in_name")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deed", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_audit_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_subject", "audit_event", ["subject"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("area_code", sa.String(length=6), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("network_code", sa.String(length=12), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "role <> 'treasurer' OR network_code <> ''", name=op.f("ck_role_grant_treasurer_has_network")
        ),
        sa.CheckConstraint(
            "role IN ('treasurer', 'mentor', 'district_officer', 'dimension_secretary', 'fund_officer', 'finance', 'committee', 'chair', 'auditor', 'administrator')",
            name=op.f("ck_role_grant_known_role"),
        ),
        sa.CheckConstraint(
            "revoked_by_id IS NULL OR revoked_at IS NOT NULL", name=op.f("ck_role_grant_revoked_by_needs_at")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["user_account.id"], name=op.f("fk_role_grant_granted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["user_account.id"], name=op.f("fk_role_grant_revoked_by_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_user_id"), "role_grant", ["user_id"], unique=False)
    op.create_index(
        "uq_role_grant_live",
        "role_grant",
        ["user_id", "role", "area_code", "dimension", "network_code"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_staff_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_user_id"), "staff_session", ["user_id"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_seal_event_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_seal_event_id")),
    )
    triggers.final(op, "audit_event")
    triggers.final(op, "audit_seal")
    triggers.refuse(
        op,
        "audit_seal",
        "INSERT",
        name="audit_seal_in_order",
        if_="""NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_seal)""",
    )
    triggers.final(
        op,
        "role_grant",
        columns=["user_id", "role", "area_code", "dimension", "network_code", "granted_at", "granted_by_id"],
    )
    triggers.refuse(
        op,
        "role_grant",
        "UPDATE",
        name="role_grant_stays_revoked",
        if_="OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL",
    )
    # Who approves never pays, who pays never administers, who audits does nothing else.
    triggers.refuse(
        op,
        "role_grant",
        "INSERT",
        name="role_grant_compatible",
        lock="SELECT id FROM user_account WHERE id = NEW.user_id FOR UPDATE",
        if_="""NEW.revoked_at IS NULL AND EXISTS (
            SELECT 1 FROM role_grant AS held
            WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL AND (
                (NEW.role = 'auditor' AND held.role <> 'auditor')
                OR (NEW.role <> 'auditor' AND held.role = 'auditor')
                OR (NEW.role IN ('finance', 'administrator') AND held.role IN ('committee', 'chair'))
                OR (NEW.role IN ('committee', 'chair') AND held.role IN ('finance', 'administrator'))
                OR (NEW.role = 'finance' AND held.role = 'administrator')
                OR (NEW.role = 'administrator' AND held.role = 'finance')))""",
    )
    triggers.refuse(op, "user_account", "DELETE", name="kept_user_account", if_="1 = 1")


def downgrade() -> None:
    triggers.drop(op, "user_account", "kept_user_account")
    triggers.drop(op, "role_grant", "role_grant_compatible", "role_grant_stays_revoked")
    triggers.drop_final(op, "role_grant")
    triggers.drop(op, "audit_seal", "audit_seal_in_order")
    triggers.drop_final(op, "audit_seal")
    triggers.drop_final(op, "audit_event")
    op.drop_table("audit_seal")
    op.drop_index(op.f("ix_staff_session_user_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(
        "uq_role_grant_live",
        table_name="role_grant",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_role_grant_user_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("user_account")
    op.drop_index("ix_sign_in_attempt_name_at", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_address_at", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
