"""Jobs of the committee."""

from collections.abc import Mapping
from typing import Any

from app.fund.committee import circulations


def close_circulations() -> Mapping[str, Any]:
    """Close the circulated resolutions whose time to answer is over."""
    return {"closed": circulations.close_due()}
