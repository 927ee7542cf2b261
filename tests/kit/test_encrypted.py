"""The encrypted store: nothing readable on the disk, and what was unencrypted gets encrypted without ever being away."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.kit import crypto, photos
from app.kit.crypto import DecryptionFailed
from app.kit.encrypted import EncryptedStore
from app.kit.errors import BadInput

SECRET = b"account 401-0-00000-1 of Somying"
OLD = datetime.now(UTC) + timedelta(days=1)


def store(folder: Path, *, key: bytes = b"k" * 32, context: str = "test") -> EncryptedStore:
    return EncryptedStore(folder, key=key, key_number=1, context=context)


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def read(kept: EncryptedStore, key: str) -> bytes:
    with kept.open(key) as file:
        return file.read()


def test_what_is_kept_is_given_back_and_not_readable_on_the_disk(tmp_path: Path) -> None:
    kept = store(tmp_path)
    key = kept.put(SECRET)
    assert key == hashlib.sha256(SECRET).hexdigest()
    assert (kept.exists(key), read(kept, key)) == (True, SECRET)
    assert list(files(tmp_path)) == [f"{key}.encrypted"]
    assert not any(b"Somying" in content for content in files(tmp_path).values())


def test_another_key_another_store_or_a_changed_file_opens_nothing(tmp_path: Path) -> None:
    key = store(tmp_path).put(SECRET)
    for other in (store(tmp_path, key=b"x" * 32), store(tmp_path, context="other")):
        with pytest.raises(DecryptionFailed):
            other.open(key)
    (path,) = tmp_path.rglob("*.encrypted")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DecryptionFailed):
        store(tmp_path).open(key)


def test_a_file_put_in_the_place_of_another_opens_nothing(tmp_path: Path) -> None:
    kept = store(tmp_path)
    first, two = kept.put(SECRET), kept.put(b"another")
    paths = {path.name.partition(".")[0]: path for path in tmp_path.rglob("*.encrypted")}
    paths[first].write_bytes(paths[two].read_bytes())
    with pytest.raises(DecryptionFailed):
        kept.open(first)


def test_what_was_kept_unencrypted_is_read_and_then_encrypted(tmp_path: Path) -> None:
    contents = [SECRET, b"two", b"three"]
    keys = [photos.Store(tmp_path).put(content) for content in contents]
    kept = store(tmp_path)
    assert [read(kept, key) for key in keys] == contents
    assert kept.encrypt_old(most=2) == 2
    assert [read(kept, key) for key in keys] == contents
    assert (kept.encrypt_old(most=2), kept.encrypt_old(most=2)) == (1, 0)
    assert [read(kept, key) for key in keys] == contents
    assert sorted(files(tmp_path)) == sorted(f"{key}.encrypted" for key in keys)


@pytest.mark.parametrize("where", ["encrypt", "rename", "compare", "unlink"])
def test_encryption_that_is_killed_loses_nothing_and_is_done_by_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    key = photos.Store(tmp_path).put(SECRET)
    kept = store(tmp_path)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        if where == "encrypt":
            broken.setattr(crypto, "encrypt_bytes", killed)
        elif where == "rename":
            broken.setattr(Path, "replace", killed)
        elif where == "compare":
            broken.setattr(crypto, "decrypt_bytes", killed)
        else:
            broken.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            kept.encrypt_old(most=9)
    assert read(kept, key) == SECRET
    assert kept.encrypt_old(most=9) == 1
    assert read(kept, key) == SECRET
    assert list(files(tmp_path)) == [f"{key}.encrypted"]


def test_a_file_that_does_not_decrypt_keeps_the_unencrypted_content(tmp_path: Path) -> None:
    key = photos.Store(tmp_path).put(SECRET)
    store(tmp_path, key=b"x" * 32).put(SECRET)
    with pytest.raises(DecryptionFailed):
        store(tmp_path).encrypt_old(most=9)
    assert files(tmp_path)[key] == SECRET


def test_a_file_that_does_not_decrypt_keeps_no_other_content_from_being_encrypted(tmp_path: Path) -> None:
    contents = [b"one", b"two", b"three"]
    keys = [photos.Store(tmp_path).put(content) for content in contents]
    # Whichever the folder tells first: each is once the one that does not open.
    for at, bad in enumerate(keys):
        folder = tmp_path / f"with {at}"
        for inside in contents:
            photos.Store(folder).put(inside)
        store(folder, key=b"x" * 32).put(contents[at])
        with pytest.raises(DecryptionFailed):
            store(folder).encrypt_old(most=9)
        assert sorted(files(folder)) == sorted([bad, *(f"{key}.encrypted" for key in keys)])


def test_a_file_that_is_not_what_its_name_says_is_left_as_it_is(tmp_path: Path) -> None:
    key = photos.Store(tmp_path).put(SECRET)
    photos.Store(tmp_path).path(key).write_bytes(b"damaged")
    assert store(tmp_path).encrypt_old(most=9) == 0
    assert files(tmp_path) == {key: b"damaged"}


def test_what_is_lost_changed_or_under_another_key_is_counted_as_broken(tmp_path: Path) -> None:
    kept = store(tmp_path)
    whole, lost, damaged = kept.put(SECRET), "0" * 64, "ab" * 32
    assert kept.broken([whole]) == (1, 0)
    # Kept before contents were encrypted, and not what its name says any more.
    kept.write(kept.path(damaged), b"damaged")
    assert kept.broken([whole, lost, damaged]) == (3, 2)
    assert store(tmp_path, key=b"x" * 32).broken([whole]) == (1, 1)


def test_what_is_dropped_is_gone_encrypted_or_not(tmp_path: Path) -> None:
    kept = store(tmp_path)
    key = photos.Store(tmp_path).put(SECRET)
    kept.put(SECRET)
    for _ in range(2):
        kept.drop(key)
        assert not kept.exists(key)
        with pytest.raises(FileNotFoundError):
            kept.open(key)
    assert files(tmp_path) == {}
    kept.drop("0" * 64)
    with pytest.raises(BadInput):
        kept.drop("../../etc/passwd")


def test_only_what_was_put_before_a_moment_is_old_and_putting_again_makes_it_new(tmp_path: Path) -> None:
    kept = store(tmp_path)
    first, two = kept.put(SECRET), kept.put(b"two")
    for path in tmp_path.rglob("*.encrypted"):
        os.utime(path, (1_000_000, 1_000_000))
    kept.put(SECRET)
    assert list(kept.older_than(datetime(2020, 1, 1, tzinfo=UTC))) == [two]
    assert sorted(kept.older_than(OLD)) == sorted([first, two])


def test_a_file_that_never_became_whole_is_taken_away_when_it_is_old_and_nothing_else_is(
    tmp_path: Path,
) -> None:
    kept = store(tmp_path)
    first, two = kept.put(SECRET), photos.Store(tmp_path).put(b"two")
    old, new = (kept.path(first).parent / f"{photos.NEW}{name}" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(SECRET[:9])
    for path in tmp_path.rglob("*"):
        if path.is_file() and path != new:
            os.utime(path, (1_000_000, 1_000_000))
    assert kept.clear_unfinished(datetime(2020, 1, 1, tzinfo=UTC)) == 1
    assert sorted(files(tmp_path)) == sorted([f"{first}.encrypted", two, new.name])


#: Encrypts one content again and again, and each time is killed at the next thing that it does with files, until it ends.
_KILLED_EVERYWHERE = """
import os, signal, sys
from pathlib import Path
from app.kit import photos
from app.kit.encrypted import EncryptedStore

DEEDS = ("open", "os.", "pathlib.", "tempfile.", "shutil.")
SECRET = b"account 401-0-00000-1 of Somying"


def kept(folder):
    return EncryptedStore(folder, key=b"k" * 32, key_number=1, context="test")


def encrypted_until(folder, last):
    done = 0

    def kill(event, _):
        nonlocal done
        if event.startswith(DEEDS):
            done += 1
            if done == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    kept(folder).encrypt_old(most=9)
    os._exit(0)


last, status = 0, None
while status != 0:
    last += 1
    folder = Path(sys.argv[1], str(last))
    key = photos.Store(folder).put(SECRET)
    child = os.fork()
    if not child:
        encrypted_until(folder, last)
    status = os.waitpid(child, 0)[1]
    assert kept(folder).open(key).read() == SECRET, f"lost when killed at {last}"
    assert kept(folder).encrypt_old(most=9) in (0, 1)
    assert kept(folder).open(key).read() == SECRET, f"lost by the round after {last}"
    left = [one.name for one in folder.rglob("*") if one.is_file() and not one.name.startswith(photos.NEW)]
    assert left == [key + ".encrypted"], (last, left)
    assert not any(SECRET in one.read_bytes() for one in folder.rglob("*") if one.is_file())
print(last)
"""


def test_encryption_that_is_killed_at_any_moment_loses_nothing_and_leaves_nothing_readable(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_EVERYWHERE, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 8
