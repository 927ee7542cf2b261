"""Pages of aid: requests and handovers."""

from app.cases.aid import handover_views, pick_views, request_views
from app.cases.aid.pages import bp

__all__ = ["bp", "handover_views", "pick_views", "request_views"]
