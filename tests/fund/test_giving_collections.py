"""Collections: standing references of networks; and the solicitation approval that public QR codes rest on."""

from datetime import date, timedelta

import accounts
import pytest
from people import Cast
from sqlalchemy import insert, select, text, update

from app.fund.giving.payment_requests import collections, payloads, payment_requests, references, solicitation
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import Collection, PaymentRequest, SolicitationApproval
from app.kit import clock, promptpay
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


def _network() -> Network:
    return db.session().scalars(select(Network).filter_by(code="NET001")).one()


def _open(cast: Cast, **more: object) -> Collection:
    with transaction():
        return collections.open(
            network_id=_network().id,
            purpose_id=cast.purpose().id,
            by=cast.ton.user,
            **more,  # type: ignore[arg-type]
        )


def _without_approval(cast: Cast) -> None:
    with transaction():
        for approval in solicitation.every():
            if approval.withdrawn_at is None:
                solicitation.withdraw(approval.id, by=cast.busaba.user)


def test_a_collection_asks_for_no_amount_and_names_its_network(cast: Cast) -> None:
    made = _open(cast)
    seen = promptpay.decode(made.payload)
    assert isinstance(seen, promptpay.Bill)
    assert (seen.biller, seen.ref1, seen.ref2, seen.satang) == ("099400000000300", made.ref1, "NET001", None)
    assert seen.point_of_initiation == "11"
    assert made.open


def test_a_collection_is_found_by_its_reference_as_people_and_banks_write_it(cast: Cast) -> None:
    made = _open(cast)
    typed = f" {made.ref1[:4].lower()}-{made.ref1[4:]} "
    found = collections.by_ref1(typed)
    assert found is not None
    assert (found.id, found.network_id, found.pledge_id, found.purpose_id, found.account_id) == (
        *(made.id, made.network_id, None, made.purpose_id),
        made.account_id,
    )
    assert collections.by_ref1s({made.ref1, "F690000000", "", "x"}) == {made.ref1: made}
    assert collections.by_ref1("WATPA2569") is None


def test_a_closed_collection_is_given_out_no_more_and_stays_known(cast: Cast) -> None:
    made = _open(cast)
    assert [collection.id for collection in collections.given_out(made.network_id)] == [made.id]
    with transaction():
        collections.close(made.id, by=cast.ton.user)
    assert collections.given_out(made.network_id) == []
    found = collections.by_ref1(made.ref1)
    assert found is not None
    assert not found.open
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction():
        collections.close(made.id, by=cast.ton.user)
    again = _open(cast)
    assert again.ref1 != made.ref1


def test_a_network_has_one_open_collection_for_a_purpose_and_a_pledge_one(cast: Cast) -> None:
    _open(cast)
    with pytest.raises(Refused, match="มี QR รับสมทบที่เปิดอยู่แล้ว"):
        _open(cast)
    with transaction():
        pledge = pledges.make(
            network_id=_network().id,
            satang=500_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
    assert _open(cast, pledge_id=pledge.id).pledge_id == pledge.id
    with pytest.raises(Refused, match="มี QR รับสมทบที่เปิดอยู่แล้ว"):
        _open(cast, pledge_id=pledge.id)


def test_only_who_speaks_for_the_network_opens_and_closes_its_collection(cast: Cast) -> None:
    made = _open(cast)
    for who in (cast.kanya, cast.malee, cast.decha):
        with pytest.raises(Refused, match="เหรัญญิก"), transaction():
            collections.close(made.id, by=who.user)
        with pytest.raises(Refused, match="เหรัญญิก"), transaction():
            collections.open(network_id=made.network_id, purpose_id=cast.purpose("education").id, by=who.user)


def test_without_a_biller_id_there_is_no_standing_reference(cast: Cast) -> None:
    accounts.identified(biller_id=None)
    with pytest.raises(Refused, match="Biller ID"):
        _open(cast)


def test_a_collection_that_pays_into_a_closed_account_is_not_given_out(cast: Cast) -> None:
    made = _open(cast)
    accounts.shut()
    assert collections.given_out(made.network_id) == []
    assert collections.by_ref1(made.ref1) is not None


def test_a_code_of_a_withdrawn_pledge_or_a_closed_network_is_not_shown_and_stays_known(cast: Cast) -> None:
    with transaction():
        pledge = pledges.make(
            network_id=_network().id,
            satang=500_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
    for_pledge, general = _open(cast, pledge_id=pledge.id), _open(cast)
    with transaction():
        pledges.withdraw(pledge.id, by=cast.ton.user)
    assert [collection.id for collection in collections.given_out(_network().id)] == [general.id]
    with transaction() as session:
        session.execute(update(Network).values(open=False))
    assert collections.given_out(_network().id) == []
    assert set(collections.by_ref1s({for_pledge.ref1, general.ref1})) == {for_pledge.ref1, general.ref1}


def test_the_database_refuses_a_reference_that_a_payment_request_or_a_collection_has(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _open(cast)
    with transaction():
        payment_request = payment_requests.open(satang=5_000, purpose_id=cast.purpose().id, by=None)
    monkeypatch.setattr(references, "new", lambda: made.ref1)
    with pytest.raises(Refused, match="ใช้ไปแล้ว"), transaction():
        payment_requests.open(satang=5_000, purpose_id=cast.purpose().id, by=None)
    monkeypatch.setattr(references, "new", lambda: payment_request.ref1)
    with pytest.raises(Refused, match="ใช้ไปแล้ว"), transaction():
        collections.open(network_id=_network().id, purpose_id=cast.purpose("education").id, by=cast.ton.user)


def test_what_is_printed_never_changes_in_the_database(cast: Cast) -> None:
    made = _open(cast)
    for column in ("ref1", "payload"):
        with pytest.raises(Exception, match="final_collection"), transaction() as session:
            session.execute(update(Collection).where(Collection.id == made.id).values({column: "X"}))
    with transaction():
        collections.close(made.id, by=cast.ton.user)
    with pytest.raises(Refused, match="ปิดไปแล้ว"), transaction() as session:
        session.execute(
            update(Collection).where(Collection.id == made.id).values(closed_at=None, closed_by_id=None)
        )


def test_a_payload_that_reads_back_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = promptpay.encode(promptpay.Bill(biller="099400000000300", ref1="F69K7QX3M9P", ref2="NET002"))
    monkeypatch.setattr(payloads.promptpay, "encode", lambda bill: other)
    with pytest.raises(Refused, match="อ่านกลับไม่ตรงกัน"):
        payloads.of_collection(biller="099400000000300", ref1="F69K7QX3M9P", ref2="NET001")


def test_a_visitor_gets_no_code_without_an_approval_and_a_treasurer_pays_on(cast: Cast) -> None:
    with transaction():
        pledge = pledges.make(
            network_id=_network().id,
            satang=500_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
        before = payment_requests.open(satang=5_000, purpose_id=cast.purpose().id, by=None)
    assert not payment_requests.why_hidden(before)
    _without_approval(cast)
    assert solicitation.current() is None
    assert payment_requests.why_hidden(before)
    with pytest.raises(Refused, match="หนังสืออนุมัติ"), transaction():
        payment_requests.open(satang=5_000, purpose_id=cast.purpose().id, by=None)
    with pytest.raises(Refused, match="หนังสืออนุมัติ"):
        _open(cast)
    with transaction():
        own = payment_requests.open(
            satang=5_000, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    assert not payment_requests.why_hidden(own)


def test_a_visitor_on_the_networks_page_gives_any_amount_for_it_and_its_pledge(cast: Cast) -> None:
    with transaction():
        pledge = pledges.make(
            network_id=_network().id,
            satang=100,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
        given = payment_requests.open(
            satang=70_000,
            purpose_id=pledge.purpose_id,
            pledge_id=pledge.id,
            network_id=pledge.network_id,
            by=None,
        )
    assert (given.ref2, given.network_id, given.pledge_id) == ("NET001", pledge.network_id, pledge.id)
    with pytest.raises(Refused, match="ไม่พบความประสงค์นี้"), transaction():
        payment_requests.open(
            satang=100,
            purpose_id=cast.purpose("education").id,
            pledge_id=pledge.id,
            network_id=pledge.network_id,
            by=None,
        )
    with transaction() as session:
        session.execute(update(Network).values(open=False))
    with pytest.raises(Refused, match="ไม่เปิดรับสมทบ"), transaction():
        payment_requests.open(satang=100, purpose_id=cast.purpose().id, network_id=pledge.network_id, by=None)


def test_an_approval_counts_from_its_date_to_its_end_and_the_newest_counts(cast: Cast) -> None:
    _without_approval(cast)
    today = clock.today()
    with transaction():
        old = solicitation.note(
            number="1", approved_on=date(2022, 1, 1), authority="กคร.", ends_on=today, by=cast.busaba.user
        )
    assert solicitation.current() == old
    assert solicitation.current(date(2021, 12, 31)) is None
    assert solicitation.current(today + timedelta(days=1)) is None
    assert solicitation.status(old, today) == "current"
    assert solicitation.status(old, today + timedelta(days=1)) == "ended"
    assert solicitation.status(old, date(2021, 12, 31)) == "coming"
    with transaction():
        new = solicitation.note(number="2", approved_on=today, authority="กคร.จังหวัด", by=cast.busaba.user)
    assert solicitation.current() == new
    with transaction():
        solicitation.withdraw(new.id, by=cast.busaba.user)
    assert solicitation.current() == old
    with pytest.raises(Refused, match="ถอนออกแล้ว"), transaction():
        solicitation.withdraw(new.id, by=cast.busaba.user)
    again = "UPDATE solicitation_approval SET withdrawn_at = NULL, withdrawn_by_id = NULL WHERE number = '2'"
    with pytest.raises(Refused, match="ถอนไปแล้ว"), transaction() as session:
        session.execute(text(again))


def test_only_the_fund_officer_keeps_approvals(cast: Cast) -> None:
    for who in (cast.kanya, cast.ton, cast.ying, cast.somchai):
        with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
            solicitation.note(number="9", approved_on=clock.today(), authority="กคร.", by=who.user)


@pytest.mark.pages
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"number": " "}, "เลขที่หนังสือ"),
        ({"authority": ""}, "ผู้อนุมัติ"),
        ({"approved_on": date(2999, 1, 1)}, "ยังมาไม่ถึง"),
        ({"ends_on": date(2020, 1, 1)}, "มาก่อนวันที่อนุมัติ"),
    ],
)
def test_an_approval_must_read_like_its_letter(cast: Cast, more: dict[str, object], words: str) -> None:
    said = {"number": "1", "approved_on": date(2022, 1, 1), "authority": "กคร."} | more
    with pytest.raises(BadInput, match=words), transaction():
        solicitation.note(**said, by=cast.busaba.user)  # type: ignore[arg-type]


def test_what_an_approval_says_never_changes_in_the_database(cast: Cast) -> None:
    with pytest.raises(Exception, match="final_solicitation_approval"), transaction() as session:
        session.execute(update(SolicitationApproval).values(number="999"))
    with pytest.raises(Exception, match="in_order"), transaction() as session:
        session.execute(
            insert(SolicitationApproval).values(
                number="1",
                approved_on=date(2022, 2, 1),
                authority="x",
                ends_on=date(2022, 1, 1),
                noted_at=clock.now(),
            )
        )


def test_references_of_payment_requests_are_still_made_one_by_one(cast: Cast) -> None:
    with transaction():
        made = [
            payment_requests.open(satang=5_000, purpose_id=cast.purpose().id, by=None).ref1 for _ in range(3)
        ]
    assert len(set(made)) == 3
    assert db.session().scalars(select(PaymentRequest.ref1).order_by(PaymentRequest.id)).all() == made
