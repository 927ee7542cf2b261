"""Settings of the portals that tests and benchmarks open."""

import contextvars
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

from app import _engine_options, create_app
from app.kit import private
from app.kit.db import db, prepare_engine
from app.province.profile import Profile
from app.settings import Settings, read

#: Well formed, and the fund's of the tests.
TAX_ID = "0994000000006"


def settings_for(folder: Path, url: str = "") -> Settings:
    """A live portal's settings with strong secrets (the demonstration has tests of its own)."""
    environment = {
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(folder),
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": "callback-key-only-for-tests-456789",
        "KUEAKUN_SECURE_COOKIES": "0",
    }
    if url:
        environment["KUEAKUN_DATABASE_URL"] = url
    return read(environment)


def free_port() -> int:
    """A port that nobody listens on just now; two test workers must never be given the same fixed one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_issuer(app: Flask, **issuer: str) -> Flask:
    """The portal with an issuer whose receipts count: the profiles as delivered have no tax ID of their own."""
    profile: Profile = app.extensions["profile"]
    app.extensions["profile"] = replace(
        profile, issuer=replace(profile.issuer, **{"tax_id": TAX_ID, **issuer})
    )
    return app


def as_served(app: Flask) -> None:
    """Answer every request as a server would, outside the test's own context: who is signed in, the token of the
    form and the database session of one request are not seen by the next."""
    answer = app.wsgi_app

    def whole(environ: Any, start_response: Any) -> list[bytes]:
        told = answer(environ, start_response)
        try:
            return [b"".join(told)]
        finally:
            if hasattr(told, "close"):
                told.close()

    def alone(environ: Any, start_response: Any) -> Any:
        # To the last byte: an answer that is still being written belongs to its request.
        return contextvars.Context().run(whole, environ, start_response)

    app.wsgi_app = alone  # type: ignore[method-assign]


class Compiled(BytecodeCache):
    """Templates compiled once for all the portals of a run, of whichever worker."""

    #: Where the workers leave for each other what they compiled.
    files: ClassVar[FileSystemBytecodeCache | None] = None
    _kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])
        elif self.files:
            self.files.load_bytecode(bucket)
            if bucket.code:
                self._kept[bucket.key] = bucket.bytecode_to_string()

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()
        if self.files:
            self.files.dump_bytecode(bucket)


#: Statements compiled once for all the engines of a run, by kind of database.
_statements: dict[type[Dialect], LRUCache[Any, Any]] = {}


def compiles_once(app: Flask) -> None:
    """Let portals share what was compiled: the templates, and the statements of engines of one kind, which are set up alike.

    Inside the portal's context. A compiled statement is kept by the dialect that it was compiled for, so dialects of one
    kind have to be equal.
    """
    app.jinja_env.bytecode_cache = Compiled()
    kind = type(db.engine.dialect)
    if kind not in _statements:
        _statements[kind] = LRUCache(5_000)
        kind.__eq__ = lambda example, other: type(example) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda example: hash(type(example))  # type: ignore[method-assign]
    db.engine._compiled_cache = _statements[kind]


class Portal:
    """A portal that is opened for one test after another: adding its rooms takes longer than most tests do."""

    #: Those that no test has just now. A test may have two.
    _idle: ClassVar[list["Portal"]] = []
    #: Address of a database that is used again → its engine, whose connections know the tables already.
    _kept: ClassVar[dict[str, Engine]] = {}

    def __init__(self, settings: Settings) -> None:
        self.app = app = with_issuer(create_app(settings))
        app.testing = True
        as_served(app)
        self._config, self._extensions = dict(app.config), dict(app.extensions)
        self._parts = self._now()

    def _now(self) -> list[Any]:
        """What a portal is made of, which no test may leave changed."""
        app = self.app
        return [
            app.wsgi_app,
            dict(app.view_functions),
            len(app.url_map._rules),
            {
                code: {item: dict(of) for item, of in several.items()}
                for code, several in app.error_handler_spec.items()
            },
            *(
                {name: list(several) for name, several in functions.items()}
                for functions in (
                    app.before_request_funcs,
                    app.after_request_funcs,
                    app.teardown_request_funcs,
                    app.template_context_processors,
                )
            ),
            list(app.teardown_appcontext_funcs),
            dict(app.jinja_env.globals),
            dict(app.jinja_env.filters),
        ]

    def _begin(self, settings: Settings) -> None:
        """Be with other settings what `create_app` makes with them."""
        app = self.app
        app.config.clear()
        # No connection to a test's own server is lost while it waits, so nobody asks it first whether it is there.
        app.config.update(
            self._config,
            SQLALCHEMY_DATABASE_URI=settings.database_url,
            SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings) | {"pool_pre_ping": False},
        )
        app.extensions.clear()
        app.extensions.update(self._extensions, kueakun=settings)
        app._got_first_request = False
        private.folder(settings.data, setting="KUEAKUN_DATA")
        ending, shell = list(app.teardown_appcontext_funcs), list(app.shell_context_processors)
        del app.extensions["sqlalchemy"]
        db.init_app(app)
        if kept := self._kept.pop(settings.database_url, None):
            db._app_engines[app][None] = kept
        app.teardown_appcontext_funcs[:], app.shell_context_processors[:] = ending, shell
        with app.app_context():
            prepare_engine(db.engine)

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings, *, again: bool = False) -> Iterator[Flask]:
        """A portal with these settings, inside its application context. One that was changed is not used again.

        With `again` the database will be opened again: on PostgreSQL its connections stay, as new as they can be made.
        """
        if cls._idle:
            portal = cls._idle.pop()
            portal._begin(settings)
        else:
            portal = cls(settings)
        with portal.app.app_context():
            compiles_once(portal.app)
            yield portal.app
            db.session.remove()
            if not again or not cls._keep(settings.database_url, db.engine):
                db.engine.dispose()
        if portal._now() == portal._parts:
            cls._idle.append(portal)

    @classmethod
    def _keep(cls, address: str, engine: Engine) -> bool:
        """Whether the engine stays for the next portal on its database: not while somebody has a connection of it."""
        pool = engine.pool
        if not isinstance(pool, QueuePool) or pool.checkedout() or not 0 < pool.checkedin() <= 2:
            return False
        for connection in [pool.connect() for _ in range(pool.checkedin())]:
            driver: Any = connection.driver_connection
            driver.autocommit = True
            driver.execute("DISCARD ALL")
            driver.autocommit = False
            connection.close()
        cls._kept[address] = engine
        return True

    @classmethod
    def kept_connections(cls) -> list[Any]:
        """Those that wait for the next portal on their database."""
        pools: list[Any] = [engine.pool for engine in cls._kept.values()]
        return [record.dbapi_connection for pool in pools for record in pool._pool.queue]

    @classmethod
    def forget(cls, address: str) -> None:
        """Close the connections that were kept for a database."""
        if address in cls._kept:
            cls._kept.pop(address).dispose()

    @classmethod
    def forget_all(cls) -> None:
        for address in list(cls._kept):
            cls.forget(address)
