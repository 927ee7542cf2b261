"""Pages on which members of a network give, the poster, the approvals and the outbox."""

import io
import re
from dataclasses import replace

import accounts
import pytest
from flask import Flask
from letterboxes import mail_server
from people import Cast
from pypdf import PdfReader
from pypdfium2 import PdfDocument
from sqlalchemy import select, update

from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import collections, posters, solicitation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import Collection, PaymentRequest
from app.kit import clock, outbox, qr
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.mail import PLAIN, Mail
from app.kit.outbox import Message

pytestmark = pytest.mark.pages


def _withdraw_approvals(cast: Cast) -> None:
    with transaction():
        for approval in solicitation.every():
            solicitation.withdraw(approval.id, by=cast.busaba.user)


def _collection() -> Collection:
    db.session.rollback()
    return db.session().scalars(select(Collection)).one()


def _opened(cast: Cast) -> Collection:
    with transaction():
        network = db.session().scalars(select(Network).filter_by(code="NET001")).one()
        return collections.open(network_id=network.id, purpose_id=cast.purpose().id, by=cast.ton.user)


def _no_biller() -> None:
    accounts.identified(biller_id=None)


def test_a_treasurer_opens_a_standing_code_prints_it_and_members_see_it(cast: Cast) -> None:
    ton = cast.ton.sign_in()
    page = ton.visit("/collections")
    assert "รับสมทบจากสมาชิก" in page.main
    page = ton.send("/networks/NET001/collect", target="general")
    assert "เปิด QR รับสมทบแล้ว" in page.words
    ref1 = _collection().ref1
    assert ref1 in page.main
    seen = cast.stranger.visit("/networks/NET001/give")
    assert ref1 in seen.main
    assert "ให้เท่าใดก็ได้" in seen.main
    assert "ศก 0017/ว 42" in seen.main
    picture = cast.stranger.client.get(f"/networks/NET001/give/{ref1}.png").data
    assert qr.read(picture) == [_collection().payload]
    saved = cast.stranger.client.get(f"/networks/NET001/give/{ref1}.png?save=1")
    assert "attachment" in saved.headers["Content-Disposition"]
    assert qr.read(saved.data) == [_collection().payload]


def test_a_person_who_gives_is_named_to_strangers_only_once_they_collect(cast: Cast) -> None:
    with transaction():
        number = networks.create(code="P7", type="person", name="นายใจ ลับตา", by=cast.busaba.user).id
    page = cast.stranger.visit("/networks/P7/give", status=404)
    assert "ลับตา" not in page.text
    assert page.main == cast.stranger.visit("/networks/P8/give", status=404).main
    with transaction():
        collections.open(network_id=number, purpose_id=cast.purpose().id, by=cast.busaba.user)
    assert "นายใจ ลับตา" in cast.stranger.visit("/networks/P7/give").main
    with transaction():
        networks.close(number, by=cast.busaba.user)
    cast.stranger.visit("/networks/P7/give", status=404)


def test_a_member_who_types_an_amount_gets_a_code_of_their_own_that_counts_to_the_network(cast: Cast) -> None:
    _opened(cast)
    page = cast.stranger.send("/networks/NET001/give", amount="250", target="general", donor_name="นางบุญ ใจดี")
    assert "สแกนเพื่อจ่าย" in page.main
    made = db.session().scalars(select(PaymentRequest)).one()
    assert (made.network_id, made.ref2, made.due_satang) == (_collection().network_id, "NET001", 25_000)
    cast.stranger.send("/networks/NET001/give", amount="0", target="general", to_status=422)
    cast.stranger.send("/networks/NET001/give", amount="10", target="nothing", to_status=422)


def test_the_poster_is_one_sheet_whose_code_reads_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ref1 = _opened(cast).ref1
    ton = cast.ton.sign_in()
    answer = ton.client.get(f"/networks/NET001/poster.pdf?ref1={ref1}")
    assert answer.mimetype == "application/pdf"
    document = PdfReader(io.BytesIO(answer.data))
    assert len(document.pages) == 1
    text = document.pages[0].extract_text()
    for words in ("เครือข่าย OTOP จังหวัดศรีสะเกษ", ref1, "ศก 0017/ว 42", "27 มกราคม 2565", "ให้เท่าใดก็ได้"):
        assert words in text
    assert not re.search(r"[0-9๐-๙]\s*บาท", text), "a poster suggests no amount"
    assert qr.read(_as_picture(answer.data)) == [_collection().payload]


def _as_picture(pdf: bytes) -> bytes:
    """The first page as a printer would draw it, at 100 dots an inch."""
    with PdfDocument(pdf) as document:
        picture = document[0].render(scale=100 / 72).to_pil()
    assert picture.width > 800
    drawn = io.BytesIO()
    picture.save(drawn, "PNG")
    return drawn.getvalue()


def test_without_a_biller_id_the_poster_leads_to_the_networks_page_and_says_why(cast: Cast) -> None:
    _no_biller()
    ton = cast.ton.sign_in()
    page = ton.visit("/networks/NET001/collect")
    assert "Biller ID" in page.main
    assert "เปิด QR รับสมทบ" not in page.main
    answer = ton.client.get("/networks/NET001/poster.pdf")
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Biller ID" in text
    assert qr.read(_as_picture(answer.data)) == ["http://127.0.0.1:8000/networks/NET001/give"]
    seen = cast.stranger.send("/networks/NET001/give", amount="100", target="general")
    assert "สแกนเพื่อจ่าย" in seen.main
    assert db.session().scalars(select(PaymentRequest)).one().tag == 29


@pytest.mark.parametrize("letters", range(10, 61, 10))
def test_letters_of_any_usual_length_fit_on_one_sheet_of_the_demonstration_too(
    sqlite_portal: Flask, letters: int
) -> None:
    cast = Cast(sqlite_portal)
    sqlite_portal.extensions["kueakun"] = replace(sqlite_portal.extensions["kueakun"], demo=True)
    made = _opened(cast)
    words = "ศก 0017.3/ว 1234 และมติคณะกรรมการควบคุมการเรี่ยไรจังหวัดศรีสะเกษ โดยผู้ว่าราชการจังหวัด"
    with transaction():
        solicitation.note(
            number=words[:letters],
            approved_on=clock.today(),
            authority=words[: letters + 15],
            by=cast.busaba.user,
        )
    sheet = posters.pdf(made.network, made, approval=solicitation.require())
    assert len(PdfReader(io.BytesIO(sheet)).pages) == 1
    assert qr.read(_as_picture(sheet)) == [made.payload]


def test_the_longest_names_still_fit_on_one_sheet(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    made = _opened(cast)
    long = "กลุ่มออมทรัพย์เพื่อการผลิตและเครือข่ายกองทุนแม่ของแผ่นดิน" * 3
    with transaction() as session:
        network = session.scalars(select(Network)).one()
        network.name = long[:160]
        solicitation.note(
            number="ศก 0017.3/ว 123456 และมติคณะกรรมการควบคุมการเรี่ยไร ครั้งที่ 12/2569",
            approved_on=clock.today(),
            authority=long[:200],
            by=cast.busaba.user,
        )
    approval = solicitation.require()
    found = collections.by_ref1(made.ref1)
    assert found is not None
    for collection in (found, None):
        sheet = posters.pdf(found.network, collection, approval=approval)
        assert len(PdfReader(io.BytesIO(sheet)).pages) == 1


def test_a_code_that_reads_otherwise_is_not_printed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _opened(cast)
    monkeypatch.setattr(qr, "read", lambda _: ["something else"])
    approval = solicitation.current()
    assert approval is not None
    with pytest.raises(Refused, match="อ่านกลับไม่ตรงกัน"):
        posters.pdf(made.network, made, approval=approval)


def test_without_an_approval_no_public_code_is_shown_and_the_page_says_what_one_can_do(cast: Cast) -> None:
    ref1 = _opened(cast).ref1
    given = cast.stranger.send("/give", amount="100", purpose="general").path
    code = db.session().scalars(select(PaymentRequest.code)).one()
    assert given
    _withdraw_approvals(cast)
    stranger, ton = cast.stranger, cast.ton.sign_in()
    for path in ("/give", "/networks/NET001/give", f"/give/{code}"):
        page = stranger.visit(path)
        assert "ยังไม่มีหนังสืออนุมัติให้เรี่ยไร" in page.main, path
        assert "qr.png" not in page.text, path
        assert not [form for form in page.forms() if "amount" in form["fields"]], path
    for path in (f"/give/{code}/qr.png", f"/give/{code}/qr.svg", f"/networks/NET001/give/{ref1}.png"):
        stranger.visit(path, status=410)
    ton.visit(f"/networks/NET001/poster.pdf?ref1={ref1}", status=410)
    assert "ยังรับสมทบจากสาธารณะไม่ได้" in ton.visit("/networks/NET001/collect").main


def test_a_treasurer_pays_an_own_pledge_without_an_approval(cast: Cast) -> None:
    _withdraw_approvals(cast)
    ton = cast.ton.sign_in()
    ton.send("/pledges/new", amount="500", purpose="general", expected_on="31/12/2570")
    code = ton.visit("/pledges").text.split("/pledges/PL-")[1].split('"')[0]
    page = ton.send(f"/pledges/PL-{code}", action="/pay", amount="500")
    assert "สแกนเพื่อจ่าย" in page.main
    payment_request = db.session().scalars(select(PaymentRequest)).one()
    assert cast.stranger.client.get(f"/give/{payment_request.code}/qr.png").status_code == 200


def test_nobody_else_keeps_a_networks_codes(cast: Cast) -> None:
    ref1 = _opened(cast).ref1
    with transaction() as session:
        session.execute(update(Network).values(open=True))
    for who in (cast.kanya, cast.malee, cast.decha, cast.somchai):
        who.sign_in().visit("/networks/NET001/collect", status=403)
        who.visit(f"/networks/NET001/poster.pdf?ref1={ref1}", status=403)
    cast.ton.sign_in().visit("/networks/NET999/collect", status=404)
    page = cast.ton.send("/networks/NET001/collect", action="/close")
    assert "ปิด QR รับสมทบแล้ว" in page.words
    assert not _collection().open
    assert ref1 not in cast.stranger.visit("/networks/NET001/give").main
    cast.stranger.visit(f"/networks/NET001/give/{ref1}.png", status=410)


def test_the_fund_officer_notes_and_withdraws_an_approval(cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    page = busaba.send("/fund/solicitation", action="/withdraw")
    assert "ถอนหนังสืออนุมัติแล้ว" in page.words
    page = busaba.send(
        "/fund/solicitation",
        number="ศก 0017/ว 99",
        approved_on="1 มกราคม 2569",
        authority="กคร. จังหวัด",
        ends_on="31 ธันวาคม 2599",
    )
    assert "มีผลอยู่: เลขที่ ศก 0017/ว 99 ลงวันที่ 1 มกราคม 2569" in page.main
    assert "ศก 0017/ว 99" in cast.stranger.visit("/give").main
    page = busaba.send(
        "/fund/solicitation", number="x", approved_on="1 มกราคม 2599", authority="y", to_status=422
    )
    assert "ยังมาไม่ถึง" in page.main
    busaba.send("/fund/solicitation", number="", approved_on="", authority="", to_status=422)
    cast.decha.sign_in().visit("/fund/solicitation")
    cast.ton.sign_in().visit("/fund/solicitation", status=403)


def test_the_outbox_says_what_waits_what_failed_and_lets_a_person_try_again(
    cast: Cast, portal: Flask
) -> None:
    with transaction():
        for number, address in enumerate(("ton@example.org", "nobody at all")):
            outbox.write(
                channel="email",
                recipient=address,
                subject=f"เรื่องที่ {number} <b>",
                body="หนึ่ง\n\nสอง",
                key=f"k{number}",
            )
    busaba = cast.busaba.sign_in()
    page = busaba.visit("/messages")
    assert "ยังไม่ได้ตั้งค่าอีเมลหรือ LINE" in page.main
    assert "เรื่องที่ 0 &lt;b&gt;" in page.text
    with mail_server() as box:
        outbox.send_due({"email": Mail("127.0.0.1", box.port, "fund@example.org", PLAIN)})
    page = busaba.visit("/messages?state=failed")
    assert "เรื่องที่ 1" in page.main
    assert "เรื่องที่ 0" not in page.main
    failed = db.session().scalars(select(Message.id).filter_by(state="failed")).one()
    page = busaba.send(f"/messages/{failed}", action="/retry")
    assert "จะส่งข้อความนี้อีกครั้ง" in page.words
    sent = db.session().scalars(select(Message.id).filter_by(state="sent")).one()
    assert "ส่งอีกครั้ง" not in busaba.visit(f"/messages/{sent}").main
    cast.decha.sign_in().visit("/messages")
    cast.ton.sign_in().visit("/messages", status=403)
    busaba.visit("/messages/99999", status=404)
    assert clock.now()


def test_the_page_of_a_network_leads_those_who_speak_for_it_to_its_codes(cast: Cast) -> None:
    for who, leads in ((cast.ton, True), (cast.busaba, True), (cast.decha, False)):
        page = who.sign_in().visit("/fund/setup/networks/NET001")
        assert ("/networks/NET001/collect" in page.text) == leads
