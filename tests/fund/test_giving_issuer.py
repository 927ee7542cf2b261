"""The issuer's page: dated versions that touch no document already frozen, what is missing, and no word about tax."""

import json
from dataclasses import asdict, replace

import accounts
import pytest
from money import arrives
from people import PASSWORD, Cast, Page
from portals import TAX_ID, with_issuer
from sqlalchemy import select, text

from app.fund.giving.goods import documents as goods_documents
from app.fund.giving.receipts import documents, issuer, receipts
from app.fund.giving.records.receipts import IssuerVersion, Receipt
from app.fund.giving.reports import yearly
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals
from app.staff.audit import AuditEvent

OTHER_TAX_ID = "0994000000014"


def given(cast: Cast, satang: int = 10_000) -> Receipt | None:
    with transaction():
        donation = arrives(satang=satang, paid_at=clock.now(), purpose_id=cast.purpose().id, by=None)
        number = donation.id
    return db.session().scalars(select(Receipt).filter_by(donation_id=number)).one_or_none()


def asks(cast: Cast, who: str = "kanya", seen: int | None = None, **said: str) -> int:
    now = issuer.issuer()
    newest = issuer.newest()
    kept = asdict(now) | said
    with transaction():
        return issuer.ask(
            issuer.checked(**kept),
            seen=(newest.number if newest else 0) if seen is None else seen,
            reason="ตามหนังสือกรมสรรพากร",
            by=getattr(cast, who).user,
        ).id


def notes(cast: Cast, who: str = "kanya", seen: int | None = None, **said: str) -> None:
    number = asks(cast, who, seen, **said)
    with transaction():
        approvals.approve(number, by=cast.somchai.user)


def sends(cast: Cast, who: str = "kanya", to_status: int = 200, **said: str) -> Page:
    said = {"reason": "ตามหนังสือกรมสรรพากร", **said}
    page = getattr(cast, who).sign_in().send("/receipts/issuer", to_status=to_status, **said)
    if to_status != 200:
        return page  # type: ignore[no-any-return]
    chair = cast.somchai.sign_in()
    chair.press(chair.visit(page.response.request.path), having="password_again", password_again=PASSWORD)
    return getattr(cast, who).visit("/receipts/issuer")  # type: ignore[no-any-return]


def test_the_profile_is_the_first_version_and_a_new_one_touches_no_document(cast: Cast) -> None:
    old = given(cast)
    assert old is not None
    before, pdf = dict(old.printed), documents.original(old).pdf
    assert issuer.versions() == []
    notes(cast, address_th="เลขที่ 9 ถนนใหม่ จังหวัดศรีสะเกษ 33000")
    assert [(version.number, *names) for version, *names in issuer.versions()] == [
        (2, "น.ส.กัญญา พรดี", "นายสมชาย ใจงาม"),
        (1, "", ""),
    ]
    assert issuer.versions()[1][0].address_th == before["issuer_address"]
    with_issuer(cast.app, address_th="ที่อยู่ในโปรไฟล์ที่แก้ภายหลัง")
    assert issuer.versions()[1][0].address_th == before["issuer_address"]
    new = given(cast)
    assert new is not None and new.printed["issuer_address"].startswith("เลขที่ 9")
    old = db.session().scalars(select(Receipt).order_by(Receipt.id).limit(1)).one()
    assert (old.printed, documents.original(old).pdf) == (before, pdf)
    assert old.genuine


def test_who_signs_is_printed_where_somebody_does(cast: Cast) -> None:
    plain = given(cast)
    assert plain is not None and "signer" not in plain.printed
    notes(cast, signer="นายประธาน ใจดี", signer_position="ประธานกรรมการกองทุน")
    signed = given(cast)
    assert signed is not None
    assert (signed.printed["signer"], signed.printed["signer_position"]) == (
        "นายประธาน ใจดี",
        "ประธานกรรมการกองทุน",
    )
    assert "ประธานกรรมการกองทุน" in documents.sheet(signed).html
    assert "ผู้มีอำนาจลงนาม" not in documents.sheet(plain).html


@pytest.mark.parametrize("who", ["decha", "ton", "pranee", "malee"])
def test_nobody_but_the_four_roles_asks_for_a_version(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="เฉพาะประธาน"):
        asks(cast, who, name_th="กองทุนอื่น")
    asks(cast, "ying", name_th="กองทุนใหม่")


def test_one_person_alone_never_changes_who_issues_receipts(cast: Cast) -> None:
    number = asks(cast, name_th="บริษัท ผี จำกัด", tax_id="0994000158378")
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"), transaction():
        approvals.approve(number, by=cast.kanya.user)
    receipt = given(cast)
    assert receipt is not None and receipt.printed["issuer_tax_id"] == TAX_ID
    said = asdict(issuer.issuer())
    for more in ({}, {"approval_request_id": number}):
        with pytest.raises(Refused, match="สองคน"), transaction() as session:
            session.add(IssuerVersion(number=1, noted_at=clock.now(), noted_by_id=None, **said))
            session.flush()
            session.add(
                IssuerVersion(number=2, noted_at=clock.now(), noted_by_id=cast.kanya.user_id, **said, **more)
            )
    with transaction():
        approvals.approve(number, by=cast.busaba.user)
    after = given(cast)
    assert after is not None and after.printed["issuer_tax_id"] == "0994000158378"
    assert receipt.printed["issuer_tax_id"] == TAX_ID
    for who in ("somchai", "kanya", "decha"):
        page = getattr(cast, who).sign_in().visit("/home")
        assert "ใบเสร็จออกในนาม บริษัท ผี จำกัด" in page.main
        assert "ขอโดย น.ส.กัญญา พรดี อนุมัติโดย นางบุษบา คำแก้ว" in page.main


def test_two_who_write_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    with pytest.raises(Refused, match="กัญญา"):
        for who in ("kanya", "ying"):
            asks(cast, who, name_th=f"กองทุนของ {who}")
    with transaction():
        approvals.withdraw(approvals.waiting()[0].id, by=cast.kanya.user)
    notes(cast, name_th="กองทุนหนึ่ง")
    with pytest.raises(Refused, match="ไปก่อนแล้ว"):
        asks(cast, "ying", seen=0, name_th="กองทุนสอง")
    db.session.remove()
    with pytest.raises(Refused, match="ไปก่อนแล้ว"), transaction() as session:
        session.add(
            IssuerVersion(
                number=2,
                noted_at=clock.now(),
                noted_by_id=cast.ying.user_id,
                approval_request_id=accounts.approved(
                    "issuer.note", "issuer", tax_id=issuer.issuer().tax_id
                ).id,
                **asdict(issuer.issuer()),
            )
        )
    assert issuer.issuer().name_th == "กองทุนหนึ่ง"


@pytest.mark.parametrize("lacking", [{"name_th": ""}, {"address_th": " "}, {"tax_id": ""}])
def test_complete_data_never_become_incomplete(cast: Cast, lacking: dict[str, str]) -> None:
    with pytest.raises(Refused, match="ออกไม่ได้"):
        notes(cast, **lacking)
    assert issuer.is_complete()


@pytest.mark.pages
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tax_id": "0994000000003"}, "ไม่ถูกต้อง"),
        ({"tax_id": "123"}, "13 หลัก"),
        ({"tax_id": issuer.PLACEHOLDER}, "เลขตัวอย่าง"),
        ({"name_th": "ก" * 201}, "ยาวเกินไป"),
        ({"signer_position": "ประธาน"}, "ชื่อผู้มีอำนาจลงนาม"),
        ({"name_th": "กองทุน (ลดหย่อนภาษีได้ 2 เท่า)"}, "เรื่องภาษี"),
        ({"address_th": "ศาลากลาง E-Donation"}, "เรื่องภาษี"),
        ({"signer": "ใบนี้ใช้หักภาษีได้"}, "เรื่องภาษี"),
    ],
)
def test_what_must_not_stand_on_a_receipt_is_refused(cast: Cast, wrong: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        notes(cast, **wrong)


def test_the_same_data_are_no_new_version(cast: Cast) -> None:
    with pytest.raises(Refused, match="เหมือนที่ใช้อยู่"):
        notes(cast, name_th=f"  {issuer.issuer().name_th} ")


@pytest.mark.parametrize("statement", ["UPDATE issuer_version SET tax_id = ''", "DELETE FROM issuer_version"])
def test_the_database_keeps_versions_as_they_were_and_without_a_gap(cast: Cast, statement: str) -> None:
    notes(cast, name_th="กองทุนใหม่")
    with (
        pytest.raises(Exception, match=r"final_issuer_version|kept_issuer_version"),
        transaction() as session,
    ):
        session.execute(text(statement))
    with pytest.raises(Refused, match="ไปก่อนแล้ว"), transaction() as session:
        session.add(
            IssuerVersion(
                number=4,
                noted_at=clock.now(),
                noted_by_id=cast.ying.user_id,
                approval_request_id=accounts.approved(
                    "issuer.note", "issuer", tax_id=issuer.issuer().tax_id
                ).id,
                **asdict(issuer.issuer()),
            )
        )


@pytest.mark.pages
def test_the_page_says_what_is_missing_how_much_waits_and_then_all_is_issued(cast: Cast) -> None:
    from app.fund.giving.goods import goods

    with_issuer(cast.app, tax_id=issuer.PLACEHOLDER)
    assert given(cast, 12_300) is None
    with transaction():
        goods.record(
            kind="labour",
            what="ช่างไม้",
            quantity=2,
            unit="วันแรง",
            satang=70_000,
            valued_from="word",
            received_on=clock.today(),
            purpose_id=cast.purpose().id,
            by=cast.busaba.user,
        )
    page = cast.kanya.sign_in().visit("/receipts/issuer")
    for said in ("ยังขาดเลขประจำตัวผู้เสียภาษีของกองทุน", "ใบเสร็จรับเงิน 1 ใบ", "123.00", "ใบรับสิ่งของ 1 ใบ"):
        assert said in page.main
    # Half of it may be put in first: what is missing stays said.
    page = sends(cast, address="ศาลากลางหลังใหม่")
    assert "ยังขาดเลขประจำตัวผู้เสียภาษีของกองทุน" in page.main
    assert receipts.issue_missing() == 0
    page = sends(cast, "ying", tax_id=OTHER_TAX_ID)
    assert "ข้อมูลครบ" in page.main
    assert "น.ส.หญิง ดูแล" in page.main
    assert (receipts.issue_missing(), goods_documents.print_missing(most=5)) == (1, 1)
    receipt = db.session().scalars(select(Receipt)).one()
    assert (receipt.printed["issuer_tax_id"], receipt.printed["issuer_address"]) == (
        OTHER_TAX_ID,
        "ศาลากลางหลังใหม่",
    )
    details = [
        json.loads(event.details)
        for event in db.session().scalars(select(AuditEvent).filter_by(deed="issuer.note").order_by("id"))
    ]
    assert [known["changed"] for known in details] == [["address_th", "tax_id"], ["tax_id"]]


@pytest.mark.pages
def test_a_preview_shows_the_head_and_keeps_nothing(cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    page = kanya.press(
        kanya.visit("/receipts/issuer"), having="issuer_name", issuer_name="กองทุนลองดู", step="preview"
    )
    assert "ตัวอย่างที่ยังไม่บันทึก" in page.main
    assert "กองทุนลองดู" in page.main
    assert issuer.newest() is None
    page = kanya.press(page, having="issuer_name", step="save", reason="ลองดู")
    assert issuer.issuer().name_th != "กองทุนลองดู"
    assert "ชื่อ" in page.main and "กองทุนลองดู" in page.main
    assert "มีชุดใหม่ที่รอผู้อนุมัติ" in kanya.visit("/receipts/issuer").main


@pytest.mark.pages
def test_the_head_speaks_of_tax_only_with_a_registration(cast: Cast) -> None:
    assert "ยังไม่ได้ขึ้นทะเบียน e-Donation" in cast.kanya.sign_in().visit("/receipts/issuer").main
    profile = cast.app.extensions["profile"]
    rules = replace(profile.giving, edonation_number="กค 0702/1234", edonation_on="2026-01-15")
    cast.app.extensions["profile"] = replace(profile, giving=rules)
    assert "ทะเบียนเลขที่ กค 0702/1234" in cast.kanya.visit("/receipts/issuer").main


@pytest.mark.pages
def test_what_was_typed_stays_when_it_is_refused_and_others_only_read(cast: Cast) -> None:
    page = sends(cast, tax_id="12345", to_status=422)
    assert 'value="12345"' in page.text
    sends(cast, seen="7", issuer_name="กองทุนอื่น", to_status=409)
    sends(cast, seen="x", issuer_name="กองทุนอื่น", to_status=400)
    for who in ("decha",):
        page = getattr(cast, who).sign_in().visit("/receipts/issuer")
        assert "issuer_name" not in page.text
        token = page.forms()[0]["fields"]["csrf_token"]
        answer = getattr(cast, who).client.post("/receipts/issuer", data={"csrf_token": token})
        assert answer.status_code == 403
    cast.ton.sign_in().visit("/receipts/issuer", status=403)
    assert TAX_ID in cast.decha.visit("/receipts/issuer").main


def test_the_yearly_statement_names_the_issuer_of_the_day(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(cast, name_th="กองทุนชื่อใหม่ล่าสุด")
    shown: list[str] = []
    statement = yearly.of_giver("ไม่มี ใคร", kind="fiscal", year_be=2569, by=cast.kanya.user)
    monkeypatch.setattr(yearly, "fill", lambda *_, **told: shown.append(told["issuer"].name_th) or "")
    yearly.pdf(statement)
    assert shown == ["กองทุนชื่อใหม่ล่าสุด"]
