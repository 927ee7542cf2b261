"""Commands of the closing: the proof of each day and the month's certificate. They join the bank's."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.fund.bank.commands import bank
from app.fund.closing import continuity, month_ends, month_facts
from app.fund.ledger import months
from app.kit import clock, money, thai
from app.kit.errors import BadInput

__all__ = ["bank", "certificate", "proof"]

#: What the figures of a day are called on a terminal, as on the page of the proof.
_FIGURES = dict(
    zip(
        continuity.FIGURES,
        ("ยกมา", "เข้า", "ออก", "ยกไป", "ลงแล้ว", "รอ", "ไม่ใช่เงินสมทบ", "ผลต่าง"),
        strict=True,
    )
)


@bank.command("proof")
@click.option("--month", help="As 2569-01 (Buddhist era); without it, every day since the first line.")
@click.option("--account", help="Account number; without it, every account.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, amounts in satang.")
@with_appcontext
def proof(month: str | None, account: str | None, as_json: bool) -> None:
    """Prove each day of each account: opening + in - out = closing, and in = posted + waiting + ignored."""
    bounds = continuity.bounds()
    first, last = bounds or (clock.today(), clock.today())
    if month is not None:
        first = months.parse(month)
        last = min(months.last_of(first), clock.today())
    proved = continuity.prove(first, last) if first <= last else []
    if account is not None:
        proved = [account_days for account_days in proved if account_days.account.number == account]
        if not proved:
            raise BadInput(f"ไม่มีบัญชีเลขที่ {account} ในกองทุน กรุณาตรวจเลขที่บัญชี")
    if as_json:
        click.echo(json.dumps(continuity.as_json(proved), ensure_ascii=False))
        return
    reports = [
        _in_words(account_days.account.number, day)
        for account_days in proved
        for day in account_days.days
        if _is_worth_a_line(day)
    ]
    of = f"ในเดือน{thai.month_year(first)}" if month is not None else "ในระบบ"
    click.echo("\n".join(reports) if reports else f"ไม่มีรายการเดินบัญชี{of}")


def _is_worth_a_line(day: continuity.Day) -> bool:
    return bool(day.lines or day.unstated or not day.holds)


def _in_words(number: str, day: continuity.Day) -> str:
    report = day.as_json()
    figures = "  ".join(f"{words} {money.format_baht(report[name])}" for name, words in _FIGURES.items())
    return f"{number}  {thai.long_date(day.on)}  {figures}"


@bank.command("certificate")
@click.option("--month", required=True, help="As 2569-01 (Buddhist era).")
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="The PDF to write.")
@with_appcontext
def certificate(month: str, out: str) -> None:
    """Write the month-end certificate: the one kept when the month was closed, else a draft, marked so."""
    first_on = months.parse(month)
    kept = months.closed(first_on)
    facts = kept.certified if kept else month_facts.gather(first_on)
    content = month_ends.draft(first_on)
    try:
        Path(out).write_bytes(content)
    except (OSError, ValueError) as error:
        raise BadInput(f"เขียนไฟล์ไม่ได้ โปรดตรวจชื่อและสิทธิ์ของโฟลเดอร์: {out}") from error
    report = {
        "month": months.written(first_on),
        "closed": kept is not None,
        "difference": sum(
            abs(day["difference"]) for account in facts["accounts"] for day in account["broken"]
        ),
        "waiting": facts["waiting_count"],
        "facts_hash": kept.facts_hash if kept else "",
        "file": out,
    }
    click.echo(json.dumps(report, ensure_ascii=False))
