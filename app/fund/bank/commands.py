"""Commands of the bank room: statements, sweeps and the address of callbacks."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.fund.bank.inquiry import sweep
from app.fund.bank.providers import callbacks
from app.fund.bank.statements import statements
from app.kit.errors import BadInput
from app.settings import Settings


@click.group("bank")
def bank() -> None:
    """Money that comes in."""


@bank.command("import")
@click.argument("file")
@click.option("--account", help="Account number; may be left out while the fund has one.")
@click.option("--profile", help="Layout; may be left out where the header is known.")
@with_appcontext
def import_(file: str, account: str | None, profile: str | None) -> None:
    """Bring in a statement file (CSV, XLSX, MT940 or camt.053) and print how many lines were new, known, posted and waiting."""
    path = Path(file)
    try:
        opened = path.open("rb")
    except (OSError, ValueError) as error:
        raise BadInput(f"เปิดไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของไฟล์: {file}") from error
    with opened:
        counts = statements.import_stream(
            name=path.name, file=opened, account_number=account, profile=profile, by=None
        )
    click.echo(json.dumps(counts, ensure_ascii=False))


@bank.command("sweep")
@click.option("--days", type=int, default=sweep.DAYS, show_default=True, help="How many days before today.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, as without it.")
@with_appcontext
def sweep_(days: int, as_json: bool) -> None:
    """Ask SCB and Omise for their own lists of the last days, take in what no message told, and print the counts."""
    extensions = current_app.extensions
    if "demo_providers" in extensions:
        # The demonstration that is being served has a bank to ask, at its own address.
        extensions["kueakun"] = extensions["demo_providers"]()
    click.echo(json.dumps(sweep.run(days), ensure_ascii=False))


@bank.command("callback-address")
@with_appcontext
def callback_address() -> None:
    """Print the path that SCB's Payment Confirmation must be sent to. It is a secret: who has it can tell of money."""
    click.echo(callbacks.PATH + Settings.here().callback_key)
