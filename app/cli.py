"""The operator's commands. Exit 0 when well; exit 2 with one clear line on standard error when refused."""

import os
import sys
from contextlib import suppress

import click
from flask import Flask
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from app import create_app
from app.fund.ledger.accounts import ensure_general
from app.kit import private, schema
from app.kit.db import transaction
from app.kit.errors import Refused
from app.province.portal import claim, refuse_other_key
from app.rooms import DEMO, ROOMS
from app.server import serve, work
from app.settings import Settings


@click.group()
@click.version_option(package_name="kueakun")
def kueakun() -> None:
    """เกื้อกูล: the portal of a provincial poverty-eradication fund."""


@kueakun.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
@with_appcontext
def db_upgrade() -> None:
    """Bring the schema up to the newest migration and mark the database as this portal's."""
    schema.upgrade()
    settings = Settings.here()
    with transaction():
        claim(province=settings.province, demo=settings.demo, id_key=settings.id_key)
        if not settings.demo:
            ensure_general()
    click.echo(schema.current())


for command in (*(command for room in (*ROOMS, DEMO) for command in room.commands), serve, work):
    kueakun.add_command(command)


def _portal() -> Flask:
    """The portal of every command, on a database that is neither another version's nor another key's."""
    app = create_app()
    # Of a database that does not answer the command itself tells.
    with app.app_context(), suppress(SQLAlchemyError):
        schema.refuse_foreign()
        if schema.current() is not None:
            refuse_other_key(app.extensions["kueakun"].id_key)
    return app


def main() -> None:
    """The `kueakun` program."""
    # Whatever a command makes, and every program that it starts: the database, papers, photographs.
    os.umask(private.UMASK)
    try:
        code = kueakun.main(standalone_mode=False, obj=ScriptInfo(create_app=_portal))
    except Refused as refused:
        print(" ".join(refused.words.split()), file=sys.stderr)
        sys.exit(2)
    except click.ClickException as error:
        print(" ".join(error.format_message().split()), file=sys.stderr)
        sys.exit(2)
    except OperationalError as error:
        print(_unready(error), file=sys.stderr)
        sys.exit(2)
    except ProgrammingError as error:
        if "does not exist" not in str(error.orig):
            raise
        print(_unready(error), file=sys.stderr)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _unready(error: OperationalError | ProgrammingError) -> str:
    """One line for the operator whose database does not answer or has not been brought up to date."""
    first = str(error.orig).splitlines()[0]
    if "no such table" in first or "no such column" in first or "does not exist" in first:
        return f"ฐานข้อมูลยังไม่พร้อมหรือยังเป็นรุ่นเก่า กรุณาสั่ง kueakun db upgrade ก่อน ({first})"
    return f"เปิดหรือเขียนฐานข้อมูลไม่ได้ กรุณาตรวจ KUEAKUN_DATABASE_URL ({first})"
