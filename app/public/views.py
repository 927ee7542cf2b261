"""The open door: what everyone may read."""

from flask import Blueprint

bp = Blueprint("public", __name__)
