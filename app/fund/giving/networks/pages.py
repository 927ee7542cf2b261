"""Pages of partner networks: their branches, who holds which office, and what a treasurer's own branch looks like."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from app.fund.giving.blueprint import bp
from app.fund.giving.carried import carried
from app.fund.giving.networks import contacts, networks
from app.fund.giving.networks.forms import NetworkForm, NoteForm, OfficeForm, PlaceForm
from app.fund.giving.payment_requests.setup_pages import districts_here, setup_page, status_of
from app.fund.giving.records.networks import Contact, Network, NetworkType
from app.kit import language, lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, in_english, marked
from app.kit.lists import Choice, Column, List, Search
from app.staff.doors import may_enter, opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User


@bp.get("/networks", endpoint="networks")
@in_english
@opens_to(Role.TREASURER, *networks.OVERSEERS)
def network_list() -> ResponseReturnValue:
    user, names = signed_in(), districts_here()
    return lists.show(
        "giving/networks.html",
        List(
            networks.visible_to(user),
            columns=(
                Column(
                    marked("เครือข่าย"),
                    lambda row: f"{'– ' * row[0].depth}{row[0].name}",
                    href=lambda row: url_for("giving.network", code=row[0].code),
                    sort="branch",
                ),
                Column(marked("รหัส"), lambda row: row[0].code, sort="code"),
                Column(marked("ประเภท"), lambda row: NetworkType(row[0].type).words, on="desk"),
                Column(marked("พื้นที่"), lambda row: _area(row[0], names)),
                Column(marked("ผู้ติดต่อ"), lambda row: _reached_by(*row), on="desk"),
                Column(
                    marked("สถานะ"), lambda row: None if row[0].open else (marked("ปิดแล้ว"), "neutral"), "pill"
                ),
            ),
            orders={"branch": (Network.path,), "code": (Network.code,)},
            down=False,
            search=Search(
                marked("ชื่อหรือรหัสเครือข่าย"), lambda words: lists.contains(words, Network.name, Network.code)
            ),
            filters=(
                Choice(
                    "type",
                    marked("ประเภท"),
                    [(type_.value, type_.words) for type_ in NetworkType],
                    lambda type_: Network.type == type_,
                ),
                Choice(
                    "district",
                    marked("อำเภอ"),
                    list(names.items()),
                    lambda code: Network.district_code == code,
                ),
                Choice(
                    "state",
                    marked("สถานะ"),
                    (("open", marked("เปิด")), ("closed", marked("ปิดแล้ว"))),
                    lambda state: Network.open.is_(state == "open"),
                ),
            ),
            read=_with_contacts,
            label=marked("เครือข่าย"),
            empty=marked("บัญชีของท่านยังไม่ผูกกับเครือข่าย กรุณาติดต่อฝ่ายเลขานุการกองทุน"),
            drawing="people",
            file="networks",
        ),
        oversees=user.has(*networks.OVERSEERS),
    )


def _with_contacts(rows: Sequence[Network]) -> list[tuple[Network, list[Contact]]]:
    in_office = contacts.of([network.id for network in rows])
    return [(network, in_office[network.id]) for network in rows]


def _area(network: Network, names: Mapping[str, str]) -> str:
    code = network.district_code
    return names.get(code, code) if code else marked("ทั้งจังหวัด")


def _reached_by(network: Network, in_office: Sequence[Contact]) -> str:
    people = (
        Markup("{} {} {}").format(gettext(person.office_name), language.thai_words(person.name), person.phone)
        for person in in_office
    )
    # Each on a line of their own; a sheet has no tags.
    return Markup(", <br>").join(people) or network.contact


@bp.post("/fund/setup/networks")
@opens_to(Role.FUND_OFFICER)
def found_network() -> ResponseReturnValue:
    form = NetworkForm()
    form.offer(districts_here())
    if not form.validate_on_submit():
        return setup_page(network=form), 422
    try:
        with transaction():
            networks.create(
                code=form.network_code.data.strip().upper(),
                type=form.network_type.data,
                name=form.network_name.data,
                district_code=form.district_code.data or None,
                contact=form.contact.data or "",
                parent_id=_named(form.parent_code.data),
                by=signed_in(),
            )
    except Refused as error:
        return setup_page(network=form, refused=error.words), status_of(error)
    flash(gettext("เพิ่มเครือข่ายแล้ว ให้ผู้ดูแลระบบมอบบทบาทเหรัญญิกของเครือข่ายนี้"), "success")
    return redirect(url_for("giving.setup", _anchor="networks"), code=303)


@bp.get("/fund/setup/networks/<code>")
@in_english
@opens_to(Role.TREASURER, *networks.OVERSEERS)
def network(code: str) -> str:
    return _page(_network(code))


@bp.post("/fund/setup/networks/<code>/contact")
@opens_to(Role.FUND_OFFICER)
def write_contact(code: str) -> ResponseReturnValue:
    form, found = NoteForm(), _network(code)
    if not form.validate_on_submit():
        return _page(found, note=form), 422
    number = found.id
    return _kept(code, lambda by: networks.write_contact(number, contact=form.contact.data or "", by=by))


@bp.post("/fund/setup/networks/<code>/place")
@opens_to(Role.FUND_OFFICER)
def place_network(code: str) -> ResponseReturnValue:
    form, found = PlaceForm(), _network(code)
    form.offer(districts_here())
    if not form.validate_on_submit():
        return _page(found, place=form), 422
    number, name = found.id, found.name

    def deed(by: User) -> None:
        if form.network_name.data != name:
            networks.rename(number, name=form.network_name.data, by=by)
        networks.set_parent(
            number,
            parent_id=_named(form.parent_code.data),
            district_code=form.district_code.data or None,
            by=by,
        )

    return _kept(code, deed, place=form)


@bp.post("/fund/setup/networks/<code>/offices")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def add_contact(code: str) -> ResponseReturnValue:
    form, found = OfficeForm(), _network(code)
    if not form.validate_on_submit():
        return _page(found, office=form), 422
    number = found.id
    return _kept(code, lambda by: contacts.add(number, by=by, **_contact_of(form)), office=form)


@bp.route("/fund/setup/networks/<code>/offices/<int:number>", methods=["GET", "POST"])
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def amend_contact(code: str, number: int) -> ResponseReturnValue:
    found = _network(code)
    contact = next(
        (contact for contact in contacts.of([found.id])[found.id] if contact.id == number), None
    ) or abort(404)
    form, refused, status = OfficeForm(obj=contact if request.method == "GET" else None), "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with transaction():
                    contacts.amend(number, by=signed_in(), **_contact_of(form))
                flash(gettext("แก้ไขผู้ติดต่อแล้ว ข้อมูลเดิมอยู่ในประวัติ"), "success")
                return redirect(url_for("giving.network", code=code), code=303)
            except Refused as error:
                refused, status = error.words, status_of(error)
    return render_template(
        "giving/contact.html", network=found, contact=contact, form=form, refused=refused
    ), status


@bp.post("/fund/setup/networks/<code>/offices/<int:number>/end")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def end_contact(code: str, number: int) -> ResponseReturnValue:
    found = _network(code)
    contact = db.session().get(Contact, number) if number < 2**63 else None
    if contact is None or contact.network_id != found.id:
        abort(404)
    return _kept(code, lambda by: contacts.end(number, by=by))


@bp.post("/fund/setup/networks/<code>/close")
@opens_to(Role.FUND_OFFICER)
def close_network(code: str) -> ResponseReturnValue:
    number = _network(code).id
    return _kept(code, lambda by: networks.close(number, by=by))


@bp.post("/fund/setup/networks/<code>/reopen")
@opens_to(Role.FUND_OFFICER)
def reopen_network(code: str) -> ResponseReturnValue:
    number = _network(code).id
    return _kept(code, lambda by: networks.reopen(number, by=by))


def _kept(
    code: str,
    deed: Callable[[User], object],
    *,
    place: PlaceForm | None = None,
    office: OfficeForm | None = None,
) -> ResponseReturnValue:
    try:
        with transaction():
            deed(signed_in())
    except Refused as error:
        return _page(_network(code), place=place, office=office, refused=error.words), status_of(error)
    flash(gettext("บันทึกแล้ว"), "success")
    return redirect(url_for("giving.network", code=code), code=303)


def _contact_of(form: OfficeForm) -> dict[str, Any]:
    contact: dict[str, Any] = {"since_on": form.since_on.data}
    names = ("office", "name", "phone", "email", "line_user_id")
    return contact | {name: form[name].data or "" for name in names}


def _named(code: str | None) -> int | None:
    """The number of the network with this code; None for none. Raises BadInput for a code nobody has."""
    code = (code or "").strip().upper()
    if not code:
        return None
    number = db.session().scalar(select(Network.id).where(Network.code == code))
    if number is None:
        raise BadInput(gettext("ไม่มีเครือข่ายรหัส %(code)s กรุณาตรวจรหัสของเครือข่ายที่สังกัด", code=code))
    return number


def _network(code: str) -> Network:
    statement = networks.visible_to(signed_in()).where(Network.code == code)
    return db.session().scalars(statement).one_or_none() or abort(404)


def _page(
    found: Network,
    *,
    note: NoteForm | None = None,
    place: PlaceForm | None = None,
    office: OfficeForm | None = None,
    refused: str = "",
) -> str:
    session, user = db.session(), signed_in()
    sent = "place" if place else ("office" if office else "")
    place = place or PlaceForm(
        formdata=None,
        network_name=found.name,
        parent_code=found.parent.code if found.parent else "",
        district_code=found.district_code or "",
    )
    place.offer(districts_here())
    below = networks.visible_to(user).where(Network.parent_id == found.id)
    above = networks.visible_to(user).where(Network.id == found.parent_id)
    return render_template(
        "giving/setup_network.html",
        network=found,
        type_name=NetworkType(found.type).words,
        district=districts_here().get(found.district_code or "", ""),
        parent=session.scalars(above).one_or_none(),
        below=session.scalars(below).all(),
        in_office=contacts.of([found.id])[found.id],
        past=contacts.past(found.id),
        note=note or NoteForm(formdata=None, contact=found.contact),
        place=place,
        office=office or OfficeForm(formdata=None),
        sent=sent,
        refused=refused,
        keeps=user.has(Role.FUND_OFFICER),
        carried=carried.sums_of(found.id),
        writes=networks.speaks_for(user, found),
        leads_to_codes=networks.speaks_for(user, found) and may_enter(user, "giving.collecting"),
    )
