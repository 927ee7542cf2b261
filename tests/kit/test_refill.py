"""What was typed is put back into the one form that it was sent with, and into nothing that a person does not type."""

from typing import Any

from app.kit import refill

_PAGE = """<html><body>
<form method="post" action="/line"><input type="hidden" name="line" value="1"><input name="note" value=""></form>
<details class="fold"><summary>เปิด</summary>
<form method="post" action="/line"><input type="hidden" name="csrf_token" value="fresh"><input type="hidden" name="line" value="2">
<input name="note" value="ก่อน" maxlength="9"><input type="password" name="code" value="">
<textarea name="story">เดิม</textarea><textarea name="other">คงอยู่</textarea>
<input type="checkbox" name="day" value="1" checked><input type="checkbox" name="day" value="2">
<input type="radio" name="kind" value="a" checked><input type="radio" name="kind" value="b">
<select name="place"><option value="x" selected>x</option><option value="y">y</option></select>
<input type="file" name="photo" required><button name="go" value="1">ส่ง</button></form></details>
<input name="late" form="none"><form method="get" action="/line"><input name="note" value="ค้น"></form>
</body></html>"""


def _fill(typed: dict[str, list[str]], **files: list[str]) -> str | None:
    said: dict[str, Any] = {"address": "/page", "action": "/line", "token": "tok", "files": files}
    return refill.fill(_PAGE, typed=typed, sent=typed, say_kept=lambda names: f"<b>{names[0]}</b>", **said)


def test_the_form_with_the_same_hidden_fields_is_filled_and_opened_and_the_rest_of_the_page_stays() -> None:
    typed = {
        "csrf_token": ["stale"],
        "line": ["2"],
        "note": ['"<ใหม่>'],
        "code": ["1234"],
        "story": ["สอง\nบรรทัด </textarea>"],
        "day": ["2"],
        "kind": ["b"],
        "place": ["y"],
    }
    filled = _fill(typed, photo=["ก.jpg"])
    assert filled is not None
    first, second = filled.split("</form>")[:2]
    assert first.endswith('<input type="hidden" name="line" value="1"><input name="note" value="">')
    assert '<details class="fold" open>' in second
    assert (
        '<input type="hidden" name="kept" value="tok"><input type="hidden" name="csrf_token" value="fresh">'
        in second
    )
    assert '<input name="note" value="&#34;&lt;ใหม่&gt;" maxlength="9">' in second
    assert '<input type="password" name="code" value="">' in second
    assert "\nสอง\nบรรทัด &lt;/textarea&gt;</textarea>" in second
    assert ">คงอยู่</textarea>" in second
    assert (
        '<input type="checkbox" name="day" value="1"><input type="checkbox" name="day" value="2" checked>'
        in second
    )
    assert (
        '<input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>'
        in second
    )
    assert '<option value="x">x</option><option value="y" selected>y</option>' in second
    assert '<input type="file" name="photo"><b>ก.jpg</b><button name="go" value="1">' in second
    assert filled.endswith(_PAGE[_PAGE.index("</details>") :])


def test_a_page_without_the_form_stays_as_it_is() -> None:
    assert _fill({"somewhere": ["else"]}) is None
