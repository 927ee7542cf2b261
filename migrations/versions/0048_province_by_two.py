"""Who sees every household of the province is let in by two people: an auditor, and a mentor of no one area."""

from alembic import op

from app.kit import triggers

revision = "0048_province_by_two"
down_revision = "0047_asked_by"
branch_labels = None
depends_on = None

_BEFORE = "{of}.role IN ('finance', 'chair', 'committee', 'fund_officer', 'administrator')"
_NOW = """({of}.role IN ('finance', 'chair', 'committee', 'fund_officer', 'auditor', 'administrator')
    OR ({of}.role = 'mentor' AND {of}.area_code = ''))"""


def _by_two(guarded: str) -> None:
    # A mentor of an area is no mentor of the province.
    alike = f"held.role = NEW.role AND {guarded.format(of='held')}"
    triggers.drop(op, "role_grant", "role_grant_by_two")
    triggers.refuse(
        op,
        "role_grant",
        "INSERT",
        name="role_grant_by_two",
        if_=f"""NEW.revoked_at IS NULL AND {guarded.format(of="NEW")}
            AND NOT EXISTS (SELECT 1 FROM approval AS a WHERE a.id = NEW.approval_id
                AND a.kind = 'role.grant' AND a.decision = 'approved' AND a.concerned_id = NEW.user_id
                AND a.subject = 'user:' || NEW.user_id || ':' || NEW.role)
            AND NOT (NEW.operator <> '' AND NEW.granted_by_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM role_grant AS held WHERE {alike} AND held.revoked_at IS NULL))""",
    )
    triggers.drop(op, "user_account", "password_of_officer_by_two")
    triggers.refuse(
        op,
        "user_account",
        "UPDATE",
        name="password_of_officer_by_two",
        if_=f"""NEW.password_is_temporary AND OLD.password_hash <> NEW.password_hash AND EXISTS (SELECT 1
            FROM role_grant AS held WHERE held.user_id = NEW.id AND held.revoked_at IS NULL
            AND {guarded.format(of="held")})""",
    )


def upgrade() -> None:
    _by_two(_NOW)


def downgrade() -> None:
    _by_two(_BEFORE)
