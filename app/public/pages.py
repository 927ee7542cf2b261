"""The open door: what everyone may read. These pages read editions and nothing else."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user

from app.editions import editions
from app.editions.editions import Edition
from app.kit import language
from app.kit.language import in_english, marked
from app.province import places
from app.province.profile import Profile
from app.public import cloth, drawings, opendata
from app.public.display import Display
from app.settings import Settings
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("public", __name__)
bp.add_app_template_global(date.fromisoformat, "as_day")

_FRESH = "public, max-age=30"
#: So many resolutions stand on their page; the rest of an edition's are in its file.
_RESOLUTIONS_SHOWN = 30


def _kept_page(make: Callable[[], str]) -> Response:
    """A page that is the same for every visitor, drawn once an edition and then kept by this process."""
    if current_user.is_authenticated or session.get("_flashes") or Display.here() != Display():
        return _page(make())
    mark = editions.latest_mark()
    kept: dict[str, tuple[Any, str]] = current_app.extensions.setdefault("public_pages", {})
    known = kept.get(request.path)
    if known is None or known[0] != mark:
        known = kept[request.path] = (mark, make())
    return _page(known[1])


def _page(text: str) -> Response:
    return _fresh(Response(text, mimetype="text/html"))


def _fresh(response: Response) -> Response:
    """Let browsers and proxies keep an answer for a moment, unless it speaks to one person."""
    if current_user.is_authenticated or session.modified or Display.here() != Display():
        return response
    response.headers["Cache-Control"] = _FRESH
    # Who chose larger letters or another ground sees their own, not what was kept before the choice.
    response.vary.add("Cookie")
    response.add_etag()
    response.make_conditional(request)
    return response


def _latest_or_404() -> Edition:
    edition = editions.latest()
    if edition is None:
        abort(404, marked("ยังไม่มีฉบับเผยแพร่ กรุณากลับมาใหม่เมื่อกองทุนเผยแพร่ฉบับแรกแล้ว"))
    return edition


@bp.get("/")
@in_english
@opens_to(EVERYONE)
def home() -> Response:
    return _kept_page(_home)


def _home() -> str:
    edition = editions.latest()
    if edition is None:
        return render_template("public/empty.html", title=None)
    published = edition.figures
    wide, small = drawings.flows(published)
    return render_template(
        "public/home.html",
        edition=edition,
        published=published,
        desk_flow=wide,
        phone_flow=small,
        reached=drawings.reached(published),
        district_map=drawings.district_map(published),
        donations_per_thread=cloth.donations_per_thread(published),
        as_of=edition.made_at,
        map_attribution=places.attribution(Profile.here().province_code),
    )


@bp.get("/aid")
@in_english
@opens_to(EVERYONE)
def aid() -> Response:
    return _kept_page(_aid)


def _aid() -> str:
    edition = editions.latest()
    if edition is None:
        return render_template("public/empty.html", title=marked("เงินของกองทุน"))
    published = edition.figures
    wide, small = drawings.flows(published)
    longest = max((row["received"] for row in published["purposes"]), default=0)
    return render_template(
        "public/aid.html",
        edition=edition,
        published=published,
        desk_flow=wide,
        phone_flow=small,
        purposes=[
            (row, drawings.shares(row, longest))
            for row in sorted(published["purposes"], key=lambda row: -int(row["received"]))
            if row["received"]
        ],
        empty_purposes=[row for row in published["purposes"] if not row["received"]],
        givers=sorted(published["network_types"], key=lambda row: -int(row["received"])),
        columns=drawings.months(published),
        month_year=_month_year,
        licence=opendata.LICENCE,
        as_of=edition.made_at,
    )


def _month_year(month: str) -> str:
    return language.month_year(date.fromisoformat(f"{month}-01"))


@bp.get("/aid/districts")
@in_english
@opens_to(EVERYONE)
def districts() -> Response:
    return _kept_page(_districts)


def _districts() -> str:
    edition = editions.latest()
    if edition is None:
        return render_template("public/empty.html", title=marked("ความช่วยเหลือตามอำเภอ"))
    published = edition.figures
    rows = sorted(published["districts"], key=lambda row: (-_told_first(row), row["code"]))
    return render_template(
        "public/districts.html",
        edition=edition,
        published=published,
        begun=[row for row in rows if _told_first(row)],
        quiet=[row for row in rows if not _told_first(row)],
        reached=sum(row["delivered"]["people"] is None or row["delivered"]["people"] > 0 for row in rows),
        district_map=drawings.district_map(published),
        as_of=edition.made_at,
        map_attribution=places.attribution(Profile.here().province_code),
    )


def _told_first(row: Mapping[str, Any]) -> int:
    """The more people have what was given, the higher a district stands; then where there is something to tell."""
    people = row["delivered"]["people"]
    if people is None or row["approved"]["people"] is None:
        return 2
    return int(people) + 2 if people else 1 if row["approved"]["people"] else 0


@bp.get("/aid/work")
@in_english
@opens_to(EVERYONE)
def work() -> Response:
    return _kept_page(_work)


def _work() -> str:
    edition = editions.latest()
    if edition is None:
        return render_template("public/empty.html", title=marked("เรื่องที่ทำ"))
    return render_template(
        "public/work.html", edition=edition, published=edition.figures, as_of=edition.made_at
    )


@bp.get("/aid/resolutions")
@in_english
@opens_to(EVERYONE)
def resolutions() -> Response:
    return _kept_page(_resolutions)


def _resolutions() -> str:
    edition = editions.latest()
    if edition is None:
        return render_template("public/empty.html", title=marked("มติคณะกรรมการ"))
    return render_template(
        "public/resolutions.html",
        edition=edition,
        published=edition.figures,
        rows=edition.figures["resolutions"][:_RESOLUTIONS_SHOWN],
        most=_RESOLUTIONS_SHOWN,
        as_of=edition.made_at,
    )


@bp.get("/aid.csv")
@opens_to(EVERYONE)
def aid_csv() -> Response:
    edition = _latest_or_404()
    response = Response(opendata.as_csv(edition), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="aid-edition-{edition.number}.csv"'
    return _fresh(response)


@bp.get("/aid.json")
@opens_to(EVERYONE)
def aid_json() -> Response:
    return _fresh(jsonify(opendata.as_json(_latest_or_404())))


@bp.get("/editions")
@in_english
@opens_to(EVERYONE)
def edition_list() -> Response:
    before = request.args.get("before", type=int)
    if before is not None:
        # Longer than any number of an edition, and than the database reads.
        before = min(max(before, 0), 2**31 - 1)
    rows = editions.listed(before_number=before, most=51)
    return _page(render_template("public/editions.html", rows=rows[:50], more=rows[50:], before=before))


def _numbered(number: int) -> Edition:
    edition = editions.numbered(number) if number < 2**31 else None
    if edition is None:
        abort(404, marked("ไม่มีฉบับเผยแพร่เลขที่นี้ กรุณาเลือกจากรายการฉบับทั้งหมด"))
    return edition


@bp.get("/editions/<int:number>")
@in_english
@opens_to(EVERYONE)
def edition(number: int) -> Response:
    edition = _numbered(number)
    previous = editions.before(edition)
    made = editions.link(previous, number=edition.number, made_at=edition.made_at, contents=edition.contents)
    desk_flow, phone_flow = drawings.flows(edition.figures)
    page = render_template(
        "public/edition.html",
        edition=edition,
        published=edition.figures,
        desk_flow=desk_flow,
        phone_flow=phone_flow,
        cloth=cloth.address(edition.number),
        previous=previous,
        moment=editions.moment(edition.made_at),
        holds=made == edition.hash,
        # Not by the name it was asked for: whoever asks may write any.
        text_url=_public_url() + url_for("public.edition_text", number=edition.number),
    )
    return _page(page)


def _public_url() -> str:
    settings = Settings.here()
    return settings.public_url


@bp.get("/editions/<int:number>.txt")
@opens_to(EVERYONE)
def edition_text(number: int) -> Response:
    """The four lines under the hash, byte for byte: `curl …/editions/3.txt | sha256sum` gives it."""
    edition = _numbered(number)
    lines = f"{editions.before(edition)}\n{edition.number}\n{editions.moment(edition.made_at)}\n{edition.contents}"
    return _fresh(Response(lines, mimetype="text/plain"))


@bp.get("/editions/<int:number>.json")
@opens_to(EVERYONE)
def edition_json(number: int) -> Response:
    return _fresh(jsonify(opendata.as_json(_numbered(number))))


@bp.get("/about")
@in_english
@opens_to(EVERYONE)
def about() -> Response:
    return _page(render_template("public/about.html"))


@bp.get("/privacy")
@in_english
@opens_to(EVERYONE)
def privacy() -> Response:
    return _page(render_template("public/privacy.html"))
