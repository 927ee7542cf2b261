"""Pages of the committee room: the story beside the balance, votes and resolutions."""

from flask import Blueprint

bp = Blueprint("committee", __name__)
