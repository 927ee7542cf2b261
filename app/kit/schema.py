"""The schema: numbered migrations, up and down."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Engine

from app.kit.db import db
from app.kit.errors import Refused

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(to: str = "head") -> None:
    """Bring the database up to a migration. Inside an application context.

    Raises Refused for a database of a version whose migrations are not among those here.
    """
    refuse_foreign()
    command.upgrade(_config(), to)


def downgrade(to: str) -> None:
    """Take the database back to a migration; "base" leaves it empty."""
    command.downgrade(_config(), to)


def current() -> str | None:
    """The migration the database stands at; None for an empty one, and for one that is not there yet."""
    if db.engine.dialect.name == "sqlite" and not Path(db.engine.url.database or "").exists():
        # Opening it to ask would make it.
        return None
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def refuse_foreign() -> None:
    """Refuse a database that stands at a migration the code does not know: that of version 0.1.0, or of a later one."""
    found = current()
    if found is None or found in {
        script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()
    }:
        return
    engine: Engine = db.engine
    data: Path = current_app.extensions["kueakun"].data
    inside = data in Path(engine.url.database or "").parents
    elsewhere = "" if inside else " และใช้ฐานข้อมูลใหม่ที่ว่างอยู่"
    raise Refused(
        f"ฐานข้อมูลนี้สร้างด้วยระบบรุ่นอื่น ({found}) จึงใช้กับรุ่นนี้ไม่ได้ หากเป็นระบบสาธิต กรุณาลบโฟลเดอร์ข้อมูล {data}{elsewhere} "
        "แล้วเริ่มใหม่ หากยังต้องใช้ข้อมูลนี้ กรุณากลับไปใช้ระบบรุ่นก่อนหน้า"
    )


def newest() -> str:
    """The last migration the code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""
