"""Certificates: the month-end certificate of the bank proof, as a document to sign."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.fund.closing import month_facts
from app.fund.ledger import months
from app.kit import money, thai
from app.kit.clock import BANGKOK
from app.kit.portal import fill
from app.province.profile import Profile

#: More rows than this of one list go into the register of the portal, not onto the paper.
_MOST_ROWS = 60


def render(facts: Mapping[str, Any], *, at: datetime, by: str, final: bool) -> bytes:
    """The certificate on A4 in Thai digits. Until the month is closed it says ร่าง across every page."""
    from app.kit import pdf

    profile = Profile.here()
    first_on = date.fromisoformat(facts["first_on"])
    last_on = date.fromisoformat(facts["last_on"])
    to_come = max(0, (last_on - at.astimezone(BANGKOK).date()).days)
    month = thai.month_year(first_on)
    accounts = facts["accounts"]
    html = fill(
        "pdf/certificate.html",
        facts=facts,
        profile=profile,
        month=month,
        at=at,
        by=by,
        final=final,
        fingerprint=months.fingerprint(month_facts.written(facts)) if final else "",
        all_days=(last_on - first_on).days + 1,
        # Days still to come are covered by no statement either.
        uncovered={account["number"]: len(account["gaps"]) + to_come for account in accounts},
        difference=sum(abs(day["difference"]) for account in accounts for day in account["broken"]),
        holds=not any(account["broken"] or account["unexplained"] for account in accounts),
        most=_MOST_ROWS,
        th=thai.thai_digits,
        thai_words=thai_words,
        baht=lambda satang: thai.thai_digits(money.format_baht(satang)),
        day=lambda on: thai.thai_digits(thai.short_date(date.fromisoformat(on))),
        long_day=lambda on: thai.thai_digits(thai.long_date(date.fromisoformat(on))),
        days=spans,
    )
    return pdf.render(html, title=f"ใบรับรองยอดประจำเดือน{month}", author=profile.fund_th)


def thai_words(text: str) -> str:
    """Words with their figures in Thai digits; what is written with Latin letters, such as a reference, stays as it is."""
    return " ".join(
        word if any(letter.isascii() and letter.isalpha() for letter in word) else thai.thai_digits(word)
        for word in text.split(" ")
    )


def spans(days: list[str]) -> str:
    """Days in words, those in a row as one span: ๓–๕ และ ๙ มกราคม becomes ๓–๕, ๙."""
    numbers = [date.fromisoformat(on) for on in days]
    rows: list[list[date]] = []
    for on in numbers:
        if rows and (on - rows[-1][-1]).days == 1:
            rows[-1].append(on)
        else:
            rows.append([on])
    words = (str(row[0].day) if len(row) == 1 else f"{row[0].day}–{row[-1].day}" for row in rows)
    return thai.thai_digits(", ".join(words))
