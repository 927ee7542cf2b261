"""Statements as tables, read by the portal."""

import io

from app.fund.bank.statements import files
from app.fund.bank.statements.balance_check import BalanceCheck
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.layouts import Layout
from app.fund.bank.statements.lines import StatementLine


def lines_of(
    raw: bytes, *, profile: str | None = None, mapped: dict[str, Layout] | None = None
) -> list[StatementLine]:
    return read_file(raw, profile=profile, mapped=mapped)[0]


def read_file(
    raw: bytes, *, profile: str | None = None, mapped: dict[str, Layout] | None = None
) -> tuple[list[StatementLine], DeclaredTotals, str]:
    """The moving lines oldest first, what the file states, and its profile."""
    told = files.read(io.BytesIO(raw), mapped=mapped or {}, profile=profile)
    check = BalanceCheck(told.declared, balances=told.balances, word=told.word)
    lines = []
    for line in told.lines:
        check.see(line)
        if line.satang:
            lines.append(line)
    if check.prove():
        lines.reverse()
    return lines, told.declared, told.profile


def table(header: str, *rows: str) -> bytes:
    return "\n".join([header, *rows]).encode()
