"""Commands of the register: look at a file or bring it in, compare two rounds, find who may stand there twice."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cases.register import column_maps, differences, duplicates, intake, parsed_file, rounds, thresholds
from app.cases.register.columns import ColumnMap, UnknownColumns, fingerprint
from app.cases.register.records import RegisterSource, Round
from app.kit import thai
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import Limits
from app.province.profile import Profile


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
@click.option("--map", "map_file", help='JSON: {"columns": {field: heading or number}, "years": "be"}.')
@click.option("--apply", "do_apply", is_flag=True, help="Bring the file in; without it nothing changes.")
@click.option("--override", default="", help="Why a file is right that the thresholds stop.")
@with_appcontext
def import_(
    file: str,
    round_code: str,
    source: str,
    fiscal_year: int | None,
    as_of: str | None,
    declared_total: int | None,
    map_file: str | None,
    *,
    do_apply: bool,
    override: str,
) -> None:
    """Print what a CSV or XLSX file would do; with --apply it is done.

    One JSON line: households new in the round, changed, same and missing, rows in conflict, households that cannot be read
    (errors). Every line to look at is told on standard error, and names no one.
    """
    on: date | None = thai.parse_date(as_of) if as_of else None
    path = Path(file)
    raw = _read(path)
    mapped = _mapped(raw, map_file)
    if do_apply:
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
                mapped=mapped,
                override=override,
            )
            counts = taken.counts
            told = [(remark["line"], remark["words"]) for remark in taken.remarks]
    else:
        plan = intake.look_at(
            raw=raw,
            round_code=round_code,
            source=source,
            fiscal_year_be=fiscal_year,
            as_of=on,
            declared_total=declared_total,
            mapped=mapped,
        )
        counts = plan.counts
        told = [(remark.line, remark.words) for remark in plan.file.all_remarks()]
        for words in thresholds.stops(plan):
            click.echo(f"หยุดไว้ก่อน: {words}", err=True)
    for line, words in told:
        click.echo(f"แถวที่ {line}: {words}", err=True)
    click.echo(json.dumps(counts, ensure_ascii=False))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            # One byte more than is taken, so that a file past the limit is seen to be past it.
            return opened.read(Limits().size + 1)
    except (OSError, ValueError) as error:
        raise BadInput(f"เปิดไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของไฟล์: {path}") from error


def _mapped(raw: bytes, map_file: str | None) -> dict[str, ColumnMap]:
    if not map_file:
        return {}
    try:
        headings, _ = parsed_file.table_of(raw, province_code=Profile.here().province_code)
    except UnknownColumns as unknown:
        headings = unknown.best
    said = column_maps.from_json(Path(map_file), headings.titles)
    columns = {**headings.as_map(), **said.columns}
    # Whatever a column was taken for before, it is what was said.
    taken = {place: name for name, place in said.columns.items()}
    columns = {name: place for name, place in columns.items() if taken.get(place, name) == name}
    return {fingerprint(headings.titles): ColumnMap(columns, said.years)}


@register.command("diff")
@click.argument("older")
@click.argument("newer")
@click.option("--json", "as_json", is_flag=True, help="Everything, household by household.")
@with_appcontext
def diff(older: str, newer: str, *, as_json: bool) -> None:
    """Compare two rounds: households that came and went, and what is said otherwise of those in both."""
    found = differences.between(_round(older), _round(newer))
    counts = {
        "new": len(found.new),
        "missing": len(found.missing),
        "changed": len(found.changed),
        "same": found.same,
    }
    if as_json:
        click.echo(
            json.dumps(
                {
                    **counts,
                    "new_households": found.new,
                    "missing_households": found.missing,
                    "changes": [asdict(change) for change in found.changed],
                },
                ensure_ascii=False,
            )
        )
        return
    click.echo(
        f"ใหม่ {counts['new']:,} · หายไป {counts['missing']:,} · เปลี่ยนแปลง {counts['changed']:,} · เหมือนเดิม {counts['same']:,}"
    )


def _round(code: str) -> Round:
    found = rounds.named(code)
    if found is None:
        raise Refused(f"ไม่พบรอบทะเบียนรหัส {code}")
    return found


@register.command("duplicates")
@click.option("--json", "as_json", is_flag=True, help="Every pair.")
@with_appcontext
def duplicates_(*, as_json: bool) -> None:
    """People who may stand in the register twice: household and place of both, and why. Nothing is merged."""
    found = duplicates.scan()
    if as_json:
        click.echo(
            json.dumps(
                {"pairs": len(found), "duplicates": [asdict(pair) for pair in found]}, ensure_ascii=False
            )
        )
        return
    for pair in found:
        click.echo(f"{pair.first} · {pair.second}: {pair.why}")
    click.echo(f"{len(found):,} คู่")
