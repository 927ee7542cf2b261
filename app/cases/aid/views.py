"""Pages of aid: requests and handovers."""

from app.cases.aid import cost_pages, handover_pages, pick_pages, request_pages
from app.cases.aid.blueprint import bp

__all__ = ["bp", "cost_pages", "handover_pages", "pick_pages", "request_pages"]
