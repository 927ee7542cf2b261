"""Commands that keep a portal: making a backup, putting it back, and asking whether all is whole."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.warroom import backups, restores, wholeness
from app.warroom.wholeness import Wholeness

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("backup")
@click.option(
    "--to",
    "to",
    type=_FOLDER,
    required=True,
    help="The folder of the backups; each gets one of its own in it.",
)
@click.option(
    "--keep-days", type=click.IntRange(1, 3650), default=35, show_default=True, help="Older ones are deleted."
)
@with_appcontext
def backup(to: Path, keep_days: int) -> None:
    """Back up the database, the pictures and papers and the profile, while the portal runs; prints JSON."""
    made = backups.make(to, keep_days=keep_days)
    manifest = backups.read_manifest(made)
    said = {"backup": str(made), "rows": sum(manifest["rows"].values()), "files": len(manifest["files"])}
    click.echo(json.dumps({**said, "last_numbers": manifest["last_numbers"]}, ensure_ascii=False))


@click.command("restore")
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def restore(backup: Path) -> None:
    """Put a backup back into an empty database and an empty data folder, and prove it; exit 1 when it is not whole."""
    manifest, seen = restores.restore(backup)
    told = {"made_at": manifest["made_at"], "last_numbers": backups.last_numbers()}
    _tell(seen, restored=str(backup), **told)


@click.command("whole")
@with_appcontext
def whole() -> None:
    """Open everything that is kept encrypted, prove the books and walk the trail; exit 1 when something is not whole."""
    _tell(wholeness.look())


def _tell(seen: Wholeness, **more: object) -> None:
    said = {"whole": not seen.findings, **more, "opened": seen.opened, "last_hash": seen.last_hash}
    click.echo(json.dumps({**said, "findings": seen.findings}, ensure_ascii=False))
    if seen.findings:
        click.get_current_context().exit(1)


COMMANDS = (backup, restore, whole)
