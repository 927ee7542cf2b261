"""The schema as text that people read: what all migrations together make on either database.

    .venv/bin/python tests/schema_text.py              writes docs/schema.sql
    .venv/bin/python tests/schema_text.py --baseline   also writes migrations/baseline/ anew, while nothing follows it

Tables come in the order of their names, each with its indexes; then views, foreign keys, functions and triggers.
"""

import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent / "makers"))

from portals import settings_for
from postgres import TempPostgres, binaries

from app import create_app
from app.kit import schema
from app.kit.db import db

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "schema.sql"
BASELINE = ROOT / "migrations" / "baseline"

_HEAD = "-- {}\n-- An empty line ends a statement; within one there is none.\n"


def _upgraded(folder: Path, url: str = "") -> None:
    app = create_app(settings_for(folder, url))
    with app.app_context():
        schema.upgrade()
        db.session.remove()
        db.engine.dispose()


def _closing(text: str, start: int) -> int:
    """Where the bracket that opens at `start` closes."""
    depth, quoted = 0, False
    for place in range(start, len(text)):
        letter = text[place]
        if letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
            if depth == 0:
                return place
    raise ValueError(f"a bracket stays open: {text[start:]}")


def _parts(text: str) -> list[str]:
    """What stands between the commas that are in no brackets and no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0 and not quoted:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _one_line(text: str) -> str:
    """Each run of white space as one space, except in quotes."""
    pieces = re.split(r"('(?:[^']|'')*')", text.strip())
    return "".join(piece if piece.startswith("'") else re.sub(r"\s+", " ", piece) for piece in pieces)


def _hung(text: str) -> str:
    """A statement of several lines, the later ones hung below the first by what they are indented among each other."""
    lines = [line.rstrip() for line in text.strip().splitlines() if line.strip()]
    least = min((len(line) - len(line.lstrip()) for line in lines[1:]), default=0)
    return "\n".join([lines[0], *(f"    {line[least:]}" for line in lines[1:])])


def _table(head: str, parts: list[str]) -> str:
    return f"{head} (\n" + ",\n".join(f"    {part}" for part in parts) + "\n)"


# -- SQLite: the statements themselves are kept; indexes and triggers of a table in the order in which they were made,
# because the newest trigger is asked first there.


def _made_on_sqlite(file: Path) -> list[tuple[str, str, str, str]]:
    connection = sqlite3.connect(file)
    rows = connection.execute(
        """SELECT type, tbl_name, name, sql FROM sqlite_master
        WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version' ORDER BY tbl_name, rowid"""
    ).fetchall()
    connection.close()
    return rows


def on_sqlite(file: Path) -> list[str]:
    made = _made_on_sqlite(file)
    statements = []
    for kind, table, _name, sql in made:
        if kind == "table":
            inner = sql[sql.index("(") + 1 : sql.rindex(")")]
            parts = [_one_line(part) for part in _parts(inner)]
            statements.append(_table(f"CREATE TABLE {table}", parts))
        elif kind == "index":
            statements.append(_one_line(sql))
    statements += [_hung(sql) for kind, _, _, sql in made if kind == "view"]
    statements += [_hung(sql) for kind, _, _, sql in made if kind == "trigger"]
    return statements


# -- PostgreSQL: from pg_dump. It tells conditions as the parser understood them; where those of SQLite mean the same
# there, theirs are taken, as they were written by hand.


def _dumped(server: TempPostgres, database: str) -> str:
    return subprocess.run(
        [
            *(binaries() / "bin" / "pg_dump", "--schema-only", "--no-owner", "--no-privileges"),
            *("--exclude-table=alembic_version", "-h", server.cluster, "-U", "postgres", database),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


class _Written:
    """Conditions and views as they were written for SQLite, where PostgreSQL understands them as what it has."""

    def __init__(self, dsn: str, file: Path) -> None:
        self._connection = psycopg.connect(dsn)
        self._made = {name: sql for _kind, _table, name, sql in _made_on_sqlite(file)}

    def close(self) -> None:
        self._connection.close()

    def _understood(self, made: str, asked: str) -> str | None:
        try:
            self._connection.execute(made)
            row = self._connection.execute(asked).fetchone()
        except psycopg.Error:
            return None
        finally:
            self._connection.rollback()
        return row[0] if row else None

    def _known(self, asked: str) -> str | None:
        row = self._connection.execute(asked).fetchone()
        self._connection.rollback()
        return row[0] if row else None

    def check(self, table: str, name: str, told: str) -> str:
        made = self._made.get(table, "")
        found = re.search(rf'CONSTRAINT "?{name}"? CHECK \(', made)
        if found is None:
            return told
        text = _one_line(made[found.end() - 1 : _closing(made, found.end() - 1) + 1])
        asked = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{}'"
        probe = f"ALTER TABLE {table} ADD CONSTRAINT probe CHECK {text}"
        same = self._understood(probe, asked.format("probe")) == self._known(asked.format(name))
        return f"CHECK {text}" if same else told

    def index(self, name: str, told: str) -> str:
        made = _one_line(self._made.get(name, ""))
        asked = "SELECT replace(pg_get_indexdef('{}'::regclass), 'probe', '{}')"
        understood = self._understood(made.replace(name, "probe", 1), asked.format("probe", name))
        return made if made and understood == self._known(asked.format(name, name)) else told

    def view(self, name: str, told: str) -> str:
        made = self._made.get(name, "").replace("AS INTEGER)", "AS BIGINT)")
        asked = "SELECT pg_get_viewdef('{}'::regclass)"
        understood = self._understood(made.replace(name, "probe", 1), asked.format("probe"))
        return _hung(made) if made and understood == self._known(asked.format(name)) else told


def on_postgresql(server: TempPostgres, database: str, file: Path) -> list[str]:
    dsn = f"host={server.cluster} user=postgres dbname={database}"
    with psycopg.connect(dsn) as connection:
        # Of two rules that are broken at once, the one made first is told.
        made = "SELECT relname, oid FROM pg_class UNION ALL SELECT conname, oid FROM pg_constraint WHERE contype = 'f'"
        age = dict(connection.execute(made).fetchall())
    written = _Written(dsn, file)
    columns: dict[str, list[str]] = {}
    keys, checks, references, indexes = (defaultdict[str, list[tuple[int, str]]](list) for _ in range(4))
    extensions, views, functions, triggers = [], [], [], []
    pieces = re.split(
        r"^--\n-- Name: (.+?); Type: (.+?); Schema: .*\n--\n", _dumped(server, database), flags=re.MULTILINE
    )[1:]
    for title, kind, body in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        text = re.split(r"^(?:SET |\\|--)", body.strip(), flags=re.MULTILINE)[0].strip().removesuffix(";")
        if title.startswith("EXTENSION "):
            continue
        if kind != "FUNCTION":
            text = text.replace("public.", "")
        table, _, name = title.partition(" ")
        if kind == "TABLE":
            inner = text[text.index("(") + 1 : text.rindex(")")]
            columns[table] = []
            for part in map(_one_line, _parts(inner)):
                if found := re.match(r"CONSTRAINT (\S+) (CHECK .*)", part):
                    check = written.check(table, found[1], found[2])
                    checks[table].append((0, f"CONSTRAINT {found[1]} {check}"))
                else:
                    columns[table].append(part)
        elif kind == "DEFAULT":
            # A key that counts by itself; its sequence is made and owned with it.
            assert text.endswith(f"SET DEFAULT nextval('{table}_{name}_seq'::regclass)"), text
            columns[table] = [
                re.sub(rf"^{name} bigint\b", f"{name} bigserial", column) for column in columns[table]
            ]
        elif kind == "CONSTRAINT":
            keys[table].append((age[name], text[text.index("CONSTRAINT ") :]))
        elif kind == "FK CONSTRAINT":
            references[table].append((age[name], "ADD " + text[text.index("CONSTRAINT ") :]))
        elif kind == "INDEX":
            table = re.search(r" ON (\S+) USING ", text)[1]  # type: ignore[index]
            indexes[table].append((age[title], written.index(title, text.replace(" USING btree", ""))))
        elif kind == "VIEW":
            views.append(written.view(title, text))
        elif kind == "FUNCTION":
            head, body = text.replace("public.", "", 1).split("$$", 1)
            functions.append(_hung(f"{_one_line(head)} $${body}"))
        elif kind == "EXTENSION":
            extensions.append(f"CREATE EXTENSION IF NOT EXISTS {title}")
        elif kind == "TRIGGER":
            triggers.append(_one_line(text))
        else:
            assert kind in ("SEQUENCE", "SEQUENCE OWNED BY"), f"not known how to write down a {kind}: {text}"
    written.close()
    statements = extensions
    for table in sorted(columns):
        bound = [text for _, text in [*sorted(keys[table]), *checks[table]]]
        statements.append(_table(f"CREATE TABLE {table}", columns[table] + bound))
        statements += [text for _, text in sorted(indexes[table])]
    statements += views
    for table in sorted(references):
        added = ",\n    ".join(text for _, text in sorted(references[table]))
        statements.append(f"ALTER TABLE {table}\n    {added}")
    return statements + functions + triggers


def joined(about: str, statements: list[str]) -> str:
    return "\n".join([_HEAD.format(about), *(f"{statement};\n" for statement in statements)])


def both(server: TempPostgres) -> tuple[list[str], list[str]]:
    """The statements of SQLite's schema and of PostgreSQL's, after all migrations."""
    server.create("schema_text")
    with tempfile.TemporaryDirectory(prefix="kueakun-schema-") as folder:
        _upgraded(Path(folder))
        _upgraded(Path(folder) / "pg", server.url("schema_text"))
        file = Path(folder) / "kueakun.sqlite"
        return on_sqlite(file), on_postgresql(server, "schema_text", file)


def docs(postgresql: list[str]) -> str:
    return joined("The schema on PostgreSQL after all migrations. Made by tests/schema_text.py.", postgresql)


def main() -> None:
    server = TempPostgres()
    try:
        sqlite, postgresql = both(server)
    finally:
        server.stop()
    DOCS.write_text(docs(postgresql))
    if "--baseline" in sys.argv[1:]:
        BASELINE.mkdir(exist_ok=True)
        for name, statements in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
            about = f"The schema of version 0.2.0 on {name}, where the migrations begin."
            (BASELINE / f"{name.lower()}.sql").write_text(joined(about, statements))


if __name__ == "__main__":
    main()
