"""The demonstration bank: plays the payer's bank app, and nothing else."""

from flask import Blueprint

bp = Blueprint("demo", __name__)
