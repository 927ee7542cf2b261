"""Pages that fill a draft: choosing many people at once, taking one off, and the grid of sizes."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask import request as web
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.cases.aid import access, candidates, requests, sizes
from app.cases.aid import lines as lines_
from app.cases.aid.blueprint import bp, request_or_404
from app.cases.aid.candidates import Wish
from app.cases.aid.forms import PickForm, SearchForm
from app.cases.aid.records import AidLine, AidRequest, RequestState
from app.cases.aid.request_pages import DRAFT_STEPS
from app.kit import lists
from app.kit.db import transaction
from app.kit.errors import Refused
from app.kit.lists import List
from app.province import catalogue
from app.province.catalogue import CatalogueItem
from app.staff.doors import opens_to, signed_in

PER_PAGE = 70
PUPILS_PER_PAGE = 15
#: What narrows the search, beside the item.
_NARROWING = ("dimension", "school", "grade", "sex", "q", "pupils")


def _search(known: AidRequest, lines: list[AidLine]) -> tuple[SearchForm, CatalogueItem]:
    """What is looked for: as the address says, else what this request looked for last."""
    items = {item.code for item in catalogue.items()}
    chosen = web.args.get("item", "")
    if chosen not in items:
        fitting = catalogue.items(side=known.dimension) or catalogue.items()
        chosen = lines[-1].item_code if lines else fitting[0].code
    item = catalogue.item(chosen)
    asked: MultiDict[str, Any] = MultiDict(web.args)
    asked["item"] = chosen
    if "item" not in web.args:
        asked["dimension"] = known.dimension
        if item.category in ("scout_uniform", "education"):
            asked["pupils"] = "y"
    form = SearchForm(formdata=asked)
    form.offer(known.dimension)
    return form, item


def _wish(form: SearchForm) -> Wish:
    return Wish(
        dimension=form.dimension.data or "",
        school=(form.school.data or "").strip(),
        grade=form.grade.data or "",
        sex=form.sex.data or "",
        words=(form.q.data or "").strip(),
        pupils=bool(form.pupils.data),
    )


def _draft_or_404(code: str) -> AidRequest:
    known = request_or_404(code)
    if known.state != RequestState.DRAFT:
        abort(404, "คำขอนี้ส่งแล้ว จึงเลือกผู้รับเพิ่มไม่ได้")
    return known


@bp.route("/requests/<code>/pupils", methods=["GET", "POST"])
@opens_to(*access.OFFICERS)
def pick_people(code: str) -> ResponseReturnValue:
    known = _draft_or_404(code)
    user = signed_in()
    lines = lines_.of(known.id)
    search, item = _search(known, sorted(lines, key=lambda line: line.id))
    pick = PickForm()
    refused = ""
    if web.method == "POST" and pick.validate():
        ticked = web.form.getlist("member")
        chosen = [int(text) for text in ticked if text.isascii() and text.isdigit() and len(text) < 19]
        try:
            with transaction():
                added, had = requests.add_lines(
                    known.id,
                    member_ids=chosen,
                    item_code=item.code,
                    quantity=pick.quantity.data or 0,
                    unit_satang=pick.unit_satang.data or 0,
                    by=user,
                )
            flash(f"เพิ่ม {added} รายการแล้ว" + (f" (มีอยู่แล้ว {had})" if had else ""), "success")
            return redirect(url_for("aid.pick_people", code=code, **_kept(item)))
        except Refused as no:
            refused = no.words
    if web.method == "GET":
        pick.unit_satang.data = _usual_price(lines, item)
    asked = _kept(item)
    found = lists.find(
        List(
            candidates.find(known, _wish(search), item_code=item.code, by=user),
            columns=(),
            orders={"school": candidates.ORDER},
            down=False,
            keep=tuple(asked),
            per=PER_PAGE,
        )
    )
    # The same page once more: with everybody on it ticked, with nobody, and as the answer of a form that was refused.
    here = {**asked, "after": web.args.get("after")}
    page = render_template(
        "aid/pupils.html",
        known=known,
        search=search,
        pick=pick,
        item=item,
        level=catalogue.label("scout_levels", item.scout_level) if item.scout_level else "",
        found=found,
        ticked=set(web.form.getlist("member")),
        all_ticked=web.args.get("ticked") == "1" and web.method == "GET",
        tick_all=url_for("aid.pick_people", code=code, **here, ticked=1),
        tick_none=url_for("aid.pick_people", code=code, **here),
        here=url_for("aid.pick_people", code=code, **here),
        schools=candidates.schools(known, by=user),
        totals=lines_.totals(lines),
        refused=refused,
        steps=DRAFT_STEPS,
    )
    return (page, 422) if web.method == "POST" else page


def _kept(item: CatalogueItem) -> dict[str, Any]:
    kept: dict[str, Any] = {name: web.args.getlist(name) for name in _NARROWING if name in web.args}
    # Without an address to follow, the first search was the usual one: let it be so again.
    return {"item": item.code, **kept} if "item" in web.args else {}


def _usual_price(lines: list[AidLine], item: CatalogueItem) -> int:
    """The price this request already gives the item, else the catalogue's."""
    return next((line.unit_satang for line in lines if line.item_code == item.code), item.satang)


@bp.post("/requests/<code>/lines/<int:line_id>/remove")
@opens_to(*access.OFFICERS)
def remove_line(code: str, line_id: int) -> Response:
    known = _draft_or_404(code)
    with transaction():
        requests.remove_line(known.id, line_id=line_id, by=signed_in())
    flash("นำออกจากคำขอแล้ว", "success")
    return redirect(url_for("aid.one_request", code=code, _anchor="lines"))


@bp.route("/requests/<code>/sizes", methods=["GET", "POST"])
@opens_to(*access.OFFICERS)
def sizes_of_request(code: str) -> ResponseReturnValue:
    """The sizes of everyone, a page at a time, saved as they are known; also after the request is sent."""
    known = request_or_404(code)
    measured = [line for line in lines_.of(known.id) if sizes.are_asked(line)]
    last = max(1, -(-len(measured) // PUPILS_PER_PAGE))
    asked = web.values.get("page", "1")
    number = min(max(1, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1), last)
    shown = measured[(number - 1) * PUPILS_PER_PAGE : number * PUPILS_PER_PAGE]
    refused = ""
    typed: dict[int, dict[str, str]] = {line.id: sizes.of(line) for line in shown}
    if web.method == "POST":
        typed = {
            line.id: {
                field.code: web.form.get(f"size-{line.id}-{field.code}", "")
                for field in catalogue.item(line.item_code).sizes
            }
            for line in shown
        }
        try:
            with transaction():
                changed = sizes.record(known.id, sizes=typed, by=signed_in())
            flash(f"บันทึกขนาดแล้ว {changed} รายการ" if changed else "ไม่มีขนาดใดเปลี่ยน", "success")
            if web.form.get("then") == "next" and number < last:
                return redirect(url_for("aid.sizes_of_request", code=code, page=number + 1))
            if web.form.get("then") == "next":
                draft = known.state == RequestState.DRAFT
                target = "aid.request_funding" if draft else "aid.one_request"
                return redirect(url_for(target, code=code))
            return redirect(url_for("aid.sizes_of_request", code=code, page=number))
        except Refused as no:
            refused = no.words
    page = render_template(
        "aid/sizes.html",
        known=known,
        lines=shown,
        typed=typed,
        item_of=catalogue.item,
        missing=sum(sizes.are_missing(line) for line in measured),
        measured=len(measured),
        number=number,
        last=last,
        is_draft=known.state == RequestState.DRAFT,
        refused=refused,
        steps=DRAFT_STEPS,
    )
    return (page, 422) if refused else page
