"""Pages of spending: vouchers and payments."""

from flask import Blueprint

bp = Blueprint("spending", __name__)
