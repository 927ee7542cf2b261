"""The schema of version 0.2.0, where the migrations begin: one text a database, in the folder `baseline`."""

import re
from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0001_baseline"
down_revision = None
branch_labels = None
depends_on = None

_FOLDER = Path(__file__).resolve().parents[1] / "baseline"


def _statements() -> Iterator[str]:
    """An empty line ends a statement. The semicolons inside triggers and functions end nothing."""
    text = (_FOLDER / f"{op.get_bind().dialect.name}.sql").read_text(encoding="utf-8")
    for piece in re.split(r"\n\s*\n", text):
        statement = re.sub(r"\A(?:--.*(?:\n|\Z))+", "", piece.strip())
        if not statement:
            continue
        if not re.match(r"(CREATE|ALTER|INSERT) ", statement) or not statement.endswith(";"):
            raise ValueError(f"no whole statement of the baseline: {statement}")
        yield statement


def upgrade() -> None:
    for statement in _statements():
        # No "%" is a place for a value here.
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


def downgrade() -> None:
    # On PostgreSQL a trigger goes with its function, a view and a key with the table that they speak of.
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    made = [
        re.match(r"CREATE (EXTENSION|VIEW|TABLE|FUNCTION) (?:IF NOT EXISTS )?(\w+)", statement)
        for statement in _statements()
    ]
    things = [(found[1], found[2]) for found in made if found]
    for kind, name in sorted(things, reverse=True):
        op.execute(f"DROP {kind} IF EXISTS {name}" + ("" if on_sqlite else " CASCADE"))
