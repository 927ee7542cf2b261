"""Floods and malice at the bank's doors, against the server as it is really run."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bank_hands import confirmation, count, given, opened, send, states
from flask import Flask
from people import Cast
from providers import WEBHOOK_SECRET
from served import DOOR, MB, Served, serve

from app.demo.charges import Charged, event_object, signed
from app.fund.bank.reconciliation import matching
from app.fund.bank.records import BankEvent
from app.kit import http
from app.kit.http import Unreachable


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(sqlite_template, tmp_path_factory.mktemp("flood"))


def test_a_flood_of_good_and_bad_messages_loses_nothing_and_the_portal_still_answers(served: Served) -> None:
    good = [
        json.dumps(confirmation(served.refs[number % 20], 10_000 + number % 20, number=f"G{number}")).encode()
        for number in range(200)
    ]
    bad = [b"{" * 100, b"\xff" * 60_000, b"[" * 60_000, b"x" * 200_000, b"", b'{"transactionId": "B"}'] * 60
    before = served.memory()
    statuses: dict[bool, list[int]] = {True: [], False: []}
    peak = [before]
    answers: list[int] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.3):
            peak.append(served.memory())
            answers.append(http.ask(served.address + "/give", patience=60).status)

    watcher = threading.Thread(target=watch)
    watcher.start()
    mixed = [(True, body) for body in good] + [(False, body) for body in bad]
    mixed = [mixed[(place * 383) % len(mixed)] for place in range(len(mixed))]

    def until_heard(body: bytes) -> int:
        """As a bank does: 5xx or no answer, and it sends again."""
        for _ in range(20):
            try:
                status = served.post(body)
            except Unreachable:
                status = 0
            if 200 <= status < 500:
                return status
            time.sleep(0.2)
        return status

    with ThreadPoolExecutor(max_workers=24) as many:
        for (is_good, _), status in zip(
            mixed, many.map(lambda message: until_heard(message[1]), mixed), strict=True
        ):
            statuses[is_good].append(status)
    over.set()
    watcher.join()
    assert set(statuses[True]) == {200}
    assert set(statuses[False]) <= {400, 413}
    assert {f"G{number}" for number in range(200)} <= served.ids()
    assert answers
    assert set(answers) == {200}
    assert max(peak) - before < 150 * MB


def test_a_body_in_pieces_without_a_length_is_taken_or_refused_but_never_lost(served: Served) -> None:
    body = json.dumps(confirmation("X", number="CHUNKED")).encode()
    head = (
        f"POST {DOOR} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    pieces = b"".join(
        b"%x\r\n%s\r\n" % (len(body[at : at + 50]), body[at : at + 50]) for at in range(0, len(body), 50)
    )
    heard = served.raw(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n")
    status = heard.split(b" ", 2)[1]
    assert (status == b"200") == ("CHUNKED" in served.ids())
    assert status in (b"200", b"400", b"411", b"413")


def test_an_endless_body_in_pieces_is_cut_off(served: Served) -> None:
    head = f"POST {DOOR} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    before = served.memory()
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    heard = served.raw(head.encode(), then=piece * 400 + b"0\r\n\r\n")
    assert heard == b"closed" or heard.split(b" ", 2)[1] in (b"400", b"411", b"413")
    assert served.memory() - before < 80 * MB
    assert http.ask(served.address + "/give").status == 200


def test_a_body_that_breaks_off_keeps_nothing_half(served: Served) -> None:
    known = served.ids()
    body = json.dumps(confirmation("X", number="SHORT")).encode()
    head = (
        f"POST {DOOR} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    served.raw(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body[:-20])
    served.raw(head.encode() + b"Content-Length: 99999999999\r\n\r\n" + body)
    served.raw(head.encode() + b"Content-Length: -1\r\n\r\n" + body)
    assert served.ids() == known
    assert http.ask(served.address + "/give").status == 200


def test_a_flood_of_forged_webhooks_is_refused_and_real_ones_pass(served: Served) -> None:
    real = event_object(Charged("chrg_test_flood", 500, "", "ก", "2026-11-21T10:00:00+00:00"))
    forged = {
        "Content-Type": "application/json",
        "Omise-Signature": "0" * 64,
        "Omise-Signature-Timestamp": "1",
    }

    def call(number: int) -> int:
        headers = signed(real, key=WEBHOOK_SECRET) if number % 10 == 0 else forged
        address = served.address + "/bank/callbacks/omise"
        return http.ask(address, method="POST", headers=dict(headers), body=real, patience=60).status

    with ThreadPoolExecutor(max_workers=16) as many:
        heard = list(many.map(call, range(200)))
    assert {heard[number] for number in range(0, 200, 10)} == {200}
    assert {heard[number] for number in range(200) if number % 10} == {401}
    assert "chrg_test_flood" in served.ids()


def test_strange_banks_and_names_are_kept_and_shown(portal: Flask, cast: Cast) -> None:
    strange = (
        {"sendingBankCode": "987", "payerName": "\u202eจิตใจ\u0000\u0007 \u200b=cmd|' /C calc'!A0"},
        {"sendingBankCode": "", "payerName": "<script>alert(1)</script>"},
        {"sendingBankCode": "0O4", "payerName": "นาย" + "\u0e34" * 300},
    )
    for number, change in enumerate(strange):
        assert send(portal, confirmation("X", number=f"T{number}", **change)).status_code == 200
    assert states() == {"waiting": 3}
    page = cast.kanya.sign_in().visit("/bank")
    assert "<script>alert" not in page.text
    assert "\x00" not in page.text
    assert "\x07" not in page.text


def test_the_same_messages_in_any_order_end_in_the_same_donations(portal: Flask, cast: Cast) -> None:
    messages = []
    for number in range(6):
        payment_request = opened(cast, 10_000 + number)
        messages += [confirmation(payment_request.ref1, 10_000 + number, number=f"T{number}")] * 3
    for place in range(len(messages)):
        send(portal, messages[(place * 7) % len(messages)])
    matching.reconcile_new()
    assert (count(BankEvent), given()) == (6, [10_000 + number for number in range(6)])
