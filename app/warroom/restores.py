"""Restores: a backup put back where nothing is, and looked at before anybody relies on it."""

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from app.kit import schema
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import Refused
from app.province.portal import check_of, claim
from app.settings import Settings
from app.warroom import backups, wholeness
from app.warroom.wholeness import Wholeness


def restore(backup: Path) -> tuple[dict[str, Any], Wholeness]:
    """Put a backup back into an empty database and bring it up to this version; answers its manifest and what is wrong.

    Before anything is written each file is compared with the manifest, and the key with the backup's. Raises Refused for a
    backup that is not whole, another key or province, and a database or folder that holds something.
    """
    manifest = backups.read_manifest(backup)
    _refuse_foreign(manifest)
    _refuse_damaged(backup, manifest)
    _refuse_filled()
    data = Settings.here().data
    try:
        _put_back(backup, manifest, data)
    except BaseException:
        # They were empty before: what stopped half-way may be begun anew.
        for folder in backups.FOLDERS:
            shutil.rmtree(data / folder, ignore_errors=True)
        raise
    with db.engine.connect() as connection:
        rows = backups.count_rows(connection)
    differing = [name for name, count in manifest["rows"].items() if rows.get(name) != count]
    schema.upgrade()
    settings = Settings.here()
    with transaction():
        claim(province=settings.province, demo=settings.demo, id_key=settings.id_key)
    seen = wholeness.look()
    seen.findings.extend(f"ตาราง {name} มีจำนวนแถวไม่ตรงกับข้อมูลสำรอง" for name in differing)
    return manifest, seen


def _put_back(backup: Path, manifest: dict[str, Any], data: Path) -> None:
    """The files first and the database last, whole or not at all: whoever finds a database there finds all."""
    for name in manifest["files"]:
        if Path(name).parts[0] in backups.FOLDERS:
            target = data / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(backup / name, target)
    if is_sqlite():
        _sqlite(backup / "database.sqlite")
        return
    backups.run(
        "pg_restore",
        *("--no-owner", "--exit-on-error", "--single-transaction"),
        f"--dbname={make_url(Settings.here().database_url).database}",
        str(backup / "database.dump"),
    )


def _refuse_foreign(manifest: dict[str, Any]) -> None:
    settings = Settings.here()
    if manifest["key_check"] != check_of(settings.id_key).hex():
        raise Refused("KUEAKUN_ID_KEY ไม่ใช่กุญแจของข้อมูลสำรองนี้ กรุณาใช้กุญแจที่เก็บแยกไว้เมื่อครั้งสำรองข้อมูล")
    if (manifest["province"], manifest["demo"]) != (settings.province, settings.demo):
        kind = "ระบบสาธิต" if manifest["demo"] else "ระบบจริง"
        raise Refused(
            f"ข้อมูลสำรองนี้เป็นของ{kind} จังหวัด {manifest['province']} กรุณาตรวจ KUEAKUN_PROVINCE และ KUEAKUN_DEMO"
        )
    if is_sqlite() != ("database.sqlite" in manifest["files"]):
        raise Refused("ข้อมูลสำรองนี้เป็นของฐานข้อมูลคนละชนิด กรุณาตรวจ KUEAKUN_DATABASE_URL")


def _refuse_damaged(backup: Path, manifest: dict[str, Any]) -> None:
    wrong = [
        name
        for name, digest in manifest["files"].items()
        if ".." in Path(name).parts
        or not (backup / name).is_file()
        or backups.hash_of(backup / name) != digest
    ]
    if wrong:
        raise Refused(f"ข้อมูลสำรองนี้เสียหาย {len(wrong):,} ไฟล์ เช่น {wrong[0]} ยังไม่ได้กู้คืนสิ่งใด กรุณาใช้ข้อมูลสำรองชุดอื่น")


def _refuse_filled() -> None:
    if schema.current() is not None or (not is_sqlite() and inspect(db.engine).get_table_names()):
        raise Refused("ฐานข้อมูลนี้มีข้อมูลอยู่แล้ว กรุณากู้คืนลงฐานข้อมูลใหม่ที่ว่างอยู่ ข้อมูลเดิมจึงไม่ถูกเขียนทับ")
    data = Settings.here().data
    if filled := next((name for name in backups.FOLDERS if any((data / name).glob("*"))), None):
        raise Refused(f"โฟลเดอร์ {data / filled} มีไฟล์อยู่แล้ว กรุณากู้คืนลงโฟลเดอร์ข้อมูลใหม่ที่ว่างอยู่")


def _sqlite(file: Path) -> None:
    db.session.remove()
    db.engine.dispose()
    target = Path(make_url(Settings.here().database_url).database or "")
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(file, part)
    part.replace(target)
