"""Pages of the books: balances, entries and the check."""

from flask import Blueprint

bp = Blueprint("books", __name__)
