"""Pages of giving: pledges of networks, QR codes, receipts."""

from flask import Blueprint

bp = Blueprint("giving", __name__)
