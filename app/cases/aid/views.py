"""Pages of aid: requests and handovers."""

from flask import Blueprint

bp = Blueprint("aid", __name__)
