"""Pages of collections: where members of a network give, and where its treasurer keeps QR code and poster."""

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice

from app.fund.giving.blueprint import bp, count_asking, open_purposes
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import (
    cards,
    collections,
    payees,
    payment_requests,
    posters,
    solicitation,
    stops,
)
from app.fund.giving.payment_requests.forms import NetworkGiveForm, TargetForm, chips
from app.fund.giving.pledges import status
from app.fund.giving.records.networks import Network, NetworkType
from app.fund.giving.records.payment_requests import Collection
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.kit import clock, qr
from app.kit.db import db, transaction
from app.kit.errors import Refused, TooManyTries
from app.kit.language import gettext, in_english
from app.province.banks import bank_name
from app.province.profile import Profile
from app.settings import Settings
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User


@bp.route("/networks/<code>/give", methods=["GET", "POST"])
@in_english
@opens_to(EVERYONE)
def network_give(code: str) -> ResponseReturnValue:
    network = _network(code)
    open_collections = collections.given_out(network.id)
    if network.type == NetworkType.PERSON and not open_collections:
        # Codes are easily tried; a person who gives is named here only once they ask others to give.
        abort(404)
    targets = _targets(network, open_collections)
    form = NetworkGiveForm(request.form if request.method == "POST" else request.args)
    form.target.choices = [SelectChoice(key, words) for key, (words, _, _) in targets.items()]
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            _, purpose_id, pledge_id = targets[form.target.data]
            name = form.donor_name.data or ""
            try:
                with transaction():
                    count_asking(request.remote_addr or "")
                    payment_request = payment_requests.open(
                        satang=form.amount.data or 0,
                        purpose_id=purpose_id,
                        pledge_id=pledge_id,
                        network_id=network.id,
                        donor_name=name,
                        anonymous=not name.strip(),
                        by=None,
                        visitor_address=request.remote_addr or "",
                    )
                return redirect(url_for("giving.payment_request", code=payment_request.code), code=303)
            except TooManyTries as error:
                refused, status = error.words, 429
            except Refused as error:
                refused, status = error.words, 409
    return render_template(
        "giving/network_give.html",
        network=network,
        open_collections=open_collections,
        form=form,
        chips=chips(
            form, lambda amount: url_for("giving.network_give", code=code, amount=amount, _anchor="own")
        ),
        refused=refused,
        approval=solicitation.current(),
        missing=solicitation.MISSING,
        account=payees.receiving_account(),
        stopped=stops.STOPPED if stops.current() else "",
        news=payees.news(),
        bank_name=bank_name,
        now=clock.now(),
    ), status


def _targets(network: Network, open_collections: list[Collection]) -> dict[str, tuple[str, int, int | None]]:
    """What a member may give for: the words, the purpose and the pledge it counts to."""
    found: dict[str, tuple[str, int, int | None]] = {}
    for collection in open_collections:
        if collection.pledge is not None and collection.pledge.state == PledgeState.STATED:
            words = gettext(
                "%(purpose)s (ตามความประสงค์ของเครือข่าย %(pledge)s)",
                purpose=collection.purpose.name,
                pledge=collection.pledge.code,
            )
            found[collection.pledge.code] = (words, collection.purpose_id, collection.pledge_id)
    wished = {collection.purpose_id for collection in open_collections}
    for purpose in sorted(open_purposes(), key=lambda purpose: purpose.id not in wished):
        found[purpose.code] = (purpose.name, purpose.id, None)
    return found


@bp.get("/networks/<code>/give/<ref1>.png")
@in_english
@opens_to(EVERYONE)
def network_png(code: str, ref1: str) -> Response:
    """The bare QR code for the page; with ?save the picture to keep, which says whose it is."""
    found = _given_out(_network(code), ref1)
    answer = make_response(_card(found) if "save" in request.args else qr.draw_checked(found.payload))
    answer.mimetype = "image/png"
    if "save" in request.args:
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.ref1}.png"'
    return answer


def _card(found: Collection) -> bytes:
    lines = [
        ("strong", found.network.name),
        ("plain", gettext("ให้เท่าใดก็ได้ เพื่อ%(purpose)s", purpose=found.purpose.name)),
        ("plain", gettext("รหัสอ้างอิง %(reference)s", reference=found.ref1)),
        ("small", gettext("บัญชีผู้รับ %(account)s", account=found.account.name)),
        ("small", gettext("อนุมัติให้เรี่ยไร %(approval)s", approval=solicitation.require().words)),
    ]
    if Settings.here().demo:
        lines.append(("strong", gettext("ระบบสาธิต ไม่รับเงินจริง")))
    return cards.draw(found.payload, head=Profile.here().fund, lines=tuple(lines))


@bp.get("/networks/<code>/poster.pdf")
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def network_poster(code: str) -> Response:
    network = _own(code)
    ref1 = request.args.get("ref1", "")
    found = _given_out(network, ref1) if ref1 else None
    approval = solicitation.require()
    stops.require_none()
    if found is None and collections.given_out(network.id):
        abort(404)
    answer = make_response(posters.pdf(network, found, approval=approval))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="poster-{network.code}.pdf"'
    return answer


@bp.get("/collections")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def collecting() -> ResponseReturnValue:
    """The networks this person may hang a poster for."""
    found = networks.spoken_for(signed_in())
    if len(found) == 1:
        return redirect(url_for("giving.collect", code=found[0].code))
    open_codes: dict[int, int] = {}
    open_ = select(Collection.network_id).where(Collection.closed_at.is_(None))
    for number in db.session().scalars(open_):
        open_codes[number] = open_codes.get(number, 0) + 1
    return render_template("giving/collecting.html", networks=found, open_codes=open_codes)


@bp.get("/networks/<code>/collect")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def collect(code: str) -> str:
    return _collect_page(_own(code))


@bp.post("/networks/<code>/collect")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def open_collection(code: str) -> ResponseReturnValue:
    network = _own(code)
    form, targets = _target_form(network, signed_in())
    if not form.validate_on_submit():
        return _collect_page(network, form=form), 422
    purpose_id, pledge_id = targets[form.target.data][1:]
    try:
        with transaction():
            collections.open(
                network_id=network.id, purpose_id=purpose_id, pledge_id=pledge_id, by=signed_in()
            )
    except Refused as error:
        return _collect_page(_own(code), refused=error.words), 409
    flash(gettext("เปิด QR รับสมทบแล้ว พิมพ์โปสเตอร์ได้จากหน้านี้"), "success")
    return redirect(url_for("giving.collect", code=code), code=303)


@bp.post("/networks/<code>/collect/<int:number>/close")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def close_collection(code: str, number: int) -> ResponseReturnValue:
    network = _own(code)
    if all(collection.id != number for collection in _open_of(network)):
        return _collect_page(
            network, refused=gettext("ไม่พบ QR รับสมทบนี้ หรือปิดไปแล้ว กรุณาดูรายการล่าสุดในหน้านี้")
        ), 409
    with transaction():
        collections.close(number, by=signed_in())
    flash(gettext("ปิด QR รับสมทบแล้ว กรุณาปลดโปสเตอร์เดิม เงินที่ยังเข้ามาด้วยรหัสเดิมระบบยังรู้จัก"), "success")
    return redirect(url_for("giving.collect", code=code), code=303)


def _collect_page(network: Network, *, form: TargetForm | None = None, refused: str = "") -> str:
    fresh, _ = _target_form(network, signed_in())
    payee = payees.in_force()
    return render_template(
        "giving/collect.html",
        network=network,
        open_collections=_open_of(network),
        given_out={collection.id for collection in collections.given_out(network.id)},
        form=form or fresh,
        refused=refused,
        approval=solicitation.current(),
        stopped=stops.current() is not None,
        account=payee.account if payee else None,
        no_biller=collections.NO_BILLER if payee and not payee.biller_id else "",
        address=posters.page_address(network),
    )


def _open_of(network: Network) -> list[Collection]:
    statement = select(Collection).filter_by(network_id=network.id, closed_at=None).order_by(Collection.id)
    return list(db.session().scalars(statement))


def _target_form(network: Network, by: User) -> tuple[TargetForm, dict[str, tuple[str, int, int | None]]]:
    """What a standing QR code may be opened for: the network's pledges of money that wait, and the open purposes."""
    targets: dict[str, tuple[str, int, int | None]] = {
        purpose.code: (
            gettext("%(purpose)s (ไม่ผูกกับความประสงค์)", purpose=purpose.name),
            purpose.id,
            None,
        )
        for purpose in open_purposes()
    }
    waiting = status.visible_to(by).where(
        Pledge.network_id == network.id, Pledge.kind == PledgeKind.MONEY, Pledge.state == PledgeState.STATED
    )
    for pledge in db.session().scalars(waiting.limit(100)):
        targets[pledge.code] = (f"{pledge.code} {pledge.purpose.name}", pledge.purpose_id, pledge.id)
    form = TargetForm()
    form.target.choices = [SelectChoice(key, words) for key, (words, _, _) in targets.items()]
    return form, targets


def _network(code: str) -> Network:
    return db.session().scalars(select(Network).filter_by(code=code)).one_or_none() or abort(404)


def _own(code: str) -> Network:
    """The network, when this person speaks for it; others are told as little as of one that is not there."""
    network = _network(code)
    if not networks.speaks_for(current_user._get_current_object(), network):
        abort(404)
    return network


def _given_out(network: Network, ref1: str) -> Collection:
    """The collection, as long as its QR code may be shown."""
    if stops.current() is not None:
        abort(410, stops.STOPPED)
    if solicitation.current() is None:
        abort(410, solicitation.MISSING)
    found = next(
        (collection for collection in collections.given_out(network.id) if collection.ref1 == ref1), None
    )
    return found or abort(410, gettext("QR นี้ปิดแล้ว กรุณาเปิดหน้าของเครือข่ายใหม่"))
