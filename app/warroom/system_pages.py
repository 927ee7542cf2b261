"""Pages of the system's state: for machines that watch, and for the administrator."""

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.editions import editions
from app.fund.ledger import books
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.roles import Role
from app.warroom import system
from app.warroom.pages import bp


@bp.get("/health")
@opens_to(EVERYONE)
def health() -> ResponseReturnValue:
    """200 while all is well, else 503 and what is wrong, a sentence each; nothing that a stranger may not know."""
    try:
        found = system.troubles()
        last = books.last_check()
    except DBAPIError:
        db.session.rollback()
        return jsonify(ok=False, words="ฐานข้อมูลไม่ตอบ"), 503
    if found or last is None:
        return jsonify(ok=False, words=" · ".join(found)), 503
    return jsonify(ok=True, books_checked_at=editions.moment(last.at)), 200


@bp.get("/health/live")
@opens_to(EVERYONE)
def live() -> ResponseReturnValue:
    """200 while this process and its database answer, for a balancer: what else is wrong never takes the portal away."""
    try:
        db.session().scalar(select(1))
    except DBAPIError:
        db.session.rollback()
        return jsonify(ok=False, words="ฐานข้อมูลไม่ตอบ"), 503
    return jsonify(ok=True), 200


@bp.get("/system")
@opens_to(Role.ADMINISTRATOR)
def system_state() -> str:
    return render_template("warroom/system.html", state=system.state(), job_words=system.JOB_WORDS)


@bp.post("/system/jobs/<int:number>/again")
@opens_to(Role.ADMINISTRATOR)
def ask_again(number: int) -> ResponseReturnValue:
    try:
        with transaction():
            system.ask_again(number, by=signed_in())
    except Refused as refused:
        flash(refused.words, "error")
    else:
        flash("สั่งให้ทำอีกครั้งแล้ว", "success")
    return redirect(url_for("warroom.system_state"), code=303)
