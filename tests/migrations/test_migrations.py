"""Every migration goes up, down and up again on both databases, and keeps the rows that were there."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from portals import settings_for
from postgres import TempPostgres
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    insert,
    inspect,
    select,
    text,
    update,
)

from app import create_app
from app.kit import schema
from app.kit.db import Base, db
from app.province.portal import Portal

_VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
_SCRIPTS = list(reversed(list(ScriptDirectory(str(_VERSIONS.parent)).walk_revisions())))
REVISIONS = [script.revision for script in _SCRIPTS]

_NOW = datetime(2022, 1, 27, 3, 0, tzinfo=UTC)
_DAY = date(2022, 1, 27)

#: One chain of rows through every room, each put in at the migration that made its table. What is not said here
#: and may not be empty is filled with nothing: "", 0, a date.
_ROWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "0001_house": [
        ("portal", {"id": 1, "province": "sisaket", "demo": False}),
        ("job", {"id": 1, "kind": "publish", "key": "publish:edition", "state": "queued", "arguments": "{}"}),
        ("throttle_hit", {"id": 1, "what": "give", "who": "192.0.2.1"}),
    ],
    "0002_staff": [
        *(
            ("user_account", {"id": number, "sign_in_name": name, "name": name})
            for number, name in ((1, "kanya"), (2, "somchai"), (3, "malee"))
        ),
        ("role_grant", {"id": 1, "user_id": 1, "role": "finance"}),
        ("role_grant", {"id": 2, "user_id": 2, "role": "chair"}),
        ("role_grant", {"id": 3, "user_id": 3, "role": "mentor", "area_code": "3305"}),
        ("staff_session", {"id": 1, "token_hash": "a" * 64, "user_id": 1}),
        ("sign_in_attempt", {"id": 1, "sign_in_name": "kanya", "address": "192.0.2.1"}),
        ("audit_event", {"id": 1, "deed": "staff.sign_in", "subject": "user:1", "by_id": 1}),
        ("audit_seal", {"number": 1, "event_id": 1, "hash": "b" * 64}),
    ],
    "0003_ledger": [
        ("purpose", {"id": 1, "code": "general", "name_th": "ทั่วไป", "open": True}),
        *(
            ("account", {"id": number, "kind": kind, "purpose_id": 1})
            for number, kind in enumerate(("received", "available", "committed", "paid"), start=1)
        ),
        ("entry", {"id": 1, "debit_id": 2, "credit_id": 1, "satang": 10000, "cause": "gift:1"}),
        ("entry", {"id": 2, "debit_id": 3, "credit_id": 2, "satang": 6000, "cause": "commit:1"}),
        ("entry", {"id": 3, "debit_id": 4, "credit_id": 3, "satang": 6000, "cause": "pay:1"}),
        ("books_check", {"id": 1, "held": True}),
    ],
    "0004_giving": [
        (
            "fund_account",
            {"id": 1, "bank_code": "014", "number": "4010000001", "state": "open"}
            | {"promptpay_id": "0994000000006"},
        ),
        ("network", {"id": 1, "code": "NET001", "type": "otop", "name": "เครือข่าย OTOP", "open": True}),
        ("receipt_book", {"fiscal_year_be": 2565, "last_number": 1}),
        (
            "pledge",
            {"id": 1, "code": "PL-2565-0001", "network_id": 1, "purpose_id": 1, "satang": 10000}
            | {"state": "stated", "stated_by_id": 3},
        ),
        (
            "donation",
            {"id": 1, "code": "abc", "ref1": "R1", "account_id": 1, "purpose_id": 1, "pledge_id": 1}
            | {
                "wish_satang": 10000,
                "due_satang": 10000,
                "tag": 30,
                "state": "received",
                "received_at": _NOW,
            },
        ),
        ("gift", {"id": 1, "donation_id": 1, "pledge_id": 1, "purpose_id": 1, "satang": 10000}),
        (
            "receipt",
            {"id": 1, "fiscal_year_be": 2565, "number": 1, "token": "t" * 16, "gift_id": 1, "contents": "{}"},
        ),
    ],
    "0005_bank": [
        ("statement", {"id": 1, "account_id": 1, "file_name": "a.csv", "raw": b"a,b", "imported_by_id": 1}),
        ("statement_profile", {"id": 1, "name": "mine", "header_hash": "c" * 64, "mapping": "{}"}),
        (
            "bank_event",
            {"id": 1, "source": "scb", "external_id": "x1", "satang": 10000, "currency": "764", "raw": b"{}"},
        ),
        ("settlement", {"event_id": 1, "state": "posted", "decided_at": _NOW, "donation_id": 1}),
        ("allocation", {"id": 1, "event_id": 1, "gift_id": 1, "satang": 10000}),
    ],
    "0006_spending": [
        ("voucher_book", {"fiscal_year_be": 2565, "last_number": 1}),
        (
            "meeting",
            {"id": 1, "number": 1, "year_be": 2565, "state": "open", "members": 1, "quorum": 1}
            | {"called_by_id": 3, "opened_at": _NOW, "chair_id": 2},
        ),
        (
            "proposal",
            {"id": 1, "code": "AR-2565-0001", "purpose_id": 1, "satang": 6000, "title": "ชุดลูกเสือ"}
            | {"state": "approved", "submitted_by_id": 3},
        ),
        ("agenda_item", {"id": 1, "meeting_id": 1, "proposal_id": 1, "position": 1}),
        ("attendance", {"id": 1, "meeting_id": 1, "member_id": 2}),
        ("recusal", {"id": 1, "item_id": 1, "member_id": 3, "noted_by_id": 2}),
        ("vote", {"id": 1, "item_id": 1, "member_id": 2, "choice": "approve"}),
        (
            "resolution",
            {"id": 1, "item_id": 1, "proposal_id": 1, "approved": True, "satang": 6000, "present": 1}
            | {"quorum": 1, "for_votes": 1, "resolved_by_id": 2},
        ),
        (
            "payment",
            {"id": 1, "fiscal_year_be": 2565, "number": 1, "proposal_id": 1, "account_id": 1, "satang": 6000}
            | {"transfer_ref": "T1", "paid_by_id": 1},
        ),
        ("trace", {"id": 1, "payment_id": 1, "gift_id": 1, "satang": 6000}),
    ],
    "0007_registry": [
        ("household", {"id": 1, "code": "HH-000001", "key": "k", "district_code": "3305", "origin": "tpmap"}),
        ("register_round", {"id": 1, "code": "tpmap-2565", "source": "tpmap", "fiscal_year_be": 2565}),
        ("member", {"id": 1, "household_id": 1, "position": 1, "first_name": "หนึ่ง"}),
        ("register_import", {"id": 1, "round_id": 1, "file_name": "a.csv", "imported_by_id": 3}),
        ("round_household", {"id": 1, "round_id": 1, "household_id": 1}),
        ("failed_dimension", {"round_household_id": 1, "dimension": "education"}),
    ],
    "0008_aid": [
        (
            "aid_request",
            {"id": 1, "code": "AR-2565-0001", "purpose_code": "general", "urgency": "urgent"}
            | {"dimension": "education", "state": "draft", "made_by_id": 2},
        ),
        ("photo", {"id": 1, "hash": "d" * 64, "taken_by_id": 3}),
        (
            "aid_line",
            {"id": 1, "request_id": 1, "household_id": 1, "member_id": 1, "item_code": "hat", "quantity": 1}
            | {"unit_satang": 6000, "sizes": "{}"},
        ),
        ("handover", {"id": 1, "request_id": 1, "opened_by_id": 3}),
        (
            "logbook_entry",
            {"id": 1, "household_id": 1, "member_id": 1, "kind": "help", "satang": 6000, "written_by_id": 3},
        ),
        (
            "delivery",
            {"id": 1, "handover_id": 1, "line_id": 1, "outcome": "given", "quantity": 1, "photo_id": 1}
            | {"logbook_entry_id": 1, "marked_by_id": 3},
        ),
    ],
    "0009_editions": [("edition", {"number": 1, "contents": "{}", "hash": "e" * 64})],
    "0010_money_back": [
        ("gift_return", {"id": 1, "gift_id": 1, "kind": "refund", "satang": 4000, "by_id": 1}),
        (
            "closed_month",
            {"id": 1, "first_on": date(2021, 12, 1), "last_on": date(2021, 12, 31), "closed_by_id": 1},
        ),
    ],
    "0011_partners": [
        (
            "network",
            {"id": 2, "code": "NET002", "type": "village_fund", "parent_id": 1, "district_code": "3305"}
            | {"path": "/NET001/NET002/", "open": True},
        ),
        ("network_contact", {"id": 1, "network_id": 2, "office": "chair", "name": "ต้น", "written_by_id": 3}),
        ("instalment", {"id": 1, "pledge_id": 1, "number": 1, "satang": 10000}),
        (
            "goods_gift",
            {
                "id": 1,
                "fiscal_year_be": 2565,
                "number": 1,
                "token": "g" * 16,
                "kind": "goods",
                "what": "ข้าวสาร",
            }
            | {"quantity": 5, "unit": "ถุง", "satang": 60000, "valued_from": "market", "network_id": 2}
            | {"purpose_id": 1, "recorded_by_id": 3, "contents": "{}"},
        ),
        ("stock_item", {"id": 1, "name": "ข้าวสาร", "unit": "ถุง"}),
        ("stock_move", {"id": 1, "item_id": 1, "quantity": 5, "goods_gift_id": 1, "by_id": 3}),
    ],
    "0012_outbox": [
        ("solicitation_approval", {"id": 1, "number": "ศก 0017/42", "authority": "กคร."}),
        (
            "collection",
            {"id": 1, "ref1": "C1", "network_id": 1, "pledge_id": 1, "purpose_id": 1, "account_id": 1}
            | {"opened_by_id": 3},
        ),
        ("message", {"id": 1, "key": "thanks:receipt:1", "channel": "email", "state": "queued"}),
        ("night", {"on_date": _DAY}),
    ],
    "0013_slips": [
        ("slip", {"id": 1, "sending_bank": "014", "trans_ref": "20220127aB"}),
        ("slip_claim", {"id": 1, "slip_id": 1, "donation_id": 1}),
    ],
    "0014_statements": [
        ("statement_draft", {"id": 1, "state": "applied", "file_name": "a.csv", "statement_id": 1}),
        ("statement_chunk", {"draft_id": 1, "number": 0, "raw": b"a,"}),
        ("statement_chunk", {"draft_id": 1, "number": 1, "raw": b"b"}),
        ("staged_line", {"draft_id": 1, "place": 0, "external_id": "h:0", "satang": 100, "raw": b"[]"}),
    ],
    "0015_decisions": [
        (
            "second_hand",
            {"id": 1, "event_id": 1, "deed": "assign", "arguments": "{}", "satang": 10000}
            | {"asked_by_id": 1, "state": "confirmed", "answered_at": _NOW, "answered_by_id": 2},
        ),
        (
            "refund",
            {"id": 1, "event_id": 1, "gift_id": 1, "satang": 4000, "payee_bank": "004", "asked_by_id": 1}
            | {"state": "approved", "answered_at": _NOW, "answered_by_id": 2, "return_id": 1},
        ),
    ],
    "0016_peers": [("inquiry", {"id": 1, "event_id": 1, "outcome": "absent", "words": "ไม่พบ"})],
    "0027_holds": [("amount_hold", {"donation_id": 1, "asker_hash": b"h" * 32})],
    "0023_goods_papers": [
        ("goods_due", {"goods_gift_id": 1}),
        ("goods_paper", {"goods_gift_id": 1, "contents": "{}", "pdf": b"%PDF", "hash": "f" * 64}),
        ("goods_print", {"id": 1, "goods_gift_id": 1, "kind": "original", "by_id": 1}),
    ],
    "0026_acceptances": [
        (
            "acceptance",
            {"id": 1, "draft_id": 1, "asked_by_id": 1, "state": "confirmed"}
            | {"answered_at": _NOW, "answered_by_id": 2},
        ),
    ],
    "0028_issuer": [
        ("issuer_version", {"number": 1, "name_th": "กองทุน", "tax_id": "0994000000006"}),
    ],
    "0045_password_links": [
        (
            "approval",
            {"id": 2, "kind": "password.reset", "subject": "user:3", "payload": "{}", "changes": "[]"}
            | {"asked_by_id": 1, "asked_role": "finance", "concerned_id": 3}
            | {"expires_at": _NOW + timedelta(days=1)},
        ),
        (
            "approval",
            {
                "id": 2,
                "decision": "approved",
                "decided_by_id": 2,
                "decided_role": "chair",
                "decided_at": _NOW,
            },
        ),
        ("password_link", {"id": 1, "user_id": 3, "token_hash": "c" * 64, "approval_id": 2}),
    ],
    "0038_payees": [
        ("giving_stop", {"id": 1, "what": "qr", "stopped_by_id": 2}),
        ("staff_notice", {"id": 1, "user_id": 1, "title": "บัญชีรับเงินเปลี่ยน"}),
    ],
    "0029_approvals": [
        (
            "approval",
            {"id": 1, "kind": "account.open", "subject": "account:1", "payload": "{}", "changes": "[]"}
            | {"asked_by_id": 1, "asked_role": "finance", "expires_at": _NOW},
        ),
    ],
    "0033_true_costs": [
        (
            "item_cost",
            {"id": 1, "request_id": 1, "item_code": "hat", "asked_satang": 6000, "quantity": 1}
            | {"unit_satang": 6000, "reason": "ใบส่งของ", "entered_by_id": 1},
        ),
    ],
    "0035_statement_bases": [
        ("statement_basis", {"statement_id": 1, "kind": "confirmed", "by_id": 2}),
    ],
    "0037_payment_orders": [
        (
            "proposal",
            {"id": 2, "code": "AR-2565-0002", "purpose_id": 1, "satang": 6000, "title": "รองเท้า"}
            | {"state": "approved", "submitted_by_id": 3},
        ),
        ("agenda_item", {"id": 2, "meeting_id": 1, "proposal_id": 2, "position": 2}),
        (
            "resolution",
            {"id": 2, "item_id": 2, "proposal_id": 2, "approved": True, "satang": 6000, "present": 1}
            | {"quorum": 1, "for_votes": 1, "resolved_by_id": 2},
        ),
        (
            "payment_order",
            {
                "id": 1,
                "key": "k" * 16,
                "proposal_id": 2,
                "satang": 6000,
                "vendor": "ร้าน",
                "vendor_bank": "006",
            }
            | {"vendor_account": "3010123456", "prepared_by_id": 1},
        ),
    ],
    "0040_published_help": [
        (
            "published_help",
            {"id": 1, "measure": "paid", "unit_id": 1, "request_id": 1, "household_id": 1, "member_id": 1}
            | {"district": "3305", "dimension": "education", "item": "hat", "satang": 6000, "edition": 1},
        ),
    ],
    "0041_devices": [
        ("known_device", {"id": 1, "token_hash": "d" * 64, "user_id": 1}),
    ],
    "0018_counter": [
        ("cash_up", {"id": 1, "number": 1, "expected_cash_satang": 0}),
        (
            "taking",
            {"id": 1, "number": 1, "key": "k" * 20, "cash_up_id": 1, "event_id": 1, "kind": "cheque"}
            | {"satang": 10000, "cheque_bank": "006", "cheque_number": "0012345", "cheque_on": _DAY}
            | {"taken_by_id": 1},
        ),
        ("taking_undone", {"id": 1, "taking_id": 1, "kind": "bounced", "by_id": 1}),
        ("deposit_item", {"id": 1, "cash_up_id": 1, "satang": 10000}),
        ("deposit", {"id": 1, "item_id": 1, "event_id": 1}),
    ],
    "0039_doubts": [
        (
            "bank_event",
            {
                "id": 9,
                "source": "statement",
                "external_id": "h:9",
                "statement_id": 1,
                "satang": -10000,
                "raw": b"[]",
            },
        ),
        ("settlement", {"event_id": 9, "state": "waiting"}),
        ("reversal", {"event_id": 9, "reverses_id": 1}),
    ],
    "0017_papers": [
        ("receipt_due", {"gift_id": 1, "book": "C", "channel": "เงินสด"}),
        ("receipt_paper", {"receipt_id": 1, "pdf": b"%PDF", "hash": "f" * 64}),
        (
            "receipt_batch",
            {"id": 1, "asked_by_id": 1, "first_on": _DAY, "last_on": _DAY, "state": "printing"},
        ),
        ("receipt_print", {"id": 1, "receipt_id": 1, "kind": "original", "by_id": 1, "batch_id": 1}),
        ("donor_tax", {"donation_id": 1, "kind": "person", "name": "นายใจ ดีงาม", "number_sealed": b"x"}),
        ("edonation_report", {"id": 1, "gift_id": 1, "route": "manual", "recorded_by_id": 1}),
    ],
}


def _bare(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A portal whose database is still empty."""
    if request.param == "sqlite":
        yield from _bare(create_app(settings_for(tmp_path)))
        return
    server: TempPostgres = request.getfixturevalue("postgres_server")
    name = re.sub(r"\W+", "_", request.node.name)[:40].lower()
    server.create(name)
    yield from _bare(create_app(settings_for(tmp_path, server.url(name))))
    server.drop(name)


def _tables() -> dict[str, Table]:
    known = MetaData()
    known.reflect(db.engine)
    return {name: table for name, table in known.tables.items() if name != "alembic_version"}


def _guards() -> set[str]:
    """Names of all triggers that are there."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        else:
            rows = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
        return {name for (name,) in rows}


def _functions() -> set[str]:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return set()
        found = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        return {name for (name,) in connection.execute(text(found))}


def _nothing(column: Any) -> Any:
    """The emptiest value a column that may not be empty can hold."""
    kinds = (
        (Boolean, False),
        (DateTime, _NOW),
        (Date, _DAY),
        ((Integer, Numeric), 0),
        (LargeBinary, b""),
    )
    return next((value for kind, value in kinds if isinstance(column.type, kind)), "")


def _fill(revision: str) -> None:
    tables = _tables()
    with db.engine.connect() as connection:
        for name, said in _ROWS.get(revision, []):
            table = tables[name]
            if "decision" in said:
                # An answer comes after its question.
                connection.execute(update(table).where(table.c.id == said["id"]).values(said))
                continue
            row = {c.name: _nothing(c) for c in table.columns if not c.nullable and c.server_default is None}
            connection.execute(insert(table).values({**row, **said}))
        connection.commit()


#: Table → its rows, each column by name.
_Rows = dict[str, list[dict[str, Any]]]


def _contents() -> _Rows:
    with db.engine.connect() as connection:
        return {
            name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for name, table in _tables().items()
        }


def _as_far_as(known: _Rows, shape: _Rows) -> _Rows:
    """Of the rows known, what a database of this shape can hold: its tables, their columns."""
    return {
        name: [{column: row[column] for column in rows[0]} for row in known[name]]
        for name, rows in shape.items()
    }


def test_each_migration_goes_up_down_and_up_again(bare: Flask) -> None:
    before = "base"
    guards: dict[str, set[str]] = {"base": set()}
    for revision in REVISIONS:
        schema.upgrade(revision)
        guards[revision] = _guards()
        shape = {name: sorted(table.columns.keys()) for name, table in _tables().items()}
        schema.downgrade(before)
        assert _guards() == guards[before], f"{revision} leaves triggers behind"
        schema.upgrade(revision)
        assert _guards() == guards[revision]
        assert {name: sorted(table.columns.keys()) for name, table in _tables().items()} == shape
        before = revision
    assert schema.current() == schema.newest() == REVISIONS[-1]
    schema.downgrade("base")
    assert _tables() == {}
    assert _guards() == set()
    assert _functions() == set()


def test_the_tables_are_what_the_models_say(bare: Flask) -> None:
    schema.upgrade()
    assert Portal.__table__ in Base.metadata.sorted_tables
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_are_what_the_models_say(bare: Flask) -> None:
    """Alembic does not compare CHECK constraints, on which much of this portal rests; here their names are."""
    schema.upgrade()
    inspector = inspect(db.engine)
    for name, table in Base.metadata.tables.items():
        modelled = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        there = {check["name"] for check in inspector.get_check_constraints(name)}
        assert there == modelled, name


def test_rows_put_in_at_every_step_survive_the_way_up_and_down(bare: Flask) -> None:
    assert set(_ROWS) <= set(REVISIONS)
    after: dict[str, _Rows] = {}
    for revision in REVISIONS:
        schema.upgrade(revision)
        _fill(revision)
        after[revision] = _contents()
        empty = [name for name, rows in after[revision].items() if not rows]
        assert not empty, f"{revision} has tables that this test puts nothing into: {empty}"
    at_head = _contents()
    for revision in reversed(REVISIONS[:-1]):
        schema.downgrade(revision)
        assert _contents() == _as_far_as(at_head, after[revision]), revision


def test_a_database_with_gifts_goes_on_to_the_newest_and_back(bare: Flask) -> None:
    for revision in REVISIONS[: REVISIONS.index("0005_bank") + 1]:
        schema.upgrade(revision)
        _fill(revision)
    before = _contents()
    schema.upgrade()
    now = _contents()
    assert _as_far_as(now, before) == before
    schema.downgrade("0005_bank")
    assert _contents() == before


def test_who_drew_a_request_up_is_carried_to_its_proposal(bare: Flask) -> None:
    for revision in REVISIONS[: REVISIONS.index("0047_asked_by")]:
        schema.upgrade(revision)
        _fill(revision)
    schema.upgrade("0047_asked_by")
    carried = {row["code"]: (row["submitted_by_id"], row["asked_by_id"]) for row in _contents()["proposal"]}
    # Of the second no request is known.
    assert carried == {"AR-2565-0001": (3, 2), "AR-2565-0002": (3, 3)}


@pytest.mark.postgres
def test_the_guards_stand_on_both_databases_alike(
    sqlite_portal: Flask, postgres_server: TempPostgres, tmp_path: Path
) -> None:
    on_sqlite = _guards()
    postgres_server.create("guards")
    other = create_app(settings_for(tmp_path / "pg", postgres_server.url("guards")))
    with other.app_context():
        schema.upgrade()
        on_postgres = _guards()
        db.session.remove()
        db.engine.dispose()
    assert on_sqlite == on_postgres
    for name in ("final_entry", "kept_entry", "account_moves_by_entry", "entry_moves_balances"):
        assert name in on_sqlite
    for table in (
        "audit_event",
        "audit_seal",
        "gift",
        "bank_event",
        "vote",
        "payment",
        "delivery",
        "edition",
    ):
        assert {f"final_{table}", f"kept_{table}"} <= on_sqlite
