"""The blueprint that the demonstration's pages and providers share."""

from flask import Blueprint

bp = Blueprint("demo", __name__)
