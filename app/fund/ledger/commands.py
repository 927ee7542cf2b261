"""Commands of the books."""

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.fund.ledger import books as ledger
from app.fund.ledger import opening, opening_files
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals, papers, signin
from app.staff.users import User


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


@books.command("open")
@click.argument("file")
@click.option("--as", "sign_in_name", required=True, help="Sign-in name of who asks, or of who approves.")
@click.option("--paper", help="The PDF or picture that the sums rest on; needed to ask.")
@click.option("--reason", default="", help="Where the sums come from; needed to ask.")
@click.option("--approve", is_flag=True, help="Approve what another person asked for with the same file.")
@with_appcontext
def open_(file: str, sign_in_name: str, paper: str | None, reason: str, approve: bool) -> None:
    """Begin the books with what the fund had: FILE says it by purpose. One person asks, another of another role approves.

    The person's password is the first line of standard input, or asked for.
    """
    said = opening_files.read(_content(file))
    by = _person(sign_in_name)
    if approve:
        _approve(said, by=by)
        return
    if paper is None:
        raise BadInput("กรุณาบอกเอกสารหลักฐานด้วย --paper เช่น ภาพสมุดเงินฝาก (PDF หรือภาพ)")
    kept = papers.keep(_content(paper))
    with transaction():
        asked = opening.ask(said.lines, as_of=said.as_of, paper=kept, reason=reason, by=by)
        report = {
            "asked": asked.id,
            "as_of": said.as_of.isoformat(),
            "purposes": len(said.lines),
            "satang": sum(line.satang for line in said.lines),
        }
    click.echo(json.dumps(report, ensure_ascii=False))


def _approve(said: opening_files.OpeningFile, *, by: User) -> None:
    waiting = opening.waiting()
    if waiting is None:
        raise Refused("ไม่มียอดยกมาที่รออนุมัติ กรุณาให้คนหนึ่งขอก่อน")
    asked = {line.code: [line.satang, line.spent_satang, line.note] for line in said.lines}
    if (waiting.asked["balances"], waiting.asked["as_of"]) != (asked, said.as_of.isoformat()):
        raise Refused("ไฟล์นี้ไม่ตรงกับยอดที่รออนุมัติ กรุณาตรวจไฟล์กับผู้ขอ แล้วลองใหม่")
    number = waiting.id
    with transaction():
        approvals.approve(number, by=by)
    click.echo(json.dumps({"approved": number, "satang": opening.total()}, ensure_ascii=False))


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise BadInput(f"เปิดไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของไฟล์: {file}") from error


def _person(sign_in_name: str) -> User:
    """Who gives the command, by their own password."""
    found = db.session().scalars(select(User).filter_by(sign_in_name=sign_in_name)).one_or_none()
    if found is None:
        raise BadInput(f"ไม่มีผู้ใช้ชื่อ {sign_in_name[:40]} กรุณาตรวจชื่อที่ใช้เข้าสู่ระบบ")
    asked = sys.stdin.isatty()
    password = (
        click.prompt("รหัสผ่าน", hide_input=True, err=True) if asked else sys.stdin.readline().rstrip("\r\n")
    )
    signin.confirm_password(password, by=found)
    return db.session().get_one(User, found.id)
