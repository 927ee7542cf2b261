"""Backups: what is put back is what was there, and what cannot be put back is said before anything is written."""

import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from aid_world import jpeg
from flask import Flask
from help_given import hand_over, paid_request, take_in
from people import Cast
from portals import Portal as Opened
from portals import settings_for
from postgres import binaries
from sqlalchemy import select, text, update

from app.cases.aid import evidence
from app.cases.register.records import Member
from app.kit import clock
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import Refused
from app.province.portal import Portal, claim
from app.settings import Settings
from app.warroom import backups, commands, restores, system, wholeness

_databases = itertools.count(1)
Elsewhere = Callable[[], object]


@pytest.fixture
def filled(portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """A fund with a register, a donation, a payment, a handover and a photograph of it."""
    # The programs of the very server that the tests run on.
    monkeypatch.setenv("PATH", f"{binaries() / 'bin'}:{os.environ['PATH']}")
    with transaction():
        claim(province="sisaket", demo=False, id_key=Settings.here().id_key)
    take_in(cast, pupils=6)
    hand_over(cast, paid_request(cast, 6, dimension="education"), 6)
    picture = evidence.read(jpeg())
    with transaction():
        evidence.keep(picture, by=cast.busaba.user)
    return cast


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, portal: Flask, tmp_path: Path) -> Elsewhere:
    """Another machine: a portal of the same secrets with an empty database and data folder of its own."""
    on_sqlite = is_sqlite()

    @contextmanager
    def opened(**changed: object) -> Iterator[Flask]:
        number = next(_databases)
        url = ""
        if not on_sqlite:
            server = request.getfixturevalue("postgres_server")
            server.create(f"restored_{number}")
            url = server.url(f"restored_{number}")
        with Opened.opened(replace(settings_for(tmp_path / f"other{number}", url), **changed)) as app:
            yield app
        if url:
            server.drop(f"restored_{number}")

    return opened


def test_a_backup_put_back_on_another_machine_holds_every_row_and_opens_every_file(
    filled: Cast, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    made = backups.make(tmp_path / "backups", keep_days=35)
    before = wholeness.look()
    assert (before.findings, before.opened["ภาพการส่งมอบ"]) == ([], 1)
    assert before.opened["เลขประจำตัวประชาชน"] >= 6
    with elsewhere():
        manifest, seen = restores.restore(made)
        assert seen == before
        assert db.session().scalar(text("SELECT count(*) FROM donation")) == manifest["rows"]["donation"] == 1
        assert backups.last_numbers() == manifest["last_numbers"]
        with pytest.raises(Refused, match="มีข้อมูลอยู่แล้ว"):
            restores.restore(made)


def test_what_cannot_be_put_back_is_refused_before_anything_is_written(
    filled: Cast, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    made = backups.make(tmp_path / "backups", keep_days=35)
    for changed, words in (
        ({"id_key": b"k" * 32}, "KUEAKUN_ID_KEY ไม่ใช่กุญแจของข้อมูลสำรองนี้"),
        ({"demo": True}, "ข้อมูลสำรองนี้เป็นของระบบจริง"),
    ):
        with elsewhere(**changed), pytest.raises(Refused, match=words):
            restores.restore(made)
    photograph = next((made / "evidence").rglob("*.encrypted"))
    photograph.write_bytes(photograph.read_bytes()[:-1])
    with elsewhere():
        with pytest.raises(Refused, match="เสียหาย 1 ไฟล์ เช่น evidence/"):
            restores.restore(made)
        assert not (Settings.here().data / "evidence").exists()
    shutil.rmtree(made / "evidence")
    (made / "manifest.json").unlink()
    with elsewhere(), pytest.raises(Refused, match="ไม่ใช่ข้อมูลสำรองที่ครบ"):
        restores.restore(made)


def test_a_restore_that_stops_half_way_leaves_nothing_and_can_be_begun_anew(
    filled: Cast, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    made = backups.make(tmp_path / "backups", keep_days=35)
    database = next(made.glob("database.*"))
    whole, manifest = database.read_bytes(), (made / "manifest.json").read_text()
    with elsewhere():
        database.write_bytes(whole[:50])
        changed = json.loads(manifest)
        changed["files"][database.name] = backups.hash_of(database)
        (made / "manifest.json").write_text(json.dumps(changed))
        before = Settings.here().database_url
        if "postgresql" in before:
            with pytest.raises(Refused, match="pg_restore ทำไม่สำเร็จ"):
                restores.restore(made)
        else:
            with pytest.raises(Refused), pytest.MonkeyPatch.context() as patched:
                patched.setattr(restores, "_sqlite", lambda _: restores.backups.run("no-such-program"))
                restores.restore(made)
        assert not (Settings.here().data / "evidence").exists()
        database.write_bytes(whole)
        (made / "manifest.json").write_text(manifest)
        assert restores.restore(made)[1].findings == []


def test_a_portal_that_lost_a_photograph_or_whose_number_was_changed_is_not_whole(filled: Cast) -> None:
    shutil.rmtree(Settings.here().data / "evidence")
    first = select(Member.id).where(Member.id_encrypted.is_not(None)).limit(1).scalar_subquery()
    with transaction() as session:
        session.execute(update(Member).where(Member.id == first).values(id_encrypted=b"x" * 40))
    told = filled.app.test_cli_runner().invoke(commands.whole)
    said = json.loads(told.stdout)
    assert (told.exit_code, said["whole"]) == (1, False)
    assert said["findings"][0].startswith("เลขประจำตัวประชาชน เปิดไม่ได้หรือหายไป 1 จาก")
    assert "ภาพการส่งมอบ เปิดไม่ได้หรือหายไป 1 จาก 1 รายการ" in said["findings"]


def test_old_backups_go_and_pictures_that_the_last_one_holds_are_linked(filled: Cast, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    first = backups.make(to, keep_days=2)
    with time_machine.travel(clock.now() + timedelta(days=1)):
        second = backups.make(to, keep_days=2)
    kept = [next((made / "evidence").rglob("*.encrypted")) for made in (first, second)]
    assert kept[0].samefile(kept[1])
    with time_machine.travel(clock.now() + timedelta(days=2, minutes=1)):
        third = backups.make(to, keep_days=2)
    assert sorted(to.iterdir()) == [second, third]
    assert backups.read_manifest(third)["files"] == {
        **backups.read_manifest(second)["files"],
        **{
            name: digest
            for name, digest in backups.read_manifest(third)["files"].items()
            if "database" in name
        },
    }


def test_health_asks_for_a_backup_of_a_live_portal_that_has_none_for_a_day(
    filled: Cast, tmp_path: Path
) -> None:
    def troubles() -> list[str]:
        return [words for words in system.troubles() if "สำรอง" in words]

    assert troubles() == []
    with time_machine.travel(clock.now() + timedelta(hours=26)):
        assert troubles() == ["ไม่มีข้อมูลสำรองมา 1 วัน"]
        backups.make(tmp_path / "backups", keep_days=35)
        assert troubles() == []
    with transaction() as session:
        session.execute(update(Portal).values(demo=True))
    with time_machine.travel(clock.now() + timedelta(days=9)):
        assert troubles() == []
