"""Commands of the bank room: bring a statement in, and say where the bank's callback goes."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.fund.bank import callbacks, statements, sweep
from app.kit.errors import BadInput
from app.kit.sheets import Limits


@click.group("bank")
def bank() -> None:
    """Money that comes in."""


@bank.command("import")
@click.argument("file")
@click.option("--account", help="Account number; may be left out while the fund has one.")
@click.option("--profile", help="Layout; may be left out where the header is known.")
@with_appcontext
def import_(file: str, account: str | None, profile: str | None) -> None:
    """Bring in a statement file (CSV or XLSX) and print how many lines were new, known, posted and waiting."""
    path = Path(file)
    try:
        with path.open("rb") as opened:
            # One byte more than is taken, so that a file past the limit is seen to be past it.
            raw = opened.read(Limits().size + 1)
    except (OSError, ValueError) as error:
        raise BadInput(f"เปิดไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของไฟล์: {file}") from error
    counts = statements.import_file(name=path.name, raw=raw, account_number=account, profile=profile, by=None)
    click.echo(json.dumps(counts, ensure_ascii=False))


@bank.command("sweep")
@click.option("--days", type=int, default=sweep.DAYS, show_default=True, help="How many days before today.")
@with_appcontext
def sweep_(days: int) -> None:
    """Ask the bank for its own list of the last days, take in what no message told, and print the counts."""
    click.echo(json.dumps(sweep.run(days), ensure_ascii=False))


@bank.command("callback-address")
@with_appcontext
def callback_address() -> None:
    """Print the path that SCB's Payment Confirmation must be sent to. It is a secret: who has it can tell of money."""
    click.echo(callbacks.PATH + current_app.extensions["kueakun"].callback_key)
