"""The glossary: every table and every value that the database knows has its Thai word and its meaning there."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from sqlalchemy import CheckConstraint

import app
from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.reconciliation.refunds import RefundState
from app.fund.bank.records import UploadState
from app.fund.committee.records import MeetingState, ProposalState, VoteChoice
from app.fund.giving.records.payment_requests import PaymentRequestState
from app.kit.db import Base
from app.staff.approvals import ApprovalStatus

ROOT = Path(app.__file__).parent.parent
GLOSSARY = (ROOT / "docs/glossary.md").read_text()
#: Lists that no column keeps: readings of a file, what a page or a rule tells another.
NOT_STORED = {
    "Step",
    "Interest",
    "Actor",
    "AccountStatus",
    "ApprovalStatus",
    "FourT",
    "Happened",
    "Level",
    "PledgeStatus",
    "ExportReason",
    "RevealReason",
    "RoundState",
    "ProxyType",
    "QueueGroup",
    "Side",
    "SolicitationStatus",
    "SumDisclosure",
    "Years",
}
#: With words of its own beside each member.
WORDED = {"Deed"}


def _rows() -> Iterator[list[str]]:
    for line in GLOSSARY.splitlines():
        if line.startswith("| ") and not line.startswith("| Thai |"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def _values() -> dict[str, set[str]]:
    """What stands under each table and column."""
    found: dict[str, set[str]] = {}
    for part in GLOSSARY.split("\n### ")[1:]:
        heading, _, rows = part.partition("\n")
        values = {value.strip("'") for value in re.findall(r"^\| [^|]+ \| `([^`]+)` \|", rows, re.MULTILINE)}
        for column in re.findall(r"`([^`]+)`", heading):
            found[column] = values
    return found


def _enums() -> Iterator[type[StrEnum]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name != "app.web":
            for thing in vars(importlib.import_module(module.name)).values():
                if isinstance(thing, type) and issubclass(thing, StrEnum) and thing.__module__ == module.name:
                    yield thing


def test_every_table_and_view_is_in_the_glossary() -> None:
    named = {name for row in _rows() for name in re.findall(r"`([^`]+)`", row[1])}
    schema = (ROOT / "docs/schema.sql").read_text()
    tables = set(re.findall(r"^CREATE (?:TABLE|VIEW) (\w+)", schema, re.MULTILINE))
    assert sorted(tables - named) == []


def test_every_value_that_the_database_knows_is_in_the_glossary() -> None:
    told = _values()
    missing = []
    for table in Base.metadata.sorted_tables:
        for check in table.constraints:
            if isinstance(check, CheckConstraint) and "_known_" in str(check.name):
                for column, listed in re.findall(r"(\w+) IN \(([^)]*)\)", str(check.sqltext)):
                    values = set(re.findall(r"'(\w*)'", listed))
                    missing += sorted(
                        f"{table.name}.{column}: {value}"
                        for value in values - told.get(f"{table.name}.{column}", set())
                    )
    assert missing == []


def test_every_list_of_words_is_in_the_glossary_or_is_kept_nowhere() -> None:
    lists = list(_values().values())
    silent = [
        f"{kind.__module__}.{kind.__name__}"
        for kind in _enums()
        if kind.__name__ not in NOT_STORED | WORDED
        and not any({member.value for member in kind} <= values for values in lists)
    ]
    assert silent == []


def test_pages_call_a_value_what_the_glossary_calls_it() -> None:
    worded: dict[str, type[StrEnum]] = {
        "approval_request.decision": ApprovalStatus,
        "meeting.state": MeetingState,
        "payment_request.state": PaymentRequestState,
        "proposal.state": ProposalState,
        "reconciliation_item.state": ReconciliationState,
        "refund.state": RefundState,
        "statement_upload.state": UploadState,
        "vote.choice": VoteChoice,
    }
    for column, kind in worded.items():
        rows = GLOSSARY.split(f"### `{column}`")[1].split("\n### ")[0]
        known = {
            value: thai for thai, value in re.findall(r"^\| ([^|]+) \| `([^`]+)` \|", rows, re.MULTILINE)
        }
        assert known == {member.value: vars(member)["words"] for member in kind if member.value in known}, (
            column
        )


def test_every_row_of_the_glossary_says_what_it_is_in_thai_and_in_english() -> None:
    for row in _rows():
        assert len(row) == 4, row
        assert re.search(r"[\u0e00-\u0e7f]|^(?:TPMAP|Thai QM|Logbook|LINE)$", row[0]), row


def test_no_word_of_the_glossary_names_a_table_that_is_gone() -> None:
    columns = {
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
    }
    columns |= {
        f"{table.name}.{key}" for table in Base.metadata.sorted_tables for key, _ in table.columns.items()
    }
    assert sorted(set(_values()) - columns) == []
