"""The counter's room as the portal sees it: every page and check of it joins by being read here."""

from app.fund.counter import checks, pages
from app.fund.counter.pages import bp

__all__ = ["bp", "checks", "pages"]
