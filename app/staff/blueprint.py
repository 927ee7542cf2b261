"""The blueprint of the staff room, and what its pages share."""

from flask import Blueprint

bp = Blueprint("staff", __name__)
