"""Floods and malice at the slip page, against the server as it is really run."""

import http.cookiejar
import io
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import Path

import pytest
import slip_pictures
from PIL import Image
from served import MB, Served, serve
from sqlalchemy import create_engine, text

from app.kit import slips

_EDGE = b"--x\r\n"


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(sqlite_template, tmp_path_factory.mktemp("slips"))


class Giver:
    """A browser of its own on the slip page of one payment request."""

    def __init__(self, served: Served, code: str) -> None:
        self.page = f"{served.address}/give/{code}/slip"
        kept = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(kept)
        self.token = self._ask(None)[1].split('name="csrf_token" value="')[1].split('"')[0]

    def hand_in(self, picture: bytes) -> tuple[int, str, Message]:
        head = b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + self.token.encode() + b"\r\n"
        file = b'Content-Disposition: form-data; name="picture"; filename="slip.png"\r\n\r\n' + picture
        return self._ask(_EDGE + head + _EDGE + file + b"\r\n--x--\r\n")

    def _ask(self, body: bytes | None) -> tuple[int, str, Message]:
        sent = {"Content-Type": "multipart/form-data; boundary=x"} if body else {}
        asked = urllib.request.Request(self.page, data=body, headers=sent)
        try:
            with self.opener.open(asked, timeout=120) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode(), answer.headers


def _vast_slip() -> bytes:
    """As many pixels as are read at all, each with four bytes, and a slip in their corner."""
    vast = Image.new("RGBA", (5000, 5000), (255, 255, 255, 200))
    vast.paste(slip_pictures.drawn(slips.encode(slip_pictures.bank_slip("FLOOD"))).convert("RGBA"))
    written = io.BytesIO()
    vast.save(written, "PNG", compress_level=1)
    return written.getvalue()


def test_many_vast_slips_at_once_are_read_one_by_one_and_the_portal_still_answers(served: Served) -> None:
    givers = [Giver(served, code) for code in served.codes[:16]]
    vast, before = _vast_slip(), served.memory()
    peak, answers, over = [before], [], threading.Event()

    def watch() -> None:
        looker = Giver(served, served.codes[-1])
        while not over.wait(0.05):
            peak.append(served.memory())
            answers.append(looker._ask(None)[0])

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(max_workers=16) as many:
        heard = list(many.map(lambda giver: giver.hand_in(vast), givers))
    over.set()
    watcher.join()
    statuses = Counter(status for status, _, _ in heard)
    assert set(statuses) <= {200, 503}
    assert statuses[200]
    for status, page, headers in heard:
        if status == 503:
            assert headers["Retry-After"] == "10"
            assert "กดส่งอีกครั้ง" in page
            assert 'name="picture"' in page
    assert answers
    assert set(answers) == {200}
    # One picture, and the sent files of all; eight at once, a thread each, would take a thousand.
    assert max(peak) - before < 600 * MB
    engine = create_engine(f"sqlite:///{served.file}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM slip_claim")).scalar_one() == statuses[200]
    engine.dispose()


def test_files_far_too_large_are_cut_off_and_fill_no_memory(served: Served) -> None:
    head = f"POST /give/{served.codes[0]}/slip HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    head += "Content-Type: multipart/form-data; boundary=x\r\n"
    start = _EDGE + b'Content-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    before = served.memory()
    told = head.encode() + b"Content-Length: %d\r\n\r\n" % (100 * MB) + start
    untold = head.encode() + b"Transfer-Encoding: chunked\r\n\r\n"
    pieces = (
        b"%x\r\n%s\r\n" % (len(start), start) + (b"100000\r\n" + bytes(MB) + b"\r\n") * 100 + b"0\r\n\r\n"
    )
    with ThreadPoolExecutor(max_workers=4) as many:
        heard = list(
            many.map(
                lambda sending: served.raw(*sending[:1], then=sending[1]),
                [(told, bytes(100 * MB)), (untold, pieces)] * 2,
            )
        )
    for answer in heard:
        assert answer == b"closed" or answer.split(b" ", 2)[1] in (b"400", b"411", b"413")
    assert served.memory() - before < 150 * MB
    assert Giver(served, served.codes[0])._ask(None)[0] == 200
