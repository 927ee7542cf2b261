"""Compression: answers that are the same for everybody go out as gzip to whoever takes it.

Only those: what speaks to one person carries a secret token, and the length of a compressed page tells of secrets
beside what a stranger put on it. A proxy in front may compress, too; it leaves alone what is compressed already.
"""

import gzip
from functools import lru_cache

from flask import Response, request

_TYPES = frozenset(
    {
        "application/atom+xml",
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
#: Bytes below which nothing is won.
_SMALL = 500
#: Bytes above which an answer goes out as it is: nothing that everybody is shown is as long.
_LONG = 4 * 1024 * 1024


def compress(response: Response) -> Response:
    """The answer as gzip where it may be and the reader takes it; the entity tag then is a weak one (RFC 9110, 8.8.3)."""
    is_static = request.endpoint == "static"
    if not (is_static or response.cache_control.public) or response.mimetype not in _TYPES:
        return response
    response.vary.add("Accept-Encoding")
    length = response.content_length or 0
    if (
        response.status_code != 200
        or "Content-Encoding" in response.headers
        or not _SMALL <= length <= _LONG
        or request.accept_encodings["gzip"] <= 0
    ):
        return response
    response.direct_passthrough = False
    response.set_data(_pressed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag is not None:
        response.set_etag(tag, weak=True)
    return response


@lru_cache(maxsize=64)
def _pressed(plain: bytes) -> bytes:
    return gzip.compress(plain, compresslevel=9, mtime=0)
