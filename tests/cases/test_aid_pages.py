"""The pages of requests and handovers, as an officer walks them on a phone."""

import re
from io import BytesIO

import pytest
from aid_world import KIT, KIT_SATANG, approve, ceremony, draft, fill, jpeg, paid, pay, register, submit
from flask import Flask
from people import Cast, Page
from sqlalchemy import select

from app.cases.aid import handover_pages, sizes
from app.cases.aid import lines as lines_
from app.cases.aid.records import AidLine, AidRequest, Delivery
from app.cases.care.records import LogbookEntry
from app.fund.committee import proposals
from app.kit.db import db
from app.kit.money import baht_in_words, format_baht

pytestmark = pytest.mark.pages


def _boxes(page: Page) -> list[str]:
    return re.findall(r'name="member" value="(\d+)"', page.text)


def _request() -> AidRequest:
    return db.session().scalars(select(AidRequest).order_by(AidRequest.id.desc()).limit(1)).one()


def test_sixty_seven_pupils_are_asked_for_through_the_pages(portal: Flask, cast: Cast) -> None:
    pupils = register(67)
    register(5, district="3305")
    malee = cast.malee.sign_in()
    malee.send(
        "/requests/new",
        title="ชุดลูกเสือสามัญ 67 ชุด",
        dimension="education",
        urgency="medium",
        purpose_code="general",
        district_code="3301",
        story="เด็กๆ ไม่มีชุด",
    )
    code = _request().code
    page = malee.visit(f"/requests/{code}/pupils?item={KIT}&dimension=education&ticked=1")
    assert len(_boxes(page)) == 67
    assert page.text.count("checked") >= 67
    assert "x-xxxx-xxxxx" in page.text
    page = malee.send(
        f"/requests/{code}/pupils?item={KIT}&dimension=education",
        action="pupils",
        unit_satang=format_baht(KIT_SATANG),
        quantity="1",
        member=_boxes(page),
    )
    assert "เพิ่ม 67 รายการแล้ว" in page.words
    assert _boxes(page) == []
    assert len(lines_.of(_request().id)) == 67
    line = lines_.of(_request().id)[0]
    page = malee.send(f"/requests/{code}/sizes", **{f"size-{line.id}-hat_cm": "54", "then": "next"})
    assert "หน้า 2 จาก 5" in page.words
    assert sizes.of(db.session().get_one(AidLine, line.id)) == {"hat_cm": "54"}
    page = malee.visit(f"/requests/{code}/confirm")
    total = 67 * KIT_SATANG
    for words in (format_baht(total), baht_in_words(total), "67 คน", "34 ครัวเรือน", "ขนาดไม่ครบ"):
        assert words in page.words, words
    page = malee.send(f"/requests/{code}/confirm", confirmed_satang=str(total))
    assert f"ส่งคำขอ {code} แล้ว" in page.words
    held = proposals.by_code(code)
    assert held is not None
    assert held.satang == total
    assert all(pupil.name in page.text for pupil in pupils)


def test_a_confirmation_of_an_old_sum_says_that_it_changed(portal: Flask, cast: Cast) -> None:
    pupils = register(2)
    request = draft(cast)
    fill(request, pupils[:1], by=cast.malee)
    malee = cast.malee.sign_in()
    page = malee.send(f"/requests/{request.code}/confirm", confirmed_satang="1", to_status=409)
    assert "ยอดรวมเปลี่ยนไปแล้ว" in page.words
    page = malee.send(f"/requests/{request.code}/confirm", confirmed_satang="-1", to_status=409)
    assert "ไม่พบยอดรวม" in page.words
    assert proposals.by_code(request.code) is None


def test_what_was_typed_stays_when_picking_is_refused(portal: Flask, cast: Cast) -> None:
    register(2)
    request = draft(cast)
    malee = cast.malee.sign_in()
    path = f"/requests/{request.code}/pupils?item={KIT}"
    boxes = _boxes(malee.visit(path))
    page = malee.send(
        path, action="pupils", member=boxes[:1], unit_satang="12.345", quantity="1", to_status=422
    )
    assert "สตางค์มีได้ไม่เกินสองตำแหน่ง" in page.words
    assert 'value="12.345"' in page.text
    assert len(re.findall(r'name="member" value="\d+" checked', page.text)) == 1
    page = malee.send(path, action="pupils", unit_satang="100", quantity="1", to_status=422)
    assert "ยังไม่ได้เลือกใคร" in page.words


def test_a_named_pupil_in_the_title_is_shown_before_sending_and_takes_the_button_away(
    portal: Flask, cast: Cast
) -> None:
    pupils = register(1)
    request = draft(cast, title=f"ชุดลูกเสือของ{pupils[0].first_name}")
    fill(request, pupils, by=cast.malee)
    page = cast.malee.sign_in().visit(f"/requests/{request.code}/confirm")
    assert "ชื่อคำขอมีชื่อของผู้รับ" in page.words
    assert "confirmed_satang" not in page.text


def test_search_narrows_by_school_grade_and_name_within_the_area(portal: Flask, cast: Cast) -> None:
    here = register(4)
    register(3, school="โรงเรียนบ้านโพนข่า")
    register(2, district="3305")
    request = draft(cast)
    malee = cast.malee.sign_in()
    path = f"/requests/{request.code}/pupils?item={KIT}"
    assert len(_boxes(malee.visit(path))) == 7
    page = malee.visit(f"{path}&school=โพนข่า")
    assert len(_boxes(page)) == 3
    assert "โรงเรียนบ้านหนองครก" in page.text
    assert len(_boxes(malee.visit(f"{path}&grade=ป.4"))) == 3
    assert len(_boxes(malee.visit(f"{path}&dimension=health"))) == 0
    page = malee.visit(f"{path}&q={here[0].first_name}")
    assert str(here[0].id) in _boxes(page)


def test_the_pages_of_a_request_are_closed_to_who_may_not_see_it(portal: Flask, cast: Cast) -> None:
    pupils = register(1)
    request = paid(cast, pupils)
    number = ceremony(cast, request)
    for person in (cast.chai, cast.kanya, cast.pranee, cast.ton, cast.ying):
        person.sign_in()
        for path in (f"/requests/{request.code}", f"/handovers/{number}", "/requests", "/handovers"):
            page = person.visit(path, status=None)
            assert request.code not in page.text or page.status in (403, 404), (person.sign_in_name, path)
            assert pupils[0].first_name not in page.text
    assert request.code in cast.decha.sign_in().visit("/requests").text
    assert cast.decha.visit(f"/requests/{request.code}/pupils", status=403)


def test_the_journey_shows_how_far_a_request_has_come(portal: Flask, cast: Cast) -> None:
    request = draft(cast)
    malee = cast.malee.sign_in()
    fill(request, register(2), by=cast.malee)
    path = f"/requests/{request.code}"

    def step() -> str:
        page = malee.visit(path)
        current = re.search(r'aria-current="step".*?step-label">(.*?)<', page.text, re.DOTALL)
        return current[1] if current else "end"

    assert step() == "คำขอ"
    submit(request, by=cast.malee)
    assert step() == "ประชุม"
    approve(cast, request)
    assert step() == "จ่ายเงิน"
    pay(cast, request)
    assert step() == "ส่งมอบ"
    number = ceremony(cast, request)
    malee.send(f"/handovers/{number}", action="/rest")
    assert step() == "end"
    assert "ส่งมอบและบันทึกครบแล้ว" in malee.visit("/requests").words


def test_the_ceremony_is_walked_card_by_card(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(3))
    malee = cast.malee.sign_in()
    assert "รอจัดพิธีมอบ" in malee.visit("/handovers").words
    page = malee.send(f"/handovers/new?request={request.code}", place="ลานโคปุระ", held_on="20/11/2569")
    number = int(page.response.request.path.rsplit("/", 1)[1])
    first, second, third = lines_.of(request.id)
    path = f"/handovers/{number}"
    malee.send(path, action="/second", person=str(cast.decha.user_id))
    photo = (BytesIO(jpeg()), "../../etc/passwd.jpg")
    page = malee.send(path, action=f"/lines/{first.id}", outcome="given", photo=photo)
    assert "บันทึกแล้ว: ได้รับครบ" in page.words
    assert page.response.request.path == path
    kept = db.session().scalars(select(Delivery)).one()
    assert kept.photo_id is not None
    page = malee.send(
        path, action=f"/lines/{second.id}", outcome="partly", reason="", taken_by="ย่า", to_status=422
    )
    assert "กรุณาบอกเหตุผล" in page.words
    assert 'value="ย่า"' in page.text
    page = malee.send(
        path, action=f"/lines/{second.id}", outcome="partly", reason="ขาดเข็มขัด", taken_by="ย่า", same_photo="1"
    )
    assert "ขาดเข็มขัด" in page.words
    assert "ทำเครื่องหมายแล้ว 2 จาก 3 รายการ" in page.words
    page = malee.send(path, action=f"/lines/{third.id}", outcome="not", reason="ไม่มาในวันงาน")
    outcomes = db.session().execute(select(Delivery.outcome, Delivery.photo_id).order_by(Delivery.id)).all()
    assert [tuple(row) for row in outcomes] == [
        ("given", kept.photo_id),
        ("partly", kept.photo_id),
        ("not", None),
    ]
    assert len(db.session().scalars(select(LogbookEntry)).all()) == 2
    malee.send(path, action="/close")
    assert "ปิดแล้ว" in malee.visit(path).words
    assert "จ่ายเงินแล้ว รอจัดพิธีมอบ" in malee.visit("/handovers").words


def test_every_handover_is_found_also_those_that_the_page_has_no_room_for(
    sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover_pages, "_MOST_OPEN", 0)
    cast = Cast(sqlite_portal)
    request = paid(cast, register(1))
    address = f"/handovers/{ceremony(cast, request)}"
    malee = cast.malee.sign_in()
    assert address in malee.visit("/handovers").text
    assert address in malee.visit(f"/handovers?state=open&q={request.code}").text
    assert address not in malee.visit("/handovers?state=closed").text


def test_a_file_that_is_no_picture_marks_nothing(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    line = lines_.of(request.id)[0]
    page = cast.malee.sign_in().send(
        f"/handovers/{number}",
        action=f"/lines/{line.id}",
        outcome="given",
        photo=(BytesIO(b"MZ not a picture"), "photo.jpg"),
        to_status=422,
    )
    assert "ไม่ใช่ภาพ" in page.words
    assert db.session().scalars(select(Delivery)).all() == []


def test_the_second_officer_on_a_stale_page_is_told_who_was_first(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    line = lines_.of(request.id)[0]
    malee, busaba = cast.malee.sign_in(), cast.busaba.sign_in()
    path = f"/handovers/{number}"
    stale = next(form for form in busaba.visit(path).forms() if f"/lines/{line.id}" in form["action"])
    malee.send(path, action=f"/lines/{line.id}", outcome="given")
    answer = busaba.client.post(
        stale["action"],
        data={"csrf_token": stale["fields"]["csrf_token"], "left": "1", "outcome": "not", "reason": "ไม่มา"},
        follow_redirects=True,
    )
    assert cast.malee.user.name in answer.get_data(as_text=True)
    assert len(db.session().scalars(select(Delivery)).all()) == 1


def test_a_photo_is_shown_only_to_who_may_see_the_request(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    line = lines_.of(request.id)[0]
    malee = cast.malee.sign_in()
    malee.send(
        f"/handovers/{number}", action=f"/lines/{line.id}", outcome="given", photo=(BytesIO(jpeg()), "a.jpg")
    )
    photo = db.session().scalars(select(Delivery.photo_id)).one()
    shown = malee.client.get(f"/photos/{photo}.jpg")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert b"Exif" not in shown.data
    assert shown.headers["Cache-Control"] == "private, no-cache"
    kept = {"If-None-Match": shown.headers["ETag"]}
    assert malee.client.get(f"/photos/{photo}.jpg", headers=kept).status_code == 304
    assert cast.stranger.client.get(f"/photos/{photo}.jpg", headers=kept).status_code == 302
    assert f"/photos/{photo}.jpg" in malee.visit(f"/requests/{request.code}").text
    assert cast.decha.sign_in().client.get(f"/photos/{photo}.jpg").status_code == 200
    assert cast.chai.sign_in().client.get(f"/photos/{photo}.jpg").status_code == 404
    for person in (cast.kanya, cast.pranee, cast.ton, cast.ying):
        assert person.sign_in().client.get(f"/photos/{photo}.jpg").status_code == 403
    assert cast.stranger.client.get(f"/photos/{photo}.jpg").status_code == 302


def test_a_draft_is_put_away_and_a_line_taken_off_by_their_buttons(portal: Flask, cast: Cast) -> None:
    request = draft(cast)
    fill(request, register(2), by=cast.malee)
    line = lines_.of(request.id)[0]
    malee = cast.malee.sign_in()
    malee.send(f"/requests/{request.code}", action=f"/lines/{line.id}/remove")
    assert len(lines_.of(request.id)) == 1
    malee.send(f"/requests/{request.code}", action="/withdraw")
    assert db.session().get_one(AidRequest, request.id).state == "withdrawn"
    assert request.code not in malee.visit("/requests").text
