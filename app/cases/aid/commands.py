"""Commands of the committee: its papers as files."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cases.aid.committee_pages import pack as packs
from app.kit.errors import BadInput


@click.group("committee")
def committee() -> None:
    """The committee's papers."""


@committee.command("pack")
@click.argument("meeting")
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="The PDF to write.")
@with_appcontext
def pack(meeting: str, out: str) -> None:
    """Write what the members of MEETING (as 3/2569) read before they decide: one page an item, and nobody's name."""
    found = packs.meeting_called(meeting)
    content = packs.printed(found)
    try:
        Path(out).write_bytes(content)
    except (OSError, ValueError) as error:
        raise BadInput(f"เขียนไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของโฟลเดอร์: {out}") from error
    click.echo(
        json.dumps({"meeting": found.code, "items": len(found.items), "file": out}, ensure_ascii=False)
    )
