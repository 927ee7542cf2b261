"""The schema: numbered migrations, up and down."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import Engine, inspect, text

from app.kit.db import db
from app.kit.errors import Refused

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(to: str = "head") -> None:
    """Bring the database up to a migration. Inside an application context.

    Raises Refused for a database of a version whose migrations are not among those here.
    """
    refuse_foreign()
    if to == "head" and current() == newest():
        # Every start comes by here; Alembic itself takes longer to import than all the rest.
        return
    from alembic import command

    command.upgrade(_config(), to)


def downgrade(to: str) -> None:
    """Take the database back to a migration; "base" leaves it empty."""
    from alembic import command

    command.downgrade(_config(), to)


def current() -> str | None:
    """The migration the database stands at; None for an empty one, and for one that is not there yet."""
    if db.engine.dialect.name == "sqlite" and not Path(db.engine.url.database or "").exists():
        # Opening it to ask would make it.
        return None
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def refuse_foreign() -> None:
    """Refuse a database that stands at a migration the code does not know: that of version 0.1.0, or of a later one."""
    found = current()
    if found is None or found in _known():
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
    return max(_known())


def _known() -> set[str]:
    # A migration's file has its name, and names are numbered: tests/migrations holds both.
    return {file.stem for file in (_FOLDER / "versions").glob("[0-9]*.py")}
