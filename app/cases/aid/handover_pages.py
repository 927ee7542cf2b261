"""Pages of handovers: the list, the ceremony's roster on a phone, and its photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from flask import abort, flash, redirect, render_template, send_file, url_for
from flask import request as web
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.cases.aid import access, costs, delivery_progress, evidence, handovers, seconds, sizes
from app.cases.aid.blueprint import bp, handover_or_404
from app.cases.aid.forms import HandoverForm, SecondForm
from app.cases.aid.handovers import RosterLine
from app.cases.aid.records import AidRequest, Delivery, DeliveryOutcome, Handover, Photo
from app.fund.committee import proposals, resolutions
from app.kit import clock, lists, photos, thai
from app.kit.crypto import DecryptionFailed
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Choice, Column, Days, List, Search
from app.kit.web import takes_files
from app.province import catalogue
from app.province.catalogue import CatalogueItem
from app.province.profile import Profile
from app.staff import reads
from app.staff.doors import opens_to, signed_in
from app.staff.reads import ReadKind
from app.staff.users import User

#: Open handovers shown before the list, which has every handover.
_MOST_OPEN = 20
#: Offered while typing why something was not given.
REASONS = ("ไม่มาในวันงาน", "ของไม่ครบ", "ขนาดไม่พอดี รอเปลี่ยน", "ของชำรุด รอเปลี่ยน", "ย้ายที่อยู่", "ได้รับจากที่อื่นแล้ว")


@bp.get("/handovers", endpoint="handovers")
@opens_to(*access.READERS)
def all_handovers() -> ResponseReturnValue:
    user = signed_in()
    session = db.session()
    seen = access.handovers_visible_to(user)
    still_open = session.scalars(seen.where(Handover.closed_at.is_(None)).limit(_MOST_OPEN)).all()
    awaiting = delivery_progress.awaiting(user)
    today = clock.today()
    return lists.show(
        "aid/handovers.html",
        List(
            seen.join(AidRequest, AidRequest.id == Handover.request_id),
            columns=(
                Column(
                    "เรื่อง",
                    lambda row: row[0].request.title,
                    href=lambda row: url_for("aid.one_handover", number=row[0].id),
                ),
                Column("วันที่มอบ", lambda row: row[0].held_on, "date", sort="held"),
                Column("คำขอ", lambda row: row[0].request.code),
                Column("สถานที่", lambda row: row[0].place),
                Column("สถานะ", lambda row: "ปิดแล้ว" if row[0].closed_at else "ยังไม่ปิด"),
                Column("ส่งมอบแล้ว", lambda row: f"{row[1].done:,}/{row[1].lines:,}"),
            ),
            orders={"held": (Handover.held_on, Handover.id)},
            search=Search(
                "เรื่อง รหัสคำขอ หรือสถานที่",
                lambda words: lists.contains(words, AidRequest.title, AidRequest.code, Handover.place),
            ),
            filters=(
                Choice("state", "สถานะ", (("open", "ยังไม่ปิด"), ("closed", "ปิดแล้ว")), _in_state),
                Days(Handover.held_on),
            ),
            read=_with_progress,
            label="ทุกพิธีมอบ",
            empty="ยังไม่มีพิธีมอบ",
            drawing="calendar",
            file="handovers",
        ),
        now=[handover for handover in still_open if handover.held_on <= today],
        upcoming=sorted(
            (handover for handover in still_open if handover.held_on > today),
            key=lambda coming: (coming.held_on, coming.id),
        ),
        awaiting=awaiting,
        progress=delivery_progress.of(
            {*(handover.request_id for handover in still_open), *(awaited.id for awaited in awaiting)}
        ),
        may_hand_over=user.has(*access.OFFICERS),
    )


def _in_state(state: str) -> ColumnElement[bool]:
    return Handover.closed_at.is_(None) if state == "open" else Handover.closed_at.is_not(None)


def _with_progress(rows: Sequence[Handover]) -> list[tuple[Handover, delivery_progress.Progress]]:
    progress = delivery_progress.of({handover.request_id for handover in rows})
    return [(handover, progress[handover.request_id]) for handover in rows]


@bp.route("/handovers/new", methods=["GET", "POST"])
@opens_to(*access.OFFICERS)
def new_handover() -> ResponseReturnValue:
    form = HandoverForm()
    wanted = web.args.get("request", "")
    waiting = {request.code: request for request in delivery_progress.awaiting(signed_in())}
    if wanted and wanted not in waiting:
        known = access.by_code(wanted, signed_in())
        if known is not None:
            waiting[wanted] = known
    form.request_code.choices = [
        SelectChoice(code, f"{code} {request.title}") for code, request in waiting.items()
    ]
    refused = ""
    if form.validate_on_submit():
        try:
            with transaction():
                number = handovers.open_(
                    request_code=form.request_code.data,
                    held_on=form.held_on.data or clock.today(),
                    place=form.place.data or "",
                    by=signed_in(),
                ).id
            return redirect(url_for("aid.one_handover", number=number))
        except Refused as no:
            refused = no.words
    if not form.is_submitted():
        form.request_code.data = wanted or next(iter(waiting), "")
        form.held_on.data = clock.today()
    page = render_template("aid/handover_form.html", form=form, refused=refused, waiting=waiting)
    return (page, 422) if form.is_submitted() else page


@bp.get("/handovers/<int:number>")
@opens_to(*access.READERS)
def one_handover(number: int) -> str:
    return _roster_page(handover_or_404(number))


@dataclass(frozen=True)
class _Row:
    """One name of the roster as the officer reads it."""

    place: RosterLine
    item: CatalogueItem
    #: Who marked it, and when.
    marked_by: str

    @property
    def name(self) -> str:
        who = self.place.recipient
        return who.name or f"ครัวเรือน {who.household_code}"

    @property
    def note(self) -> str:
        """What is for them, how many and for which year at school, on one line."""
        several = (
            f"{self.place.left:,} {self.item.unit_th}"
            if max(self.place.left, self.place.line.quantity) > 1
            else ""
        )
        return " · ".join(filter(None, (several, self.place.recipient.grade, self.item.name_th)))

    @property
    def more(self) -> str:
        """Where they go to school and in which size it is."""
        who = self.place.recipient
        household = who.household_code if who.name else ""
        return " · ".join(filter(None, (who.school, household, sizes.in_words(self.place.line))))

    @property
    def told(self) -> str:
        """What was written when it was marked."""
        delivery = self.place.delivery
        assert delivery is not None
        many = delivery.quantity and (
            delivery.outcome == DeliveryOutcome.PARTLY or self.place.line.quantity > 1
        )
        return " · ".join(
            filter(
                None,
                (
                    f"{delivery.quantity:,} {self.item.unit_th}" if many else "",
                    delivery.reason,
                    f"ผู้รับแทน {delivery.taken_by}" if delivery.taken_by else "",
                    f"{self.marked_by} {thai.moment_text(delivery.marked_at)}",
                ),
            )
        )


def _shown(places: list[RosterLine], *, only: str, q: str) -> list[RosterLine]:
    """Who still waits first; of everybody only those asked for."""
    shown = [place for place in places if q.lower() in place.recipient.name.lower()] if q else places
    waiting = [place for place in shown if place.delivery is None]
    marked = [place for place in shown if place.delivery is not None]
    return (waiting if only != "done" else []) + (marked if only != "left" else [])


def _approved(handover: Handover) -> list[str]:
    """What the committee approved of each line, where it decided over lines."""
    proposal = proposals.by_code(handover.request.code or "")
    return resolutions.lines_approved(proposal.id) if proposal is not None else []


def _roster_page(handover: Handover, *, wrong_line: int = 0, words: str = "") -> str:
    user = signed_in()
    places = handovers.roster(handover)
    only, q = web.values.get("only", ""), web.values.get("q", "").strip()[:80]
    marked = [place.delivery for place in places if place.delivery]
    officers = {
        user.id: user.name
        for user in db.session().scalars(
            select(User).where(User.id.in_({delivery.marked_by_id for delivery in marked}))
        )
    }
    left = len(places) - len(marked)
    here = partial(url_for, "aid.one_handover", number=handover.id, q=q or None)
    last_photo = handovers.last_photo(handover, by=user)
    is_open = handover.closed_at is None and user.has(*access.OFFICERS)
    return render_template(
        "aid/handover.html",
        handover=handover,
        rows=[
            _Row(place, catalogue.item(place.line.item_code), officers.get(place.delivery.marked_by_id, ""))
            if place.delivery
            else _Row(place, catalogue.item(place.line.item_code), "")
            for place in _shown(places, only=only, q=q)
        ],
        approved=_approved(handover),
        all_places=len(places),
        left=left,
        marked=len(marked),
        received=sum(delivery.outcome != DeliveryOutcome.NOT for delivery in marked),
        tabs=[
            (f"ทั้งหมด {len(places):,}", here(), only not in ("left", "done")),
            (f"รอ {left:,}", here(only="left"), only == "left"),
            (f"บันทึกแล้ว {len(marked):,}", here(only="done"), only == "done"),
        ],
        without_photo=sum(
            delivery.outcome != DeliveryOutcome.NOT and delivery.photo_id is None for delivery in marked
        ),
        outcomes=DeliveryOutcome,
        only=only,
        q=q,
        is_open=is_open,
        marks=is_open and handover.held_on <= clock.today(),
        worth=costs.worth(handover.request),
        naming=_naming(handover, user, given=any(delivery.quantity for delivery in marked))
        if is_open
        else None,
        is_asker=user.id in seconds.askers(handover.request),
        may_not=Profile.here().asked_may_hand_over == "never",
        last_photo=last_photo.id if last_photo else None,
        reasons=REASONS,
        wrong_line=wrong_line,
        words=words,
        typed=web.form,
    )


def _naming(handover: Handover, user: User, *, given: bool) -> SecondForm | None:
    """The form that names who else is there; None once what was given stands on it."""
    if handover.second_id is not None and given:
        return None
    form = SecondForm(formdata=None)
    form.offer([person for person in seconds.choices(handover.request) if person.id != user.id])
    return form


@bp.post("/handovers/<int:number>/second")
@opens_to(*access.OFFICERS)
def name_second(number: int) -> Response:
    """Who else is there."""
    handover_or_404(number)
    form = SecondForm()
    form.offer([])
    with transaction():
        seconds.name(number, person_id=form.person.data or 0, by=signed_in())
    flash("บันทึกผู้ที่อยู่ด้วยแล้ว ท่านนั้นได้รับแจ้ง", "success")
    return redirect(url_for("aid.one_handover", number=number))


@bp.post("/handovers/<int:number>/lines/<int:line_id>")
@takes_files("photo")
@opens_to(*access.OFFICERS)
def mark_line(number: int, line_id: int) -> ResponseReturnValue:
    """One of the three buttons of a name. Goes on to the next who waits."""
    handover = handover_or_404(number)
    user = signed_in()
    try:
        # Reading takes as long as it takes; no write waits for it.
        picture = _picture()
        with transaction():
            outcome = web.form.get("outcome", "")
            delivery = handovers.mark(
                number,
                line_id=line_id,
                outcome=outcome,
                quantity=_quantity(outcome),
                reason="" if outcome == DeliveryOutcome.GIVEN else web.form.get("reason", ""),
                taken_by=web.form.get("taken_by", ""),
                photo_id=_photo(handover, user, picture),
                by=user,
            )
            outcome_name = DeliveryOutcome(delivery.outcome).words
    except BadInput as wrong:
        return _roster_page(handover_or_404(number), wrong_line=line_id, words=wrong.words), 422
    except Refused as no:
        flash(no.words, "warning")
    else:
        flash(f"บันทึกแล้ว: {outcome_name}", "success")
    return _back_to(handover_or_404(number), line_id)


def _back_to(handover: Handover, line_id: int) -> Response:
    """The roster as it was looked at, at the next name that waits."""
    places = handovers.roster(handover)
    at = next((index for index, place in enumerate(places) if place.line.id == line_id), 0)
    after = next((place.line.id for place in places[at:] + places[:at] if place.delivery is None), None)
    return redirect(
        url_for(
            "aid.one_handover",
            number=handover.id,
            only=web.form.get("only") or None,
            q=web.form.get("q") or None,
            _anchor=f"line-{after}" if after else None,
        )
    )


def _quantity(outcome: str) -> int:
    # "Given" means what the officer saw on the card, so that a stale page is refused instead of over-giving.
    if outcome == DeliveryOutcome.NOT:
        return 0
    text = thai.arabic_digits(
        web.form.get("left" if outcome == DeliveryOutcome.GIVEN else "quantity", "").strip()
    )
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BadInput("กรุณาระบุจำนวนที่ได้รับเป็นตัวเลข")
    return int(text)


def _picture() -> photos.PreparedPhoto | None:
    sent = web.files.get("photo")
    raw = sent.read() if sent is not None and sent.filename else b""
    return evidence.read(raw) if raw else None


def _photo(handover: Handover, user: User, picture: photos.PreparedPhoto | None) -> int | None:
    if picture is not None:
        return evidence.keep(picture, by=user).id
    if web.form.get("same_photo"):
        last = handovers.last_photo(handover, by=user)
        return last.id if last else None
    return None


@bp.post("/handovers/<int:number>/rest")
@takes_files("photo")
@opens_to(*access.OFFICERS)
def mark_rest(number: int) -> ResponseReturnValue:
    """Everyone not yet marked is given in full; one photo may serve them all."""
    handover = handover_or_404(number)
    user = signed_in()
    try:
        picture = _picture()
        with transaction():
            count = handovers.mark_rest(number, photo_id=_photo(handover, user, picture), by=user)
    except BadInput as wrong:
        return _roster_page(handover_or_404(number), words=wrong.words), 422
    except Refused as no:
        flash(no.words, "warning")
    else:
        flash(f"บันทึกว่าได้รับครบ {count} รายการ และลงสมุดบันทึกของครัวเรือนแล้ว", "success")
    return redirect(url_for("aid.one_handover", number=number))


@bp.post("/handovers/<int:number>/close")
@opens_to(*access.OFFICERS)
def close_handover(number: int) -> Response:
    handover_or_404(number)
    with transaction():
        handovers.close(number, by=signed_in())
    flash("ปิดพิธีมอบแล้ว รายการที่ยังค้างจัดพิธีมอบครั้งต่อไปได้", "success")
    return redirect(url_for("aid.one_handover", number=number))


@bp.get("/photos/<int:number>.jpg")
@opens_to(*access.READERS)
def photo(number: int) -> Response:
    """A photo, only for those who may see a request that it is evidence of."""
    user = signed_in()
    seen = access.handovers_visible_to(user).with_only_columns(Handover.id).order_by(None)
    shown = select(Delivery.id).where(Delivery.photo_id == Photo.id, Delivery.handover_id.in_(seen)).exists()
    statement = select(Photo).where(Photo.id == number, or_(shown, Photo.taken_by_id == user.id))
    found = db.session().scalars(statement).one_or_none()
    if found is None:
        reads.note_refused(ReadKind.PHOTO, f"photo:{number}", by=user)
        abort(404)
    reads.note(ReadKind.PHOTO, f"photo:{number}", by=user)
    try:
        content = evidence.content(found)
    except DecryptionFailed:
        abort(404, "เปิดภาพนี้ไม่ได้ เพราะไฟล์ถูกเปลี่ยนหรือใช้กุญแจอื่น กรุณาแจ้งผู้ดูแลระบบ บันทึกการส่งมอบยังอยู่ครบ")
    except FileNotFoundError:
        abort(404, "ไม่พบไฟล์ภาพนี้ในคลังหลักฐาน กรุณาแจ้งผู้ดูแลระบบ")
    answer = send_file(BytesIO(content), mimetype="image/jpeg", etag=found.hash)
    # A kept picture is asked for anew each time, so that signing out or losing an area closes it on the phone too.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
