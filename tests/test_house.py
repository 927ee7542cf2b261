"""Rules of the house that no single room can keep alone."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest
from flask import Flask
from people import Cast
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import create_app
from app.kit.db import db, is_sqlite, refusal
from app.kit.errors import Refused
from app.staff.doors import who_may_enter

APP = Path(__file__).parent.parent / "app"
SOURCES = sorted(APP.rglob("*.py"))


def _commits(tree: ast.AST) -> list[int]:
    """Lines that commit a session or a connection; `entries.commit(...)` of the ledger promises money instead."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "entries")
    ]


@pytest.mark.pages
def test_every_endpoint_says_who_may_enter(portal: Flask) -> None:
    silent = sorted(e for e in portal.view_functions if who_may_enter(portal, e) is None)
    assert silent == []


@pytest.mark.pages
def test_a_view_that_says_nothing_is_closed_even_to_the_administrator(portal: Flask, cast: Cast) -> None:
    cast.ying.sign_in()
    portal._got_first_request = False
    portal.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    page = cast.ying.visit("/forgotten", status=403)
    assert "secret" not in page.text


@pytest.mark.pages
def test_a_stranger_is_sent_to_sign_in_by_every_page_that_is_not_public(portal: Flask, cast: Cast) -> None:
    client = portal.test_client()
    for rule in portal.url_map.iter_rules():
        allowed = who_may_enter(portal, rule.endpoint)
        assert allowed
        if "GET" not in (rule.methods or ()) or any(str(who) == "Anyone.EVERYONE" for who in allowed):
            continue
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        answer = client.get(path)
        assert answer.status_code == 302, f"{path} answered a stranger with {answer.status_code}"
        assert answer.location.startswith("/sign-in"), path


@pytest.mark.pages
def test_every_form_refuses_a_post_from_another_site(portal: Flask, cast: Cast) -> None:
    cast.ying.sign_in()
    machine_doors = {"bank.scb_callback"}
    for rule in portal.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in machine_doors:
            continue
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        foreign = cast.ying.client.post(path, headers={"Origin": "https://elsewhere.example"})
        assert foreign.status_code in (400, 403, 404), f"{path} answered {foreign.status_code}"
        tokenless = cast.ying.client.post(path)
        assert tokenless.status_code in (400, 403, 404), (
            f"{path} without a token answered {tokenless.status_code}"
        )


def test_a_portal_over_https_stays_there_and_shares_its_cookie_with_no_neighbour(
    sqlite_portal: Flask, cast: Cast
) -> None:
    plain = sqlite_portal.test_client().get("/sign-in")
    assert "Strict-Transport-Security" not in plain.headers
    settings = dataclasses.replace(sqlite_portal.extensions["kueakun"], secure_cookies=True)
    answer = create_app(settings).test_client().get("/sign-in", base_url="https://fund.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    name, _, flags = answer.headers["Set-Cookie"].partition("=")
    assert name.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(flags.split("; "))
    assert "Domain" not in flags


def test_a_form_sent_without_https_to_a_portal_over_https_says_so(sqlite_portal: Flask, cast: Cast) -> None:
    app = create_app(dataclasses.replace(sqlite_portal.extensions["kueakun"], secure_cookies=True))
    for scheme, words in (("http", "https://"), ("https", "แบบฟอร์มหมดอายุ")):
        answer = app.test_client().post("/give", base_url=f"{scheme}://fund.example")
        assert answer.status_code == 400
        assert words in answer.get_data(as_text=True)


def test_an_error_of_the_database_tells_no_value(portal: Flask) -> None:
    with pytest.raises(DBAPIError) as told:
        db.session().execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "สมหญิง"})
    assert "nowhere" in str(told.value)
    assert "สมหญิง" not in str(told.value)


def _refusing_triggers() -> set[str]:
    """The triggers of the database as migrated that can refuse: by the name that they refuse with."""
    if is_sqlite():
        bodies = text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
    else:
        bodies = text("SELECT pg_get_functiondef(tgfoid) FROM pg_trigger WHERE NOT tgisinternal")
    refuses = re.compile(r"RAISE\(ABORT, '(\w+)'\)|CONSTRAINT = '(\w+)'")
    found: set[str] = set()
    for body in db.session().scalars(bodies):
        names = {first or second for first, second in refuses.findall(body)}
        assert names or "RAISE" not in body.upper(), body
        found |= names
    return found


#: `triggers.final`: a row that is never changed, never taken away. No deed of a person comes to these; only a fault
#: of the programme does, which must be loud and found, not a kind sentence. Those that somebody may meet have words.
_ONLY_BY_FAULT = ("final_", "kept_")


def test_whatever_a_trigger_refuses_is_said_in_thai(portal: Flask) -> None:
    names = _refusing_triggers()
    assert len(names) > 250
    unsaid = {name for name in names if not re.search("[ก-๙]", str(_refusal_of(name)))}
    assert sorted(name for name in unsaid if not name.startswith(_ONLY_BY_FAULT)) == []


def _refusal_of(name: str) -> Exception:
    return refusal(IntegrityError("", {}, Exception(f"{name} ")))


def test_no_refusal_takes_the_words_of_another_whose_name_is_part_of_its_own(sqlite_portal: Flask) -> None:
    assert isinstance(_refusal_of("final_vote"), Refused)
    assert not isinstance(_refusal_of("final_vote_count"), Refused)
    assert not isinstance(_refusal_of("no_final_vote"), Refused)


@pytest.mark.pages
@pytest.mark.parametrize("origin", ["null", "http://[::1", "http://[x]", "", "//"])
def test_an_origin_that_is_no_address_is_another_site(portal: Flask, cast: Cast, origin: str) -> None:
    answer = cast.stranger.client.post("/give", headers={"Origin": origin})
    assert answer.status_code in (400, 403)


def test_a_number_longer_than_any_key_and_a_nul_are_answered_without_a_fault(
    portal: Flask, cast: Cast
) -> None:
    cast.kanya.sign_in()
    for path in (f"/payments/{2**63}", f"/bank/events/{10**30}"):
        cast.kanya.visit(path, status=404)
    for number in (2**31, 10**30, -(10**30)):
        cast.stranger.visit(f"/editions?before={number}")
    for year in (2**31, "9" * 5_000):
        cast.kanya.visit(f"/receipts?number={year}/1")
    for path in ("/give/a%00b", "/receipts/%00", "/give?amount=%00", "/receipts?number=9%2F%00"):
        assert cast.kanya.client.get(path).status_code in (400, 404), path
    refused = cast.stranger.send("/give", amount="100", donor_name="ก\0ข", to_status=400)
    assert "คำขอไม่ครบถ้วน" in refused.words


@pytest.mark.pages
def test_no_page_allows_inline_script_or_foreign_sources(portal: Flask, cast: Cast) -> None:
    policy = cast.stranger.visit("/").response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    for template in (APP.parent / "templates").rglob("*.html"):
        if "pdf" in template.parts:
            continue
        text = template.read_text()
        assert not re.search(r"\sstyle\s*=\s*[\"']", text), f"{template} has an inline style"
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), f"{template} has an inline handler"
        assert not re.search(r"(src|href)\s*=\s*[\"'](https?:)?//", text), f"{template} reaches another site"


def test_only_the_database_room_commits() -> None:
    found = [
        f"{source.relative_to(APP)}:{line}"
        for source in SOURCES
        if source != APP / "kit" / "db.py"
        for line in _commits(ast.parse(source.read_text()))
    ]
    assert found == []


def _imported(source: Path) -> set[str]:
    """Every module that a source imports or takes names of, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


#: What the records of the fund may rest on: the floors below the fund, the ledger, and each other.
_GROUND_OF_RECORDS = re.compile(
    r"app\.(kit|province|staff|fund\.ledger)\b|app\.fund\.\w+\.records\b|app\.fund\.bank\.match_reasons$"
)


def test_records_hold_no_rule() -> None:
    """All records of the fund are one floor beneath all its rules, so that any room may read what another keeps."""
    records = [source for source in SOURCES if re.search(r"/fund/\w+/records(/\w+)?\.py$", source.as_posix())]
    assert len(records) > 6
    above = {
        f"{source.relative_to(APP)}: {module}"
        for source in records
        for module in _imported(source)
        if module.partition(".")[0] in ("app", "flask") and not _GROUND_OF_RECORDS.match(module)
    }
    assert above == set()


def test_rules_of_the_fund_import_no_flask() -> None:
    """A rule is called by a page, a command or a job alike: only pages, their forms and commands know of requests."""
    shown = re.compile(r"(^|_)(pages|forms|blueprint|commands)$")
    rules = [source for source in SOURCES if APP / "fund" in source.parents and not shown.search(source.stem)]
    assert len(rules) > 100
    knowing = {
        f"{source.relative_to(APP)}: {module}"
        for source in rules
        for module in _imported(source)
        if re.match(r"(flask|flask_\w+|wtforms|werkzeug)\b", module)
    }
    assert knowing == set()


#: What takes long to import, and who may import it at once: whom others import only where they need it.
_HEAVY = {"weasyprint", "fontTools", "pypdf", "xlsxwriter", "alembic", "psycopg", "email.headerregistry"}
_HEAVY_ROOMS = ("app.kit.pdf", "app.kit.pdf_merge", "app.kit.fonts", "app.kit.scripts")


def test_no_command_waits_for_what_only_few_need() -> None:
    """A portal is several processes and every command is one: each imports all rooms before it does anything."""
    heavy = {*_HEAVY, *_HEAVY_ROOMS}
    for source in SOURCES:
        name = ".".join(source.relative_to(APP.parent).with_suffix("").parts)
        if name in _HEAVY_ROOMS:
            continue
        for node in ast.parse(source.read_text(encoding="utf-8")).body:
            found: set[str] = set()
            if isinstance(node, ast.Import):
                found = {imported.name for imported in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found = {node.module, *(f"{node.module}.{imported.name}" for imported in node.names)}
            roots = {part for each in found for part in (each, each.split(".")[0])}
            assert not roots & heavy, (
                f"{name} imports {roots & heavy} for everybody: import it in the function"
            )


def test_only_the_ledger_writes_entries() -> None:
    for source in SOURCES:
        if source.parent.name == "ledger":
            continue
        text = source.read_text()
        assert not re.search(r"\b(insert|Entry)\(\s*(Entry|debit_id)", text), source
        assert not re.search(r"insert into (entry|account)\b", text, re.IGNORECASE), source


@pytest.mark.parametrize("room", ["fund", "kit/money.py", "kit/promptpay"])
def test_no_float_comes_near_money(room: str) -> None:
    place = APP / room
    for source in [place] if place.is_file() else sorted(place.rglob("*.py")):
        tree = ast.parse(source.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), f"{source}:{node.lineno} has a float"
            if isinstance(node, ast.Name):
                assert node.id != "float", f"{source}:{node.lineno} speaks of float"
            if isinstance(node, ast.BinOp):
                assert not isinstance(node.op, ast.Div), f"{source}:{node.lineno} divides; use //"


def test_the_fund_has_no_word_of_households_or_members() -> None:
    for source in sorted((APP / "fund").rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("app.cases"), source
            if isinstance(node, ast.Name | ast.Attribute):
                name = node.id if isinstance(node, ast.Name) else node.attr
                assert name not in ("household_id", "first_name", "last_name", "id_encrypted", "house_no"), (
                    source
                )


def test_no_test_file_imports_from_another() -> None:
    found = [
        f"{path.relative_to(APP.parent)}:{node.lineno}"
        for path in sorted((APP.parent / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in (*(alias.name for alias in node.names), getattr(node, "module", None) or "")
        if name.split(".")[-1].startswith("test_")
    ]
    assert found == [], "what two test files need stands in tests/makers/"


def test_nothing_outside_the_project_is_needed_or_named() -> None:
    root = APP.parent
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if not path.is_file() or relative.parts[0] in (".venv", ".git", "var") or "cache" in str(relative):
            continue
        if path.suffix in (".py", ".md", ".html", ".toml", ".txt", ".sh", ".css", ".js", "") and path != Path(
            __file__
        ):
            text = path.read_text(errors="ignore")
            assert "../shared" not in text, relative
            assert "index-url" not in text, relative


def test_a_float_is_no_amount_and_a_boolean_is_no_amount(sqlite_portal: Flask) -> None:
    from app.fund.ledger import entries
    from app.fund.ledger.accounts import open_purpose
    from app.kit.db import transaction
    from app.kit.errors import Refused

    with transaction():
        purpose = open_purpose(code="general", name_th="ทั่วไป")
        for wrong in (True, 10.5, "100", 0, -1):
            with pytest.raises(Refused):
                entries.receive(purpose_id=purpose.id, satang=wrong, donation_id=1, by_id=None)  # type: ignore[arg-type]


def test_modules_functions_and_classes_fit_on_a_few_screens() -> None:
    long = []
    for path in SOURCES:
        lines = path.read_text().splitlines()
        if len(lines) > 600:
            long.append(f"{path.stem} has {len(lines)} lines")
        for node in ast.walk(ast.parse("\n".join(lines))):
            most = {ast.FunctionDef: 60, ast.AsyncFunctionDef: 60, ast.ClassDef: 250}.get(type(node))
            if most is None:
                continue
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > most:
                long.append(f"{path.stem}.{node.name} has {length} lines")
    assert long == []


def test_no_variable_is_called_one() -> None:
    root = APP.parent
    found = []
    for path in sorted(p for folder in ("app", "tests", "bench") for p in (root / folder).rglob("*.py")):
        where = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            name = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else ""
            if name in ("one", "ones"):
                assert isinstance(node, ast.Name | ast.arg)
                found.append(f"{where}:{node.lineno}")
    assert found == []
