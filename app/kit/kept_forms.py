"""Kept forms: what somebody typed and could not send waits an hour, encrypted, for them alone, and is put back into the form.

Four ways lead here: a session or a form's token that had run out, a rule that refused, a refusal told on another page, and
a file in a form that was refused. Nothing is ever sent again by itself, and no password is kept.
"""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask, Request, Response, current_app, g, get_template_attribute, request, session
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException

from app.kit import crypto, forms, photos, refill
from app.kit.crypto import DecryptionFailed
from app.kit.language import marked

#: Seconds that a form waits for whoever typed it.
LIFE = 3600
#: Forms of one person; the oldest give way.
MOST_OF_ONE = 8
#: Bytes that are kept for the staff, and for visitors, who cannot crowd the staff out.
MOST_BYTES = {"user": 256 * 1024 * 1024, "visitor": 64 * 1024 * 1024}
#: Letters of all that was typed.
_MOST_TYPED = 400_000
NOT_SENT = marked("สิ่งที่กรอกไว้ยังอยู่ครบ แต่ยังไม่ได้ส่ง กรุณาตรวจแล้วกดส่งอีกครั้ง")
_SECRET = re.compile(r"password|secret|passphrase")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was sent under a field's name."""

    field: str
    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: to which address, with what, and why it could not be taken. `words` may be empty."""

    action: str
    typed: list[tuple[str, str]]
    files: list[KeptFile]
    words: str = ""


class Store:
    """Encrypted files, each with what one person sent. Whose it is belongs to what it is encrypted for."""

    def __init__(self, folder: Path, *, key: bytes) -> None:
        self.folder, self._key = folder, key

    def put(self, kept: Kept, *, owner: str) -> str:
        """Keep a form for its owner; answers the token that finds it again, empty where there is no room."""
        token = secrets.token_urlsafe(18)
        head = {
            "action": kept.action,
            "typed": kept.typed,
            "words": kept.words,
            "files": [(each.field, each.name, each.kind, len(each.content)) for each in kept.files],
        }
        written = json.dumps(head).encode()
        plain = b"".join([len(written).to_bytes(4, "big"), written, *(each.content for each in kept.files)])
        path = self._path(token, owner)
        if not self._make_room(path, len(plain)):
            return ""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = path.with_name(photos.NEW + path.name)
        new.write_bytes(
            crypto.encrypt_bytes(plain, key=self._key, key_number=0, context=_context(token, owner))
        )
        new.rename(path)
        return token

    def get(self, token: str, *, owner: str) -> Kept | None:
        """The form that this token finds for this owner; None for anybody else, and when its hour is over."""
        path = self._path(token, owner)
        try:
            if path.stat().st_mtime < time.time() - LIFE:
                return None
            plain = crypto.decrypt_bytes(
                path.read_bytes(), keys={0: self._key}, context=_context(token, owner)
            )
        except (FileNotFoundError, DecryptionFailed):
            return None
        at = 4 + int.from_bytes(plain[:4], "big")
        head = json.loads(plain[4:at])
        files = []
        for field, name, kind, size in head["files"]:
            files.append(KeptFile(field, name, kind, plain[at : at + size]))
            at += size
        return Kept(head["action"], [(name, value) for name, value in head["typed"]], files, head["words"])

    def drop(self, token: str, *, owner: str) -> None:
        self._path(token, owner).unlink(missing_ok=True)

    def clear(self) -> int:
        """Delete every form whose hour is over; returns how many."""
        over = [path for path, at, _ in self._all() if at < time.time() - LIFE]
        for path in over:
            path.unlink(missing_ok=True)
        return len(over)

    def _make_room(self, path: Path, size: int) -> bool:
        self.clear()
        kind, whose, _ = path.name.split("-", 2)
        there = sorted(
            (at, size, found) for found, at, size in self._all() if found.name.startswith(f"{kind}-")
        )
        own = [found for _, _, found in there if found.name.startswith(f"{kind}-{whose}-")]
        for found in own[: max(0, len(own) - MOST_OF_ONE + 1)]:
            found.unlink(missing_ok=True)
        return sum(used for _, used, found in there if found.exists()) + size <= MOST_BYTES[kind]

    def _all(self) -> Iterator[tuple[Path, float, int]]:
        for path in self.folder.glob("*"):
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            yield path, found.st_mtime, found.st_size

    def _path(self, token: str, owner: str) -> Path:
        # Who reads the folder's list learns neither the token nor whose it is.
        whose = hmac.digest(self._key, owner.encode(), "sha256").hex()[:16]
        return (
            self.folder
            / f"{owner.partition(':')[0]}-{whose}-{hashlib.sha256(token.encode()).hexdigest()[:32]}"
        )


def _context(token: str, owner: str) -> str:
    return f"kept_form:{token}:{owner}"


@dataclass(frozen=True)
class Keeping:
    """How this portal keeps forms: where, and for whom it keeps the one that was sent now ("" for nobody)."""

    store: Store
    owner: Callable[[], str]


def install(app: Flask, *, folder: Path, secret: str, owner: Callable[[], str]) -> None:
    """Have an application keep forms in a folder, encrypted under a key of its secret."""
    key = hmac.digest(secret.encode(), b"kueakun kept forms 1", "sha256")
    app.extensions["kept_forms"] = Keeping(Store(folder, key=key), owner)
    app.before_request(_look)
    app.after_request(_answered)
    app.context_processor(lambda: {"kept": g.get("kept"), "kept_is_over": g.get("kept_is_over", False)})


def here() -> Keeping:
    found: Keeping = current_app.extensions["kept_forms"]
    return found


def clear() -> dict[str, int]:
    """The round that deletes what nobody came back for."""
    return {"deleted": here().store.clear()}


def keep(words: str = "") -> str:
    """Keep the form that is being refused, if it may be, and answer the page with it to go back to; else ""."""
    page = _page_of_the_form()
    if not page or request.method != "POST" or not _is_of_this_site():
        return ""
    token = _put(words)
    return _with(page, token) if token else ""


def _with(page: str, token: str) -> str:
    parts = urlsplit(page)
    asked = "&".join(pair for pair in parts.query.split("&") if pair and not pair.startswith("kept="))
    return f"{parts.path}?{asked + '&' if asked else ''}{urlencode({'kept': token})}"


def _put(words: str, files: Sequence[KeptFile] | None = None) -> str:
    try:
        typed = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in refill.FRESH and not is_secret(name)
        ]
        files = _files() if files is None else files
    except HTTPException:
        # Too large to be read at all.
        return ""
    if sum(len(name) + len(value) for name, value in typed) > _MOST_TYPED:
        return ""
    if not files and not any(value.strip() for _, value in typed):
        return ""
    owner = here().owner()
    return here().store.put(Kept(request.path, typed, list(files), words), owner=owner) if owner else ""


def _files() -> list[KeptFile]:
    found = []
    for name, file in request.files.items(multi=True):
        if file.filename:
            file.stream.seek(0)
            found.append(KeptFile(name, file.filename[:200], file.mimetype[:100], file.stream.read()))
            file.stream.seek(0)
    return found


def is_secret(name: str | None) -> bool:
    """Whether a field of this name holds what is kept nowhere. What is sent may be a part without a name."""
    return name in forms.SECRET_NAMES or _SECRET.search(name or "") is not None


def host_of(origin: str) -> str | None:
    """Whose site an Origin or Referer header names; None for "null" and for what is no address."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def _is_of_this_site() -> bool:
    """Whether the browser says that a page of this portal sent the form. One that says nothing is not believed."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    from_elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    return not from_elsewhere and host_of(said) == request.host


def _page_of_the_form() -> str:
    """The page of this portal on which the form stood, if it can be opened again; "" else."""
    pages = []
    if host_of(referer := request.headers.get("Referer", "")) == request.host:
        said = urlsplit(referer)
        pages = [f"{said.path}?{said.query}" if said.query else said.path]
    for page in [*pages, request.full_path.rstrip("?")]:
        path = urlsplit(page).path
        try:
            current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
        except HTTPException:
            continue
        return page
    return ""


def _look() -> None:
    """A page that is asked for with a kept form finds it."""
    token = request.args.get("kept", "")
    if request.method != "GET" or not token:
        return
    owner = here().owner()
    g.kept = here().store.get(token, owner=owner) if owner else None
    g.kept_is_over = g.kept is None


def bring_files(sent: Request) -> None:
    """Give a form that was sent again the files that are kept for it, where no others were chosen."""
    token = sent.form.get("kept", "")
    owner = here().owner() if token else ""
    kept = here().store.get(token, owner=owner) if owner else None
    if kept is None or kept.action != sent.path:
        return
    view = current_app.view_functions.get(sent.endpoint or "")
    taken: frozenset[str] = getattr(view, "takes_files", frozenset())
    chosen = {name for name, file in sent.files.items(multi=True) if file.filename}
    files: MultiDict[str, FileStorage] = MultiDict(
        (each.field, FileStorage(BytesIO(each.content), each.name, each.field, content_type=each.kind))
        for each in kept.files
        if each.field in taken and each.field not in chosen
    )
    # The empty ones stay, too: the request closes at its end what it holds.
    files.update(sent.files)
    sent.__dict__["files"] = ImmutableMultiDict(files)


def _answered(response: Response) -> Response:
    """Put what is kept into the page that goes out; keep the files of a form that comes back; forget what was taken."""
    if request.method == "GET":
        kept: Kept | None = g.get("kept")
        if kept is not None and _is_page(response) and response.status_code == 200:
            _fill(response, kept, request.args["kept"], typed=True)
    elif request.method == "POST" and "form" in request.__dict__:
        if response.status_code in (301, 302, 303):
            _redirected(response)
        elif _is_page(response) and "files" in request.__dict__ and any(request.files.values()):
            _came_back(response)
    return response


def _is_page(response: Response) -> bool:
    return response.mimetype == "text/html" and not response.direct_passthrough


def _redirected(response: Response) -> None:
    """A refusal that is told on the page led to has its form kept; what was taken is kept no more."""
    refused = any(kind in ("danger", "error") for kind, _ in session.get("_flashes", ()))
    target = response.headers.get("Location", "")
    if refused and target.startswith("/") and _is_of_this_site():
        if token := _put(""):
            path, hash_, place = target.partition("#")
            response.headers["Location"] = _with(path, token) + hash_ + place
    elif token := request.form.get("kept", ""):
        here().store.drop(token, owner=here().owner())


def _came_back(response: Response) -> None:
    if 'type="file"' not in response.get_data(as_text=True) or not _is_of_this_site():
        return
    kept = Kept(request.path, list(request.form.items(multi=True)), _files())
    if _fill(response, kept, "", typed=False) and (token := _put("", kept.files)):
        _fill(response, kept, token, typed=False)


def _fill(response: Response, kept: Kept, token: str, *, typed: bool) -> bool:
    """Whether the page has the form; with a token it is filled, too."""
    sent = MultiDict(kept.typed).to_dict(flat=False)
    names: dict[str, list[str]] = {}
    for each in kept.files:
        names.setdefault(each.field, []).append(each.name)
    filled = refill.fill(
        response.get_data(as_text=True),
        address=request.path,
        action=kept.action,
        typed=sent if typed else {},
        sent=sent,
        token=token,
        files=names,
        say_kept=lambda kept_names: str(
            get_template_attribute("macros/fields.html", "kept_files")(kept_names)
        ),
    )
    if filled is not None and token:
        response.set_data(filled)
        response.headers["Cache-Control"] = "no-store"
    return filled is not None
