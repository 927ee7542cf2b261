"""Forms that come as what no browser sends: as JSON, and with odd and repeated parts."""

import pytest
from flask import Flask
from flask.testing import FlaskClient


def _client(demo: Flask, sign_in_name: str) -> FlaskClient:
    client = demo.test_client()
    if sign_in_name:
        page = client.get("/sign-in").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post("/sign-in/try", data={"csrf_token": token, "account": sign_in_name})
        assert answer.status_code == 302
    return client


@pytest.mark.parametrize(
    "body",
    [
        [1, 2],
        "words",
        7,
        None,
        {"sign_in_name": {"a": 1}, "password": ["x"]},
        {"sign_in_name": 7, "password": 8},
    ],
)
def test_a_form_that_comes_as_json_is_an_empty_form(demo: Flask, body: object) -> None:
    demo.testing = False
    for sign_in_name, path in (("", "/sign-in"), ("", "/give"), ("kanya", "/people/me")):
        client = _client(demo, sign_in_name)
        page = client.get(path).get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(path, json=body, headers={"X-CSRFToken": token})
        assert answer.status_code in (400, 422), path


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Disposition: form-data\r\n\r\nx",
        b"Content-Disposition: form-data; name=\r\n\r\nx",
        b'Content-Disposition: form-data; name=""\r\n\r\nx',
        b'Content-Disposition: form-data; name="sign_in_name"; filename=""\r\n\r\n',
        b"Content-Disposition: form-data; name=\"sign_in_name\"; filename*=UTF-8''a.txt\r\n\r\nx",
        b'Content-Disposition: form-data; name="sign_in_name"\r\nContent-Type: text/plain; charset=utf-99\r\n\r\nx',
        b'Content-Disposition: form-data; name="sign_in_name"\r\n\r\n\xff\xfe\x00',
        b'Content-Disposition: form-data; name="\xff\xfe"\r\n\r\nx',
        b"Content-Disposition: attachment\r\n\r\nx",
        b"X: y\r\n\r\nx",
        b"\r\nx",
        b"",
    ],
)
def test_odd_and_repeated_parts_are_no_fault_of_ours(demo: Flask, part: bytes) -> None:
    demo.testing = False
    client = demo.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0].encode()
    parts = [b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + token, part, part]
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    # A file that breaks off is let go by the collector: the web framework forgets it.
    for ending in (b"--b--\r\n",) if b"filename" in part else (b"--b--\r\n", b"--b", b""):
        answer = client.post("/sign-in", data=body + ending, content_type="multipart/form-data; boundary=b")
        assert 400 <= answer.status_code < 500, answer.status_code
