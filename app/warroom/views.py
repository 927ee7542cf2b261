"""Pages of the war room: the staff's own start page and boards."""

from flask import Blueprint

bp = Blueprint("warroom", __name__)
