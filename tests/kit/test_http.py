"""Questions to peers: one small answer, or a clear word that there is none."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.kit import http
from app.kit.errors import BadInput
from app.kit.http import HttpResponse, Unreachable, Until, json_object

Speak = Callable[[socket.socket], None]


@pytest.fixture
def peer() -> Iterator[Callable[[Speak], str]]:
    """A server that says exactly what a test has it say, to one caller after the other."""
    opened: list[socket.socket] = []

    def serve(speak: Speak) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        opened.append(listener)

        def answer() -> None:
            while True:
                try:
                    wire, _ = listener.accept()
                except OSError:
                    return
                with wire:
                    wire.recv(65536)
                    try:
                        speak(wire)
                    except OSError:
                        continue

        threading.Thread(target=answer, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for socket_ in opened:
        socket_.shutdown(socket.SHUT_RDWR)
        socket_.close()


def says(raw: bytes) -> Speak:
    return lambda wire: wire.sendall(raw)


def test_an_answer_is_its_status_and_its_bytes(peer: Callable[[Speak], str]) -> None:
    well = peer(says(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'))
    answer = http.ask(well)
    assert (answer.status, answer.raw, answer.is_well, answer.json()) == (200, b'{"a": 1}', True, {"a": "1"})
    ill = http.ask(peer(says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")))
    assert (ill.status, ill.raw, ill.is_well) == (404, b"no", False)
    with pytest.raises(Unreachable):
        ill.json()


def test_a_redirect_is_an_answer_and_is_not_followed(peer: Callable[[Speak], str]) -> None:
    called: list[bool] = []
    other = peer(lambda wire: called.append(True))
    there = f"HTTP/1.1 302 Found\r\nLocation: {other}/\r\nContent-Length: 0\r\n\r\n".encode()
    assert http.ask(peer(says(there))).status == 302
    assert called == []


def test_no_proxy_of_the_surroundings_hears_of_it(
    peer: Callable[[Speak], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[bool] = []
    proxy = peer(lambda wire: called.append(True))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    assert http.ask(peer(says(b"HTTP/1.1 204 No Content\r\n\r\n"))).status == 204
    assert called == []


def test_an_answer_without_end_or_too_long_is_none(peer: Callable[[Speak], str]) -> None:
    def drip(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            wire.sendall(b"a")
            time.sleep(0.05)

    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        http.ask(peer(drip), patience=0.5)
    assert time.monotonic() - began < 3
    with pytest.raises(Unreachable, match="more than"):
        http.ask(peer(says(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 5000)), most=1000)


def test_who_is_not_there_or_talks_nonsense_is_unreachable(peer: Callable[[Speak], str]) -> None:
    for address in (
        "http://127.0.0.1:9/nobody",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://127.0.0.1:notaport/",
        peer(says(b"")),
        peer(says(b"SSH-2.0-OpenSSH\r\n")),
    ):
        with pytest.raises(Unreachable):
            http.ask(address, patience=2)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'"a"',
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 2}',
        b"\xff",
        b"[" * 90_000,
    ],
)
def test_what_is_no_strict_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        json_object(raw)
    with pytest.raises(Unreachable):
        HttpResponse(200, raw).json()


def test_numbers_stay_the_text_they_were() -> None:
    assert json_object(b'{"a": 19.99, "b": 0.10, "c": true, "d": null}') == {
        "a": "19.99",
        "b": "0.10",
        "c": True,
        "d": None,
    }


def test_a_moment_ahead_passes() -> None:
    assert Until(60).is_ahead
    assert not Until().is_ahead
