"""Approvals: what needs two people of different roles."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0029_approvals"
down_revision = "0028_issuer"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ROLES = "('chair', 'finance', 'fund_officer', 'administrator')"
_HELD = "EXISTS (SELECT 1 FROM role_grant AS held WHERE held.user_id = NEW.{0}_by_id AND held.role = NEW.{0}_role AND held.revoked_at IS NULL)"


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("concerned_id", _ID, nullable=True),
        sa.Column("asked_by_id", _ID, nullable=False),
        sa.Column("asked_role", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_by_id", _ID, nullable=True),
        sa.Column("decided_role", sa.String(length=24), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_approval_known_decision"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_approval_decided_pair")
        ),
        sa.CheckConstraint(
            "(decision IS NOT NULL AND decision <> 'expired') = (decided_by_id IS NOT NULL)",
            name=op.f("ck_approval_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision NOT IN ('approved', 'declined') OR decided_by_id <> asked_by_id",
            name=op.f("ck_approval_other_hand"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'withdrawn' OR decided_by_id = asked_by_id",
            name=op.f("ck_approval_withdrawn_by_asker"),
        ),
        sa.CheckConstraint(
            "(decision IS NOT NULL AND decision IN ('approved', 'declined')) = (decided_role IS NOT NULL)",
            name=op.f("ck_approval_role_pair"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR decided_role <> asked_role",
            name=op.f("ck_approval_other_role"),
        ),
        sa.CheckConstraint(
            "concerned_id IS NULL OR concerned_id <> asked_by_id",
            name=op.f("ck_approval_not_concerned_asking"),
        ),
        sa.CheckConstraint(
            "concerned_id IS NULL OR decision IS NULL OR decision NOT IN ('approved', 'declined') OR concerned_id <> decided_by_id",
            name=op.f("ck_approval_not_concerned"),
        ),
        sa.CheckConstraint(
            f"asked_role IN {_ROLES} AND (decided_role IS NULL OR decided_role IN {_ROLES})",
            name=op.f("ck_approval_known_roles"),
        ),
        *(
            sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_approval_{column}"))
            for column in ("concerned_id", "asked_by_id", "decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(
        "uq_approval_open",
        "approval",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("decision IS NULL"),
        postgresql_where=sa.text("decision IS NULL"),
    )
    triggers.final(
        op,
        "approval",
        columns=[
            "kind",
            "subject",
            "payload",
            "changes",
            "reason",
            "concerned_id",
            "asked_by_id",
            "asked_role",
            "asked_at",
            "expires_at",
        ],
    )
    triggers.refuse(op, "approval", "UPDATE", name="approval_decided_once", if_="OLD.decision IS NOT NULL")
    triggers.refuse(
        op,
        "approval",
        "INSERT",
        name="approval_asked_in_role",
        lock="SELECT id FROM role_grant WHERE user_id = NEW.asked_by_id AND revoked_at IS NULL FOR SHARE",
        if_=f"NEW.decision IS NOT NULL OR NOT {_HELD.format('asked')}",
    )
    # Both hold their roles at the moment of the answer, and it came in time.
    triggers.refuse(
        op,
        "approval",
        "UPDATE",
        name="approval_decided_in_role",
        lock="SELECT id FROM role_grant WHERE user_id IN (NEW.asked_by_id, NEW.decided_by_id) AND revoked_at IS NULL FOR SHARE",
        if_=f"""(NEW.decision IN ('approved', 'declined') AND NOT {_HELD.format("decided")})
            OR (NEW.decision = 'approved' AND NOT {_HELD.format("asked")})
            OR (NEW.decision = 'approved' AND NEW.decided_at >= OLD.expires_at)
            OR (NEW.decision = 'expired' AND NEW.decided_at < OLD.expires_at)""",
    )


def downgrade() -> None:
    triggers.drop(
        op, "approval", "approval_decided_in_role", "approval_asked_in_role", "approval_decided_once"
    )
    triggers.drop_final(op, "approval")
    op.drop_index(
        "uq_approval_open",
        table_name="approval",
        sqlite_where=sa.text("decision IS NULL"),
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.drop_table("approval")
