"""Pages of the register: rounds, imports, households."""

from flask import Blueprint

bp = Blueprint("registry", __name__)
