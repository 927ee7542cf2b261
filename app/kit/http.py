"""HTTP to a peer: one question, one small answer, no proxy of the surroundings, no redirect, no waiting for ever."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from app.kit.errors import BadInput

#: Seconds for one question, from the first byte sent to the last byte read.
PATIENCE = 15.0
#: More than this is no answer to a question of ours.
MOST_BYTES = 4 * 1024 * 1024
_PIECE = 64 * 1024


class Unreachable(Exception):
    """The peer gave no answer that can be used: it is down, slow, talks too long, or not as agreed."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What the peer answered, whatever its status."""

    status: int
    raw: bytes

    @property
    def is_well(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Mapping[str, Any]:
        """The answer's JSON object. Raises Unreachable when it is none: a login page is no answer of a bank."""
        try:
            return json_object(self.raw)
        except BadInput as error:
            raise Unreachable(f"HTTP {self.status}: {error.words}") from error


class Until:
    """A moment some whole seconds ahead, by the process's own clock, which nobody sets back."""

    def __init__(self, seconds: int = 0) -> None:
        self._at = time.monotonic() + seconds

    @property
    def is_ahead(self) -> bool:
        return time.monotonic() < self._at


def json_object(raw: bytes) -> Mapping[str, Any]:
    """A JSON object in UTF-8, strictly: its numbers stay the text they were, because an amount is never a binary
    fraction, and no name stands twice. Raises BadInput for anything else."""
    try:
        parsed = json.loads(
            raw.decode("utf-8-sig"),
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        raise BadInput("the message is not JSON in UTF-8") from error
    if not isinstance(parsed, dict):
        raise BadInput("the message is not a JSON object")
    return parsed


def _refuse(name: str) -> None:
    raise BadInput(f"{name} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadInput("a name stands twice in the message")
    return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys and payments go where the operator said, never where an answer points."""

    def redirect_request(self, *_: Any) -> None:
        return None


# Built by hand: build_opener would add handlers for files and ftp, and the surroundings' proxy.
_OPENER = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    _NoRedirect,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
):
    _OPENER.add_handler(_handler())


def ask(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    patience: float = PATIENCE,
    most: int = MOST_BYTES,
) -> HttpResponse:
    """Put one question to a peer. Raises Unreachable when no answer comes, or one longer than `most` bytes."""
    if not url.startswith(("https://", "http://")):
        raise Unreachable("no http address")
    until = time.monotonic() + patience
    asking = urllib.request.Request(url, data=body, headers=dict(headers or {}), method=method)  # noqa: S310 — http(s) only, seen above
    try:
        with _OPENER.open(asking, timeout=patience) as answer:
            return HttpResponse(answer.status, _read(answer, most, until))
    except urllib.error.HTTPError as error:
        with error:
            try:
                return HttpResponse(error.code, _read(error, most, until))
            except (OSError, http.client.HTTPException) as broken:
                raise Unreachable(f"HTTP {error.code}, {type(broken).__name__}") from broken
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Unreachable(f"{type(error).__name__}: {reason}"[:200]) from error


def _read(answer: IO[bytes], most: int, until: float) -> bytes:
    """The whole answer, though it drips: each read waits anew, so the clock is looked at between them."""
    pieces: list[bytes] = []
    length = 0
    read: Any = getattr(answer, "read1", answer.read)
    while piece := read(_PIECE):
        length += len(piece)
        if length > most:
            raise Unreachable(f"an answer of more than {most:,} bytes")
        if time.monotonic() > until:
            raise Unreachable("the answer did not end in time")
        pieces.append(piece)
    return b"".join(pieces)
