"""Commands of spending: follow money from a request, a receipt or a payment."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from app.fund.spending import trace_paths


@click.group()
def trace() -> None:
    """Follow money: what became of it and where it came from."""


def _tell(path: dict[str, Any], as_json: bool) -> None:
    click.echo(json.dumps(path, ensure_ascii=False) if as_json else "\n".join(_lines(path)))


def _lines(value: Any, depth: int = 0) -> list[str]:
    """One line for each fact, the deeper the further in."""
    pad, told = "  " * depth, []
    for name, fact in value.items():
        if isinstance(fact, dict):
            told += [f"{pad}{name}:", *_lines(fact, depth + 1)]
        elif isinstance(fact, list) and fact and isinstance(fact[0], dict):
            for each in fact:
                told += [f"{pad}{name}:", *_lines(each, depth + 1)]
        else:
            told.append(f"{pad}{name}: {'–' if fact is None else fact}")
    return told


_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@trace.command()
@click.argument("code")
@_json
@with_appcontext
def request(code: str, as_json: bool) -> None:
    """What was decided, promised, ordered and paid for the request CODE (AR-2569-0042)."""
    _tell(trace_paths.of_request(code), as_json)


@trace.command()
@click.argument("token")
@_json
@with_appcontext
def receipt(token: str, as_json: bool) -> None:
    """What became of the money of the receipt whose page is /receipts/TOKEN."""
    _tell(trace_paths.of_receipt(token), as_json)


@trace.command()
@click.argument("code")
@_json
@with_appcontext
def payment(code: str, as_json: bool) -> None:
    """Which donations paid the payment CODE (บจ.2569/0007 or 2569/7), and what decided it."""
    _tell(trace_paths.of_payment(code), as_json)
