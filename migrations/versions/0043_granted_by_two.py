"""Roles that need two people: which approval each stands on, or which operator founded it; more roles kept apart."""

import sqlalchemy as sa
from alembic import op

from app.kit import rebuild, triggers

revision = "0043_granted_by_two"
down_revision = "0042_payment_indexes"
branch_labels = None
depends_on = None

_GIVEN = ["user_id", "role", "area_code", "dimension", "network_code", "granted_at", "granted_by_id"]
_COMPATIBLE = """NEW.revoked_at IS NULL AND EXISTS (
    SELECT 1 FROM role_grant AS held
    WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL AND (
        (NEW.role = 'auditor' AND held.role <> 'auditor')
        OR (NEW.role <> 'auditor' AND held.role = 'auditor')
        OR (NEW.role IN ('finance', 'administrator') AND held.role IN ('committee', 'chair'))
        OR (NEW.role IN ('committee', 'chair') AND held.role IN ('finance', 'administrator'))
        OR (NEW.role = 'finance' AND held.role = 'administrator')
        OR (NEW.role = 'administrator' AND held.role = 'finance'){more}))"""
#: Who is in the field asks; neither pays nor prepares what the committee decides.
_FIELD = """
        OR (NEW.role IN ('finance', 'fund_officer') AND held.role IN ('mentor', 'district_officer'))
        OR (NEW.role IN ('mentor', 'district_officer') AND held.role IN ('finance', 'fund_officer'))
        OR (NEW.role = 'finance' AND held.role IN ('fund_officer', 'dimension_secretary'))
        OR (NEW.role IN ('fund_officer', 'dimension_secretary') AND held.role = 'finance')"""
_GUARDED = "('finance', 'chair', 'committee', 'fund_officer', 'administrator')"


def _compatible(more: str) -> None:
    triggers.refuse(
        op,
        "role_grant",
        "INSERT",
        name="role_grant_compatible",
        lock="SELECT id FROM user_account WHERE id = NEW.user_id FOR UPDATE",
        if_=_COMPATIBLE.replace("{more}", more),
    )


def upgrade() -> None:
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE role_grant ADD COLUMN approval_id {kind} "
        "CONSTRAINT fk_role_grant_approval_id REFERENCES approval (id)"
    )
    op.add_column(
        "role_grant", sa.Column("operator", sa.String(length=64), nullable=False, server_default="")
    )
    op.create_index("uq_role_grant_approval_id", "role_grant", ["approval_id"], unique=True)
    triggers.drop_final(op, "role_grant")
    triggers.final(op, "role_grant", columns=[*_GIVEN, "approval_id", "operator"])
    triggers.drop(op, "role_grant", "role_grant_compatible")
    _compatible(_FIELD)
    triggers.refuse(
        op,
        "role_grant",
        "INSERT",
        name="role_grant_by_two",
        if_=f"""NEW.revoked_at IS NULL AND NEW.role IN {_GUARDED}
            AND NOT EXISTS (SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id
                AND a.kind = 'role.grant' AND a.decision = 'approved' AND a.concerned_id = NEW.user_id
                AND a.subject = 'user:' || NEW.user_id || ':' || NEW.role)
            AND NOT (NEW.operator <> '' AND NEW.granted_by_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM role_grant AS held WHERE held.role = NEW.role AND held.revoked_at IS NULL))""",
    )


def downgrade() -> None:
    triggers.drop(op, "role_grant", "role_grant_by_two", "role_grant_compatible")
    _compatible("")
    triggers.drop_final(op, "role_grant")
    triggers.final(op, "role_grant", columns=_GIVEN)
    op.drop_index("uq_role_grant_approval_id", table_name="role_grant")
    rebuild.drop_columns(op, "role_grant", "approval_id", "operator")
