"""A store whose contents nobody reads on the disk: encrypted under a key, named by what they hold."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from app.kit import crypto, photos

#: Ends the name of an encrypted file; one from before contents were encrypted has the same name without it.
_SUFFIX = ".encrypted"


class EncryptedStore(photos.Store):
    """A photos.Store whose files are encrypted (AES-256-GCM). A key is the SHA-256 of what is inside, as it always was.

    What was kept unencrypted before stays readable until `encrypt_old` has come by. `context` says what is kept, so that a
    file of one store does not open in another.
    """

    def __init__(self, folder: Path, *, key: bytes, key_number: int, context: str) -> None:
        super().__init__(folder)
        self._key, self._number, self._context = key, key_number, context

    def put(self, content: bytes) -> str:
        """Keep `content` encrypted; answers its key once it is safely on the disk, even if the power then fails."""
        key = hashlib.sha256(content).hexdigest()
        path = self._encrypted(key)
        try:
            # It is wanted anew: whoever clears away what nobody refers to must see that.
            os.utime(path)
        except FileNotFoundError:
            self.write(path, self._encrypt(key, content))
        return key

    def exists(self, key: str) -> bool:
        """Whether the content with this key is kept, encrypted or not yet."""
        return self._encrypted(key).is_file() or self.path(key).is_file()

    def open(self, key: str) -> BinaryIO:
        """The content, to be read and closed by the caller.

        Raises FileNotFoundError if it is not kept, crypto.DecryptionFailed if it was changed or encrypted under another key.
        """
        try:
            return BytesIO(self._decrypt(key))
        except FileNotFoundError:
            try:
                return self.path(key).open("rb")
            except FileNotFoundError:
                # Encrypted between the two looks.
                return BytesIO(self._decrypt(key))

    def broken(self, keys: Iterable[str]) -> tuple[int, int]:
        """How many keys these are, and how many contents are lost, changed or encrypted under another key."""
        every = lost = 0
        for key in keys:
            every += 1
            try:
                with self.open(key) as file:
                    lost += hashlib.sha256(file.read()).hexdigest() != key
            except (OSError, crypto.DecryptionFailed):
                lost += 1
        return every, lost

    def drop(self, key: str) -> None:
        """Have the content with this key no more, encrypted or not. It may be gone already."""
        for path in (self._encrypted(key), self.path(key)):
            path.unlink(missing_ok=True)
        if self.path(key).parent.is_dir():
            photos.sync(self.path(key).parent)

    def encrypt_old(self, *, most: int) -> int:
        """Encrypt up to `most` contents that were kept unencrypted; returns how many.

        Each is encrypted, read back and compared before the unencrypted one goes: killed at any moment, it has both or one.
        One beside a file that does not decrypt stays unencrypted. Raises crypto.DecryptionFailed for it after the others are done.
        """
        done, broken = 0, None
        for path in self._files():
            if done == most:
                break
            if len(path.name) != 64:
                continue
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            key = hashlib.sha256(content).hexdigest()
            if key != path.name:
                # Damaged on the disk: encryption would only hide it.
                continue
            if not self._encrypted(key).is_file():
                self.write(self._encrypted(key), self._encrypt(key, content))
            try:
                is_same = self._decrypt(key) == content
            except crypto.DecryptionFailed as error:
                broken = error
                continue
            if is_same:
                path.unlink(missing_ok=True)
                photos.sync(path.parent)
                done += 1
        if broken is not None:
            raise broken
        return done

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Keys of the contents that were put, or put again, before `moment`."""
        for path in self._older(moment):
            if not path.name.startswith(photos.NEW):
                yield path.name.removesuffix(_SUFFIX)

    def clear_unfinished(self, moment: datetime) -> int:
        """Take away files that were begun before `moment` and never became whole; returns how many.

        A power cut leaves them. From before contents were encrypted they can be read.
        """
        unfinished = [path for path in self._older(moment) if path.name.startswith(photos.NEW)]
        for path in unfinished:
            path.unlink(missing_ok=True)
        return len(unfinished)

    def _older(self, moment: datetime) -> Iterator[Path]:
        for path in self._files():
            try:
                is_old = path.stat().st_mtime < moment.timestamp()
            except FileNotFoundError:
                continue
            if is_old:
                yield path

    def _files(self) -> Iterator[Path]:
        return self.folder.glob("??/??/*")

    def _encrypted(self, key: str) -> Path:
        path = self.path(key)
        return path.with_name(path.name + _SUFFIX)

    def _where(self, key: str) -> str:
        return f"{self._context}:{key}"

    def _encrypt(self, key: str, content: bytes) -> bytes:
        return crypto.encrypt_bytes(content, key=self._key, key_number=self._number, context=self._where(key))

    def _decrypt(self, key: str) -> bytes:
        return crypto.decrypt_bytes(
            self._encrypted(key).read_bytes(), keys={self._number: self._key}, context=self._where(key)
        )
