"""The schema: numbered migrations, up and down."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.kit.db import db

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(to: str = "head") -> None:
    """Bring the database up to a migration. Inside an application context."""
    command.upgrade(_config(), to)


def downgrade(to: str) -> None:
    """Take the database back to a migration; "base" leaves it empty."""
    command.downgrade(_config(), to)


def current() -> str | None:
    """The migration the database stands at; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The last migration the code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""
