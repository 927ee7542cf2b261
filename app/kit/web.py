"""Web: security headers, error pages in kind words, filters for templates, and refusing forms that another site sends."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from app.kit import clock, compression, kept_forms, language, money
from app.kit.clock import BANGKOK
from app.kit.db import REFUSED, db
from app.kit.errors import BadInput, Busy, Refused, TooManyTries
from app.kit.language import marked, translated


class _Number(IntegerConverter):
    """A number in an address: any that a key can be. A longer one is no page."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"max": 2**63 - 1, **more})


csrf = CSRFProtect()

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(*names: str) -> Callable[[View], View]:
    """Declare which parts of what is sent to a view are files. Every other part is words, and so is all that is sent
    to a view that declares none: a part of the wrong kind is refused before the view hears of it."""

    def declare(view: View) -> View:
        view.takes_files = frozenset(names)  # type: ignore[attr-defined]
        return view

    return declare


class WordsRequest(Request):
    """A request whose parts are files only where its view `takes_files`: what reads words is given words."""

    def _load_form_data(self) -> None:
        is_read = "form" in self.__dict__
        super()._load_form_data()
        if not is_read:
            self._refuse_the_wrong_kind()
            kept_forms.bring_files(self)

    def _refuse_the_wrong_kind(self) -> None:
        view = current_app.view_functions.get(self.endpoint or "")
        taken: frozenset[str] = getattr(view, "takes_files", frozenset())
        as_words = any(text for name in taken for text in self.form.getlist(name))
        if not as_words and all(name in taken for name in self.files):
            return
        where = self.url_rule.rule if self.url_rule else "no known address"
        current_app.logger.warning(
            "%s was sent to %s", "words for a file" if as_words else "a file for words", where
        )
        raise BadInput(_WORDS_FOR_A_FILE if as_words else _A_FILE_FOR_WORDS)


_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

_WORDS = {
    400: (marked("คำขอไม่ครบถ้วน"), marked("กรุณากลับไปหน้าเดิม เปิดใหม่ แล้วลองอีกครั้ง")),
    401: (marked("ต้องเข้าสู่ระบบก่อน"), marked("กรุณาเข้าสู่ระบบด้วยชื่อผู้ใช้ของท่าน")),
    403: (marked("หน้านี้ไม่ได้เปิดให้ท่าน"), marked("หากท่านควรเข้าได้ กรุณาติดต่อฝ่ายเลขานุการกองทุนเพื่อขอสิทธิ")),
    404: (marked("ไม่พบหน้านี้"), marked("ที่อยู่อาจพิมพ์ผิดหรือหน้านี้ถูกย้าย กรุณาเริ่มจากหน้าแรก")),
    405: (marked("ทำรายการแบบนี้กับหน้านี้ไม่ได้"), marked("กรุณากลับไปหน้าเดิมแล้วกดปุ่มบนหน้านั้น")),
    409: (marked("ทำรายการนี้ไม่ได้"), ""),
    413: (marked("ไฟล์ใหญ่เกินกำหนด"), marked("กรุณาย่อหรือแบ่งไฟล์ แล้วส่งใหม่")),
    415: (marked("ชนิดของข้อมูลไม่ถูกต้อง"), marked("กรุณากลับไปหน้าเดิมแล้วลองใหม่")),
    422: (marked("ข้อมูลที่ส่งมาอ่านไม่ได้"), ""),
    429: (marked("ลองถี่เกินไป"), marked("กรุณารอสักครู่แล้วลองใหม่")),
    503: (marked("มีผู้ใช้งานพร้อมกันมาก"), marked("ยังไม่มีการบันทึกรายการใด กรุณารอสักครู่แล้วลองใหม่")),
    500: (
        marked("ระบบขัดข้อง"),
        marked("ยังไม่มีการบันทึกรายการใด กรุณาลองใหม่ หากยังพบปัญหา โปรดแจ้งผู้ดูแลระบบพร้อมเวลาที่เกิดเหตุ"),
    ),
}

_A_FILE_FOR_WORDS = marked(
    "มีไฟล์ส่งมาในช่องที่รับเฉพาะข้อความ จึงยังไม่ได้บันทึกรายการใด กรุณากลับไปหน้าเดิม เปิดใหม่ แล้วกรอกอีกครั้ง"
)
_WORDS_FOR_A_FILE = marked(
    "มีข้อความส่งมาในช่องที่รับเฉพาะไฟล์ จึงยังไม่ได้บันทึกรายการใด กรุณากลับไปหน้าเดิม เปิดใหม่ แล้วเลือกไฟล์อีกครั้ง"
)


def install(app: Flask) -> None:
    """Give an application these manners."""
    app.request_class = WordsRequest
    app.url_map.converters["int"] = _Number
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.before_request(_refuse_other_sites)
    app.url_defaults(_fingerprint)
    # What is put in first runs last: an answer is compressed when all else is said.
    app.after_request(compression.compress)
    app.after_request(_headers)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.add_template_filter(money.format_baht, "baht")
    app.add_template_filter(_plain_baht, "baht_plain")
    app.add_template_filter(money.short_baht, "baht_short")
    app.add_template_filter(money.said, "baht_words")
    app.add_template_filter(_thai_date, "thai_date")
    app.add_template_filter(_thai_date_long, "thai_date_long")
    app.add_template_filter(_thai_day, "thai_day")
    app.add_template_filter(_thai_time, "thai_time")
    app.add_template_filter(lambda number: f"{number:,}", "count")
    # Words that a page is given; never `_(…)`, which takes what it says for markup.
    app.add_template_filter(language.translated, "translated")
    app.add_template_filter(language.thai_words, "thai_words")
    app.add_template_global(language.spoken, "spoken")
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(language.gettext, language.form_of, newstyle=True)  # type: ignore[attr-defined]


def own_address(target: str | None) -> str:
    """The address to go on to, only when it is a page of this portal; otherwise empty."""
    # Two slashes begin another site's address; browsers read a backslash as a slash and skip tabs and line ends.
    if (
        target
        and target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and target.isprintable()
    ):
        return target
    return ""


def _fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Give the address of a static file what its content gives, so that browsers may keep it for good."""
    if endpoint == "static" and "v" not in values:
        values["v"] = fingerprint(str(current_app.static_folder), values["filename"])


@cache
def fingerprint(folder: str, name: str) -> str | None:
    """Eight letters that a file's content gives; None where there is no such file."""
    file = Path(folder) / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8] if file.is_file() else None


def _day(moment: date | datetime) -> date:
    return moment.astimezone(BANGKOK).date() if isinstance(moment, datetime) else moment


def _thai_date(moment: date | datetime | None) -> str:
    return "–" if moment is None else language.short_date(_day(moment))


def _thai_date_long(moment: date | datetime | None) -> str:
    return "–" if moment is None else language.long_date(_day(moment))


def _thai_day(moment: date | datetime) -> str:
    """`27 ม.ค.` in a list; with its year where that is another one."""
    words = language.short_date(_day(moment))
    return words.rsplit(" ", 1)[0] if _day(moment).year == clock.today().year else words


def _thai_time(moment: datetime | None) -> str:
    return "–" if moment is None else language.time_text(moment)


def _plain_baht(satang: int) -> str:
    return money.format_baht(satang, always_decimals=False)


def _refuse_nul() -> None:
    """PostgreSQL keeps no text with a NUL in it, and nothing honest sends one."""
    sent = [request.args]
    # Whether it has a form's token was looked at just before; what has none may be no form, and is not read here.
    if g.get("csrf_valid"):
        sent.append(request.form)
    if "\0" in request.path or any(map(has_nul, sent)):
        abort(400)


def has_nul(sent: MultiDict[str, str]) -> bool:
    """Whether anything that was sent has a NUL in it. A view that reads its form itself asks it itself."""
    return any("\0" in value for _, values in sent.lists() for value in values)


def _refuse_other_sites() -> None:
    """A form on another site cannot act here, even in the browser of someone signed in."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("Origin")
    foreign = origin is not None and kept_forms.host_of(origin) != request.host
    if foreign or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        abort(403, marked("คำขอนี้มาจากเว็บไซต์อื่น ระบบจึงไม่ทำรายการ กรุณาเปิดเว็บไซต์กองทุนโดยตรง"))


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "geolocation=(), microphone=(), camera=()"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        # Whoever came once over https is not led to a copy of the portal over http afterwards.
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
        # Its address changes with its content.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in response.headers and request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


#: Refusals after which the form may be mended, or sent once more.
_MENDABLE = (400, 409, 422, 429, 503)


def _answer(status: int, title: str, words: str, *, kept_words: str = "") -> tuple[Response | str, int]:
    db.session.rollback()
    again = kept_forms.keep(kept_words or words) if status in _MENDABLE and not request.is_json else ""
    title, words = translated(title), translated(words)
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        return jsonify(error=title, words=words), status
    return render_template("errors/error.html", status=status, title=title, words=words, again=again), status


#: Seconds after which whoever found no room may ask again.
AGAIN = 10


def _refused(error: Refused) -> Response:
    db.session().info[REFUSED] = error
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 409)
    answer = make_response(_answer(status, _WORDS[status][0], error.words))
    if status == 503:
        answer.headers["Retry-After"] = str(AGAIN)
    return answer


_STATUS = ((BadInput, 422), (TooManyTries, 429), (Busy, 503))


def _stale_form(error: CSRFError) -> tuple[Response | str, int]:
    if current_app.config["SESSION_COOKIE_SECURE"] and not request.is_secure and not request.cookies:
        # A browser neither keeps nor sends this way the cookie that the form's token belongs to.
        return _answer(
            400,
            marked("หน้านี้ต้องเปิดด้วย https"),
            marked("แบบฟอร์มส่งได้เฉพาะเมื่อที่อยู่เว็บขึ้นต้นด้วย https:// กรุณาเปิดเว็บไซต์ใหม่ด้วยที่อยู่นั้น"),
        )
    return _answer(
        400,
        marked("แบบฟอร์มหมดอายุ"),
        marked("เพื่อความปลอดภัย แบบฟอร์มใช้ได้ระยะหนึ่ง กรุณากลับไปหน้าเดิม โหลดใหม่ แล้วส่งอีกครั้ง"),
        kept_words=kept_forms.NOT_SENT,
    )


def _http_error(error: HTTPException) -> Response | tuple[Response | str, int]:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return Response(status=status, headers=error.get_headers())
    title, words = _WORDS.get(status, _WORDS[500 if status >= 500 else 400])
    own = error.description if error.description and not error.description.isascii() else ""
    return _answer(status, title, own or words)


def token(length: int = 16) -> str:
    """An unguessable piece of an address: letters and digits without look-alikes."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "".join(secrets.choice(alphabet) for _ in range(length))
