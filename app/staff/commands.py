"""Commands of the staff room: people who sign in, and the proof of the audit trail."""

import json
import sys
from collections.abc import Callable

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.kit.db import db, transaction
from app.kit.errors import BadInput
from app.staff import audit as trail
from app.staff import passwords, people
from app.staff.roles import Role
from app.staff.users import User


@click.group()
def user() -> None:
    """The people who sign in."""


#: Said in place of an area's code.
_WHOLE_PROVINCE = "all"

_Command = Callable[..., None]


def _of_a_role(command: _Command) -> _Command:
    """The options that say a role and its scope."""
    for option in (
        click.option("--network", default="", help="Code of the network a treasurer speaks for."),
        click.option("--dimension", default="", help="Code of a dimension."),
        click.option("--area", default="", help="Code of a district (4 digits) or subdistrict (6), or: all."),
        click.option("--role", required=True, type=click.Choice([role.value for role in Role])),
    ):
        command = option(command)
    return command


def _grant(user_id: int, *, role: str, area: str, dimension: str, network: str) -> None:
    people.grant(
        user_id=user_id,
        role=Role(role),
        area_code="" if area == _WHOLE_PROVINCE else area,
        whole_province=area == _WHOLE_PROVINCE,
        dimension=dimension,
        network_code=network,
        by=None,
    )


@user.command("add")
@click.argument("sign_in_name")
@click.option("--name", required=True, help="Thai name with title, as printed on vouchers and minutes.")
@_of_a_role
@click.option("--position", default="")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@with_appcontext
def add(
    sign_in_name: str,
    name: str,
    role: str,
    position: str,
    area: str,
    dimension: str,
    network: str,
    password_stdin: bool,
) -> None:
    """Open an account with one role.

    Without --password-stdin a password is made and printed this once; it is good for choosing one's own. Chair,
    committee, finance, fund officer, auditor, administrator and a mentor of all areas: only while nobody holds the role;
    later ones take two people.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else passwords.made()
    if not password:
        raise BadInput("ไม่พบรหัสผ่านทางอินพุตมาตรฐาน")
    with transaction():
        employed = people.employ(
            sign_in_name=sign_in_name,
            name=name,
            position=position,
            password=password,
            temporary=not password_stdin,
            by=None,
        )
        _grant(employed.id, role=role, area=area, dimension=dimension, network=network)
        report = {"sign_in_name": employed.sign_in_name, "name": employed.name, "role": role}
    if not password_stdin:
        report["password"] = password
    click.echo(json.dumps(report, ensure_ascii=False))


@user.command("grant")
@click.argument("sign_in_name")
@_of_a_role
@with_appcontext
def grant(sign_in_name: str, role: str, area: str, dimension: str, network: str) -> None:
    """Give a further role to somebody who has an account; see `user add` for roles that take two people."""
    number = people.named(sign_in_name).id
    with transaction():
        _grant(number, role=role, area=area, dimension=dimension, network=network)
    click.echo(json.dumps({"sign_in_name": sign_in_name, "role": role}, ensure_ascii=False))


@user.command("list")
@with_appcontext
def list_() -> None:
    """Everyone who has or had an account, with the roles they hold now."""
    users = db.session().scalars(select(User).options(selectinload(User.grants)).order_by(User.sign_in_name))
    rows = [
        {
            "sign_in_name": user.sign_in_name,
            "name": user.name,
            "closed": user.closed_at is not None,
            "roles": [
                {
                    "role": grant.role,
                    "area": grant.area_code,
                    "dimension": grant.dimension,
                    "network": grant.network_code,
                }
                for grant in user.grants
            ],
        }
        for user in users
    ]
    click.echo(json.dumps({"users": rows}, ensure_ascii=False))


@user.command("close")
@click.argument("sign_in_name")
@with_appcontext
def close(sign_in_name: str) -> None:
    """Close an account at once and end its sessions. What it did stays."""
    number = people.named(sign_in_name).id
    with transaction():
        people.close(number, by=None)
    click.echo(json.dumps({"sign_in_name": sign_in_name, "closed": True}, ensure_ascii=False))


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@with_appcontext
def verify() -> None:
    """Walk the whole chain; exit 2 naming the first broken link."""
    click.echo(json.dumps({"ok": True, **trail.verify()}, ensure_ascii=False))
