"""The blueprint of the staff room, and what its pages share."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("staff", __name__)

Answer = str | Response | tuple[str, int]
