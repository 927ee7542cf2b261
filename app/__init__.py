"""Kueakun (เกื้อกูล): the portal of a provincial poverty-eradication fund."""

import gc

if was_on := gc.isenabled():
    # Nothing that is made while the rooms are imported is ever let go: looking through it time and again takes longer
    # than a quarter of the whole import.
    gc.disable()

from datetime import timedelta
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask_login import current_user
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from app import rooms
from app import settings as settings_
from app.demo import providers
from app.demo import province as demo_province
from app.kit import deed_keys, kept_forms, language, phrases, private
from app.kit import web as kit_web  # importing `app.web` sets the name `web` of this module
from app.kit.db import db, prepare_engine
from app.province import profile, profile_check
from app.public import display
from app.public.display import Display
from app.room import blueprints
from app.settings import ROOT, Settings
from app.staff import attempts, doors, navigation, signin

gc.freeze()
if was_on:
    gc.enable()


class _Portal(Flask):
    def log_exception(self, exc_info: Any) -> None:
        # Addresses hold what nobody but the bank, a giver or a payer may know; their rule says as well where it was.
        where = request.url_rule.rule if request.url_rule else "no known address"
        self.logger.error("Exception on %s [%s]", where, request.method, exc_info=exc_info)


def create_app(settings: Settings | None = None) -> Flask:
    """The portal. Raises Refused, with words for the operator, when the settings will not do."""
    settings = settings or settings_.read()
    app = _Portal(
        "app", static_folder="static", template_folder=str(ROOT / "templates"), root_path=str(ROOT / "app")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=24 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        # With this prefix a browser takes the cookie from this host alone: a neighbour under the same domain of the
        # province cannot put one of its own in its place.
        SESSION_COOKIE_NAME="__Host-kueakun" if settings.secure_cookies else "kueakun",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.proxies:
        # Whose request it is, for throttling and the audit trail. Without a proxy anybody could write the header.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.extensions["kueakun"] = settings
    app.extensions["profile"] = profile.load(settings.province)
    profile_check.refuse_faulty(settings.province)
    private.folder(settings.data, setting="KUEAKUN_DATA")
    db.init_app(app)
    with app.app_context():
        engine: Engine = db.engine
        prepare_engine(engine)
    # First of all, so that every refusal is said in the reader's language.
    app.before_request(display.use_language)
    app.teardown_request(display.reset_language)
    app.add_template_filter(phrases.keeper(_names(app.extensions["profile"])), "whole")
    kit_web.install(app)
    signin.install(app)
    app.before_request(doors.guard)
    kept_forms.install(
        app, folder=settings.data / "kept_forms", secret=settings.secret_key, owner=doors.form_owner
    )
    attempts.install(app)
    deed_keys.install(app)
    rooms.inject()
    for bp in blueprints([*rooms.ROOMS, rooms.DEMO] if settings.demo else rooms.ROOMS):
        app.register_blueprint(bp)
    if settings.demo:
        app.extensions["demo_accounts"] = lambda: demo_province.accounts(settings)
        app.extensions["demo_providers"] = lambda: providers.introduced(settings)
    app.context_processor(_page_words)
    return app


def _names(here: profile.Profile) -> tuple[str, ...]:
    """What no title breaks: the names of the province and its bodies."""
    return (
        f"จังหวัด{here.province_th}",
        here.province_th,
        here.motto_th,
        *(area.name_th for area in here.work_areas),
    )


def _engine_options(settings: Settings) -> dict[str, Any]:
    # An error names the statement and never the values: those are names and numbers of people, and errors go to logs.
    if settings.database_url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 30}}
    options = "-c timezone=UTC -c lock_timeout=30s -c idle_in_transaction_session_timeout=120s"
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 8,
        "connect_args": {"options": options},
    }


def _page_words() -> dict[str, Any]:
    """What every page may say: the province, the demonstration banner, and where this person may go."""
    here = Settings.here()
    try:
        nav, office = navigation.items(current_user), navigation.office(current_user)
    except SQLAlchemyError:
        # The page that says the database is away must not ask the database who is reading it.
        nav, office = [], []
    return {
        "profile": profile.Profile.here(),
        "demo": here.demo,
        "nav": nav,
        "own_office": office,
        "display": Display.here(),
        "has_english": has_request_context() and language.has_english(current_app, request.endpoint),
    }
