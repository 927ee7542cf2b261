"""Behind: how many households a request is for. A count and nothing else, to see whether it may be spoken of alone."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.cases.aid.requests import AidLine, AidRequest
from app.kit.db import db


def households(codes: Sequence[str]) -> dict[str, int]:
    """How many households the requests with these codes name; each household has a person at least."""
    rows = db.session().execute(
        select(AidRequest.code, func.count(AidLine.household_id.distinct()))
        .join(AidLine, AidLine.request_id == AidRequest.id)
        .where(AidRequest.code.in_(codes))
        .group_by(AidRequest.code)
    )
    found = {code: int(count) for code, count in rows}
    return {code: found.get(code, 0) for code in codes}
