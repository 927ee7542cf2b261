"""A store whose contents nobody reads on the disk: sealed under a key, named by what they hold."""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from app.kit import crypto, photos

#: Ends the name of a sealed file; one from before contents were sealed has the same name without it.
_SUFFIX = ".sealed"


class SealedStore(photos.Store):
    """A photos.Store whose files are sealed (AES-256-GCM). A key is the SHA-256 of what is inside, as it always was.

    What was kept unsealed before stays readable until `seal_old` has come by. `context` says what is kept, so that a
    file of one store does not open in another.
    """

    def __init__(self, folder: Path, *, key: bytes, key_number: int, context: str) -> None:
        super().__init__(folder)
        self._key, self._number, self._context = key, key_number, context

    def put(self, content: bytes) -> str:
        """Keep `content` sealed; answers its key once it is safely on the disk, even if the power then fails."""
        key = hashlib.sha256(content).hexdigest()
        path = self._sealed(key)
        try:
            # It is wanted anew: whoever clears away what nobody refers to must see that.
            os.utime(path)
        except FileNotFoundError:
            self.write(path, self._seal(key, content))
        return key

    def exists(self, key: str) -> bool:
        """Whether the content with this key is kept, sealed or not yet."""
        return self._sealed(key).is_file() or self.path(key).is_file()

    def open(self, key: str) -> BinaryIO:
        """The content, to be read and closed by the caller.

        Raises FileNotFoundError if it is not kept, crypto.SealBroken if it was changed or sealed under another key.
        """
        try:
            return BytesIO(self._unseal(key))
        except FileNotFoundError:
            try:
                return self.path(key).open("rb")
            except FileNotFoundError:
                # Sealed between the two looks.
                return BytesIO(self._unseal(key))

    def drop(self, key: str) -> None:
        """Have the content with this key no more, sealed or not. It may be gone already."""
        for path in (self._sealed(key), self.path(key)):
            path.unlink(missing_ok=True)
        if self.path(key).parent.is_dir():
            photos.sync(self.path(key).parent)

    def seal_old(self, *, most: int) -> int:
        """Seal up to `most` contents that were kept unsealed; returns how many.

        Each is sealed, read back and compared before the unsealed one goes: killed at any moment, it has both or one.
        One beside a seal that does not open stays unsealed. Raises crypto.SealBroken for it after the others are done.
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
                # Damaged on the disk: a seal would only hide it.
                continue
            if not self._sealed(key).is_file():
                self.write(self._sealed(key), self._seal(key, content))
            try:
                is_same = self._unseal(key) == content
            except crypto.SealBroken as error:
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

        A power cut leaves them. From before contents were sealed they can be read.
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

    def _sealed(self, key: str) -> Path:
        path = self.path(key)
        return path.with_name(path.name + _SUFFIX)

    def _where(self, key: str) -> str:
        return f"{self._context}:{key}"

    def _seal(self, key: str, content: bytes) -> bytes:
        return crypto.seal_bytes(content, key=self._key, key_number=self._number, context=self._where(key))

    def _unseal(self, key: str) -> bytes:
        return crypto.unseal_bytes(
            self._sealed(key).read_bytes(), keys={self._number: self._key}, context=self._where(key)
        )
