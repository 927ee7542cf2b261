"""Commands of the committee: its papers as files."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cases.aid.committee_pages import minutes_paper
from app.cases.aid.committee_pages import pack as packs
from app.fund.committee import meetings, minutes
from app.kit.errors import BadInput


@click.group("committee")
def committee() -> None:
    """The committee's papers."""


def _write(out: str, content: bytes) -> None:
    try:
        Path(out).write_bytes(content)
    except (OSError, ValueError) as error:
        raise BadInput(f"เขียนไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของโฟลเดอร์: {out}") from error


_out = click.option("--out", required=True, type=click.Path(dir_okay=False), help="The PDF to write.")


@committee.command("pack")
@click.argument("meeting")
@_out
@with_appcontext
def pack(meeting: str, out: str) -> None:
    """Write what the members of MEETING (as 3/2569) read before they decide: one page an item, and nobody's name."""
    found = meetings.by_code(meeting)
    _write(out, packs.printed(found))
    click.echo(
        json.dumps({"meeting": found.code, "items": len(found.items), "file": out}, ensure_ascii=False)
    )


@committee.command("minutes")
@click.argument("meeting")
@_out
@click.option("--digits", type=click.Choice(("thai", "arabic")), default="thai", show_default=True)
@with_appcontext
def minutes_(meeting: str, out: str, digits: str) -> None:
    """Write the minutes of MEETING (as 3/2569): the endorsed ones as they were kept, else a draft, marked so."""
    found = meetings.by_code(meeting)
    made = minutes.of(found.id)
    _write(out, made.pdf if made else minutes_paper.paper(found, digits=digits))
    click.echo(
        json.dumps({"meeting": found.code, "endorsed": made is not None, "file": out}, ensure_ascii=False)
    )
