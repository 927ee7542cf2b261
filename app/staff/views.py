"""Pages of the staff: signing in and out, people and their roles, the audit trail."""

from flask import Blueprint

bp = Blueprint("staff", __name__)
