"""nginx in front of a served portal, with the very file that ships: `deploy/nginx.conf`."""

import contextlib
import datetime
import gzip
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from portals import free_port
from serve_commands import COMMAND, environment

from app.kit import http as web
from app.kit.http import Unreachable
from app.settings import ROOT

NAME = "fund.example.go.th"
EACH = 200
#: Seconds within which a probe must be answered, however many sockets are stalled; this machine may be busy.
FAST = 5.0
#: As Debian 12 and 13 deliver it, with nothing but its paths changed and its modules left out.
_DEBIANS = """
{user}
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log {folder}/access.log;
    gzip on;
    fastcgi_temp_path {folder}/fastcgi; scgi_temp_path {folder}/scgi; uwsgi_temp_path {folder}/uwsgi;
    include {folder}/site.conf;
}}
"""


def _program() -> str:
    # An ordinary user's PATH may leave the folder out.
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, "nginx is missing: ./check installs it"
    return found


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def _here(shipped: str, folder: Path, *, plain: int, tls: int, portal: int) -> str:
    """The file that ships, with nothing but ports, addresses and paths of this test."""
    for port, other in ((80, plain), (443, tls)):
        shipped = shipped.replace(f"listen {port}", f"listen 127.0.0.1:{other}")
        shipped = "\n".join(line for line in shipped.splitlines() if f"listen [::]:{port}" not in line)
    for path in ("/etc/ssl/kueakun", "/var/log/nginx", "/run/"):
        assert path in shipped
        shipped = shipped.replace(path, f"{folder}/" if path.endswith("/") else str(folder))
    assert "http://127.0.0.1:8000;" in shipped
    return shipped.replace("http://127.0.0.1:8000;", f"http://127.0.0.1:{portal};")


@dataclass(frozen=True)
class Front:
    """nginx, listening."""

    folder: Path
    plain: int
    tls: int

    def socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.tls), timeout=20)

    def secure(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        return context.wrap_socket(self.socket(), server_hostname=NAME)

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """An answer over TLS: status, headers in lower case, body."""
        connection = http.client.HTTPSConnection(NAME, timeout=20)
        connection.sock = self.secure()
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture(scope="module")
def front(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """One portal and one nginx for the tests here, each of which leaves both as they were."""
    tmp_path = tmp_path_factory.mktemp("proxy")
    data, folder = tmp_path / "data", tmp_path / "nginx"
    data.mkdir()
    folder.mkdir()
    shutil.copy(sqlite_template, data / "kueakun.sqlite")
    portal, plain, tls = free_port(), free_port(), free_port()
    _certificate(folder)
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    (folder / "site.conf").write_text(_here(shipped, folder, plain=plain, tls=tls, portal=portal))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_DEBIANS.format(user=user, folder=folder))
    command = [_program(), "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr, tried.stderr
    with contextlib.ExitStack() as running:
        log = running.enter_context((tmp_path / "serve.log").open("wb"))
        serving = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env={**environment(data, portal), "KUEAKUN_PROXIES": "1"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        running.callback(_end, serving, signal.SIGTERM)
        proxy = subprocess.Popen([*command, "-g", "daemon off;"], stdout=log, stderr=log)
        running.callback(_end, proxy, signal.SIGTERM)
        until = time.monotonic() + 120
        while not _answers(portal):
            assert serving.poll() is None
            assert proxy.poll() is None
            assert time.monotonic() < until, "the portal never answered"
            time.sleep(0.1)
        yield Front(folder, plain, tls)


def _end(process: "subprocess.Popen[bytes]", word: signal.Signals) -> None:
    process.send_signal(word)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return web.ask(f"http://127.0.0.1:{port}/health/live", patience=5).status == 200
    except Unreachable:
        return False


def _probe(front: Front) -> float:
    """Seconds that `/health` took."""
    began = time.monotonic()
    assert front.ask("/health/live")[0] == 200
    return time.monotonic() - began


def test_two_hundred_stalled_sockets_of_each_kind_do_not_stop_the_portal(front: Front) -> None:
    with contextlib.ExitStack() as held:
        stalled = []
        for _ in range(EACH):
            silent = held.enter_context(front.socket())
            half_header, half_body = held.enter_context(front.secure()), held.enter_context(front.secure())
            half_header.sendall(f"GET /health HTTP/1.1\r\nHost: {NAME}\r\nX-".encode())
            half_body.sendall(
                f"POST /give HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                "Content-Length: 1000\r\n\r\namount=1".encode()
            )
            stalled += [silent, half_header, half_body]
            if len(stalled) % 150 == 0:
                assert _probe(front) < FAST
        assert max(_probe(front) for _ in range(5)) < FAST
        # Whoever does not go on is let go, so that the next six hundred find room as well.
        until = time.monotonic() + 40
        for connection in stalled:
            connection.settimeout(max(0.1, until - time.monotonic()))
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while connection.recv(4096):
                    pass
        assert time.monotonic() < until
    assert _probe(front) < FAST


def test_the_file_that_ships_leads_to_https_packs_and_writes_no_secret_into_its_log(front: Front) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=20)
    with contextlib.closing(plain):
        plain.request("GET", "/give/an3me79h24hjeugm?x=1", headers={"Host": "evil.example"})
        answer = plain.getresponse()
        assert (answer.status, answer.getheader("Location")) == (
            301,
            f"https://{NAME}/give/an3me79h24hjeugm?x=1",
        )
    secret = "an3me79h24hjeugm"
    for path in ("/give/", "/receipts/", "/goods/check/", "/bank/callbacks/scb/", "/networks/NET001/give/"):
        assert front.ask(f"{path}{secret}?q={secret}")[0] in (404, 405)
    assert front.ask(f"/aid?q={secret}")[0] == 200
    for path, kind in (("/", "text/html"), ("/static/app.css", "text/css")):
        status, headers, body = front.ask(path, **{"Accept-Encoding": "gzip"})
        assert (status, headers["content-type"].split(";")[0]) == (200, kind)
        assert headers["content-encoding"] == "gzip"
        assert gzip.decompress(body)
        assert "granian" not in headers["server"]
    # The portal sees that it is reached over https: the cookie is given for nothing else.
    assert "Strict-Transport-Security".lower() in front.ask("/sign-in")[1]
    logs = "".join(file.read_text() for file in front.folder.glob("*.log"))
    assert "/give/-" in logs
    assert secret not in logs


def test_a_name_that_is_not_ours_is_not_answered(front: Front) -> None:
    context = ssl.create_default_context(cafile=str(front.folder / "fullchain.pem"))
    context.check_hostname = False
    with pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(front.socket(), server_hostname="evil.example")
    with contextlib.closing(front.secure()) as ours:
        ours.sendall(b"GET /editions HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            assert b"evil.example" not in ours.recv(65536)


def test_a_file_larger_than_any_page_takes_is_refused_in_words_before_it_is_sent(front: Front) -> None:
    with contextlib.closing(front.secure()) as ours:
        ours.sendall(
            f"POST /bank/statements/import HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {25 << 20}\r\n\r\n".encode()
        )
        answer = http.client.HTTPResponse(ours)
        answer.begin()
        assert answer.status == 413
        assert "ไฟล์ใหญ่เกินกำหนด" in answer.read().decode()


def test_a_portal_that_is_away_is_said_to_start_again(front: Front) -> None:
    site = front.folder / "site.conf"
    as_it_was = site.read_text()
    portal = as_it_was.split("proxy_pass http://127.0.0.1:")[1].split(";")[0]
    _load(front, as_it_was.replace(f"127.0.0.1:{portal};", f"127.0.0.1:{free_port()};"), status=503)
    _status, headers, body = front.ask("/give")
    assert headers["retry-after"] == "10"
    assert "กำลังเริ่มใหม่" in body.decode()
    _load(front, as_it_was, status=200)


def _load(front: Front, site: str, *, status: int) -> None:
    """Have nginx go on with this file, until `/health` answers so."""
    (front.folder / "site.conf").write_text(site)
    os.kill(int((front.folder / "nginx.pid").read_text()), signal.SIGHUP)
    until = time.monotonic() + 60
    agreed = 0
    # The workers of before the reload go on for a moment: one answer may be theirs, several in a row are not.
    while agreed < 5:
        agreed = agreed + 1 if front.ask("/health/live")[0] == status else 0
        assert time.monotonic() < until
        time.sleep(0.1)
