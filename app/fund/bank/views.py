"""Pages of the bank: the callback's door, statements, and the queue of the finance officer."""

from flask import Blueprint

bp = Blueprint("bank", __name__)
