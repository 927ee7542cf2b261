"""Peers on loopback that messages are handed to: a mail server and LINE, each as kind or unkind as a test asks."""

import base64
import contextlib
import email
import email.policy
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class MailServer:
    """What reached the mail server. `says` overrides its answer to a command: {"RCPT": "550 nobody here"}."""

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    #: Break the line without a word once the last dot is there.
    drops: bool = False
    #: Say nothing once the last dot is there, until the event is set.
    holds: threading.Event | None = None
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    #: With it the server offers STARTTLS, and signing in behind it.
    tls: ssl.SSLContext | None = None
    signed_in: list[bytes] = field(default_factory=list)
    #: Whether each letter came over TLS.
    safe: list[bool] = field(default_factory=list)

    @property
    def letters(self) -> list[EmailMessage]:
        parsed = (email.message_from_bytes(letter, policy=email.policy.default) for letter in self.raw)
        return [letter for letter in parsed if isinstance(letter, EmailMessage)]


class _Smtp(socketserver.StreamRequestHandler):
    def say(self, verb: str, usual: str) -> bool:
        words = self.box.says.get(verb, usual)
        self.wfile.write(f"{words}\r\n".encode())
        return words[0] in "23"

    def handle(self) -> None:
        self.box: MailServer = self.server.box  # type: ignore[attr-defined]
        self.box.connections += 1
        with contextlib.ExitStack() as self.opened:
            self.talk()

    def talk(self) -> None:
        sender = recipient = ""
        self.say("HELLO", "220 loopback")
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words[:4].upper()
            if verb in ("EHLO", "HELO"):
                offers = "" if self.box.tls is None else "250-loopback\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n"
                self.say(verb, f"{offers}250 ok")
            elif verb == "STAR" and self.box.tls is not None:
                self.say(verb, "220 go on")
                self.request = self.opened.enter_context(
                    self.box.tls.wrap_socket(self.request, server_side=True)
                )
                self.rfile = self.opened.enter_context(self.request.makefile("rb"))
                self.wfile = self.opened.enter_context(self.request.makefile("wb", 0))
            elif verb == "AUTH":
                self.box.signed_in.append(base64.b64decode(words.split()[2]))
                self.say(verb, "235 come in")
            elif verb == "MAIL":
                sender = words[10:].strip("<>")
                self.say(verb, "250 ok")
            elif verb == "RCPT":
                recipient = words[8:].strip("<>")
                self.say(verb, "250 ok")
            elif verb == "DATA":
                if self.say(verb, "354 go on"):
                    self.contents(sender, recipient)
                    if self.box.drops:
                        return
                    if self.box.holds is not None:
                        self.box.holds.wait(20)
                    if not self.say("END", "250 taken"):
                        self.box.raw.pop()
            elif verb == "QUIT":
                self.say(verb, "221 bye")
                return
            else:
                self.say(verb, "250 ok")

    def contents(self, sender: str, recipient: str) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        self.box.raw.append(b"".join(lines))
        self.box.envelopes.append((sender, recipient))
        self.box.safe.append(isinstance(self.request, ssl.SSLSocket))
        self.box.arrived.set()


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def mail_server(**manners: Any) -> Iterator[MailServer]:
    """A mail server that is there for as long as the block runs."""
    box = MailServer(**manners)
    with _Threads(("127.0.0.1", 0), _Smtp) as server:
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        with _served(server):
            yield box


@dataclass
class LineServer:
    """What reached LINE: a message once for each retry key, however often it was pushed."""

    url: str = ""
    #: Statuses to answer with before it becomes kind; 0 takes the message and breaks the line.
    first: list[int] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    pushes: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    @property
    def texts(self) -> list[str]:
        return [push["messages"][0]["text"] for push in self.taken.values()]


class _Push(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        box: LineServer = self.server.box  # type: ignore[attr-defined]
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["X-Line-Retry-Key"]
        assert self.path == "/v2/bot/message/push"
        box.pushes.append(key)
        box.tokens.add(self.headers["Authorization"])
        status = box.first.pop(0) if box.first else 409 if key in box.taken else 200
        if status in (0, 200):
            box.taken.setdefault(key, said)
        if status == 0:
            self.close_connection = True
            return
        body = b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def line_server(**manners: Any) -> Iterator[LineServer]:
    """LINE's push endpoint for as long as the block runs."""
    box = LineServer(**manners)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Push) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.url = f"http://127.0.0.1:{server.server_address[1]}"
        with _served(server):
            yield box


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
