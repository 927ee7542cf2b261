"""Commands of the books."""

import json
import sys

import click
from flask.cli import with_appcontext

from app.fund.ledger import books as ledger
from app.kit.db import transaction


@click.group()
def books() -> None:
    """The books of the fund."""


@books.command()
@with_appcontext
def check() -> None:
    """Check the books. Prints how many integrity checks were made of how many expected, and each with its findings; exit 2 when one does not hold."""
    checks = ledger.check()
    found = [f"{name}: {finding}" for name, several in checks.items() for finding in several]
    with transaction():
        ledger.note_check(found, by="command")
    made, expected = ledger.made_of_expected()
    report = {"held": not found, "made": made, "expected": expected, "proofs": checks}
    click.echo(json.dumps(report, ensure_ascii=False))
    if found:
        print(f"บัญชีไม่ตรง {len(found)} จุด จุดแรก: {found[0]}", file=sys.stderr)
        sys.exit(2)
