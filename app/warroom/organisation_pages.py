"""The page of the centre's organisation."""

from flask import render_template

from app.staff.doors import opens_to
from app.staff.roles import Role
from app.warroom import organisation
from app.warroom.pages import bp

#: Everybody who works for the centre or looks after its portal; a network's treasurer reads the open pages.
READERS = tuple(role for role in Role if role is not Role.TREASURER)


@bp.get("/organisation", endpoint="organisation")
@opens_to(*READERS)
def organisation_tree() -> str:
    return render_template("warroom/organisation.html", tree=organisation.tree())
