"""The blueprint of spending, and who reads its pages."""

from flask import Blueprint

from app.staff.roles import Role

bp = Blueprint("spending", __name__)

READERS = (Role.FINANCE, Role.CHAIR, Role.FUND_OFFICER, Role.AUDITOR)
