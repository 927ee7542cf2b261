"""The operator's command for the demonstration."""

import json

import click
from flask.cli import with_appcontext

from app.demo import province
from app.kit import schema
from app.kit.errors import Refused
from app.settings import Settings


@click.command()
@click.option("--accounts", is_flag=True, help="Print who can sign in, as JSON, and load nothing.")
@with_appcontext
def demo(accounts: bool) -> None:
    """Load the demonstration province into an empty database, or list its accounts."""
    settings = Settings.here()
    if not settings.demo:
        raise Refused(
            "ระบบนี้เป็นระบบจริง จึงไม่มีข้อมูลหรือบัญชีผู้ใช้สาธิต หากต้องการระบบสาธิต กรุณาใช้ฐานข้อมูลและโฟลเดอร์ข้อมูลใหม่"
        )
    if accounts:
        click.echo(json.dumps(province.accounts(settings), ensure_ascii=False))
        return
    schema.upgrade()
    if province.is_loaded():
        click.echo(json.dumps({"loaded": True, "new": False}))
        return
    province.load()
    click.echo(json.dumps({"loaded": True, "new": True}))
