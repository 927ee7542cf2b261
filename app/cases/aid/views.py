"""Pages of aid: requests and handovers."""

from app.cases.aid import cost_views, handover_views, pick_views, request_views
from app.cases.aid.pages import bp

__all__ = ["bp", "cost_views", "handover_views", "pick_views", "request_views"]
