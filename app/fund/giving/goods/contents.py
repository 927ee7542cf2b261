"""What the document of an in-kind donation says: the facts as they were recorded, and in whose name they are confirmed."""

from datetime import date
from typing import Any, Protocol

from app.fund.giving.receipts.contents import UNNAMED
from app.kit import money
from app.province.profile import Issuer
from app.staff.users import User


class Recorded(Protocol):
    """What the facts are read from."""

    giver: str
    anonymous: bool
    kind: str
    what: str
    quantity: int
    unit: str
    satang: int
    valuation: str
    received_on: date

    @property
    def code(self) -> str: ...


def facts(donation: Recorded, *, valued_from: str, purpose: str, by: User) -> dict[str, Any]:
    """What came, from whom, what it is worth and who took it; nothing yet of who issues the document."""
    return {
        "code": donation.code,
        "giver": donation.giver or UNNAMED,
        "anonymous": donation.anonymous or not donation.giver,
        "kind": donation.kind,
        "what": donation.what,
        "quantity": donation.quantity,
        "unit": donation.unit,
        "satang": donation.satang,
        "words": money.baht_in_words(donation.satang),
        "valued_from": valued_from,
        "valuation": donation.valuation,
        "purpose": purpose,
        "received_on": donation.received_on.isoformat(),
        "receiver": by.name,
        "receiver_position": by.position,
    }


def issued(known: dict[str, Any], *, issuer: Issuer, on: date) -> dict[str, Any]:
    """The facts in the name of the issuer, confirmed on this day."""
    signs = {"signer": issuer.signer, "signer_position": issuer.signer_position} if issuer.signer else {}
    return (
        known
        | {
            "issuer": issuer.name_th,
            "issuer_address": issuer.address_th,
            "issuer_tax_id": issuer.tax_id,
            "issued_on": on.isoformat(),
        }
        | signs
    )
