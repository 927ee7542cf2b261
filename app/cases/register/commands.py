"""Commands of the register: bring a register file in."""

import json
from datetime import date
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cases.register import intake
from app.cases.register.records import RegisterSource
from app.kit import thai
from app.kit.db import transaction
from app.kit.errors import BadInput
from app.kit.sheets import Limits

_REMARKS_TOLD = 20


@click.group("register")
def register() -> None:
    """The register of households."""


@register.command("import")
@click.argument("file")
@click.option(
    "--round", "round_code", required=True, help="Code of the round; opened when there is none yet."
)
@click.option("--source", required=True, type=click.Choice([source.value for source in RegisterSource]))
@click.option(
    "--fiscal-year", type=int, help="Buddhist era; else the 25xx in the round's code, else this year's."
)
@click.option("--as-of", help="The day the source speaks of; today unless given.")
@click.option("--declared-total", type=int, help="Households that the source says the round has.")
@with_appcontext
def import_(
    file: str,
    round_code: str,
    source: str,
    fiscal_year: int | None,
    as_of: str | None,
    declared_total: int | None,
) -> None:
    """Bring in a CSV or XLSX file and print how many households were new, changed, same and left out (errors).

    What to mend is told on standard error, by line, and names no one.
    """
    on: date | None = thai.parse_date(as_of) if as_of else None
    path = Path(file)
    try:
        with path.open("rb") as opened:
            # One byte more than is taken, so that a file past the limit is seen to be past it.
            raw = opened.read(Limits().size + 1)
    except (OSError, ValueError) as error:
        raise BadInput(f"เปิดไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของไฟล์: {file}") from error
    with transaction():
        taken = intake.take_in(
            name=path.name,
            raw=raw,
            round_code=round_code,
            source=source,
            by=None,
            fiscal_year_be=fiscal_year,
            as_of=on,
            declared_total=declared_total,
        )
        counts, remarks = taken.counts, taken.remarks
    for remark in remarks[:_REMARKS_TOLD]:
        click.echo(f"แถวที่ {remark['line']}: {remark['words']}", err=True)
    if len(remarks) > _REMARKS_TOLD:
        click.echo(f"และอีก {len(remarks) - _REMARKS_TOLD:,} แถว ดูได้ที่หน้าทะเบียน", err=True)
    click.echo(json.dumps(counts, ensure_ascii=False))
