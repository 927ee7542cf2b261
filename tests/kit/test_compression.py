"""What everybody is shown goes out compressed and is not sent twice; what speaks to one person never is compressed."""

import gzip

import pytest
from flask import Flask
from people import Cast

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("path", ["/", "/about", "/static/app.css", "/static/app.js"])
def test_a_public_answer_is_compressed_for_whoever_takes_it(sqlite_portal: Flask, path: str) -> None:
    client = sqlite_portal.test_client()
    plain, pressed = client.get(path), client.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert pressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(pressed.data) == plain.data
    assert len(pressed.data) < len(plain.data) * 0.6
    assert int(pressed.headers["Content-Length"]) == len(pressed.data)
    for answer in (plain, pressed):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers["ETag"]
    assert client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data


@pytest.mark.parametrize("path", ["/", "/static/app.css"])
@pytest.mark.parametrize("asked", [{}, GZIP])
def test_what_the_reader_has_already_is_not_sent_again(
    sqlite_portal: Flask, path: str, asked: dict[str, str]
) -> None:
    client = sqlite_portal.test_client()
    tag = client.get(path, headers=asked).headers["ETag"]
    for accepts in ({}, GZIP):
        again = client.get(path, headers={"If-None-Match": tag, **accepts})
        assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"another"', **asked}).status_code == 200


def test_a_page_that_speaks_to_one_person_is_not_compressed(sqlite_portal: Flask, cast: Cast) -> None:
    cast.kanya.sign_in()
    for path in ("/home", "/", "/give"):
        answer = cast.kanya.client.get(path, headers=GZIP)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers, path
