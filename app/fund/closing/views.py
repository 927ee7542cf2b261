"""The closing of months as the portal sees it: every page and check of it joins by being read here."""

from app.fund.closing import checks, pages
from app.fund.closing.pages import bp

__all__ = ["bp", "checks", "pages"]
