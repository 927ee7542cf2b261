"""The blueprint of the register's pages, and who brings files in."""

from flask import Blueprint

from app.staff.roles import Role

bp = Blueprint("register", __name__)

#: Who brings files in; a district officer only households of the own area.
IMPORTERS = (Role.FUND_OFFICER, Role.DISTRICT_OFFICER)
