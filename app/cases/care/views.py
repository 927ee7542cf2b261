"""Pages of care: the household's logbook."""

from flask import Blueprint

bp = Blueprint("care", __name__)
