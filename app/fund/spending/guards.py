"""Guards: reasons of rooms above against settling or voiding, which the fund cannot know, asked before money goes back to available."""

from collections.abc import Callable

from app.kit.injected import Injected

#: What stands in the way, in Thai, or nothing: by the proposal's code and the satang that would stay paid for it.
Guard = Callable[[str, int], str]
#: Where a person does away with it: by the proposal's code the address of a page, or nothing.
Link = Callable[[str], str]

#: Why a proposal cannot be settled with what was paid for it.
SETTLING: Injected[Guard] = Injected("reasons against settling")
#: Why so little must not stay paid.
VOIDING: Injected[Guard] = Injected("reasons against voiding")
#: Where what things truly cost is entered.
COST_PAGE: Injected[Link] = Injected("pages of costs")


def against_settling(code: str, paid_satang: int) -> str:
    """Why the proposal cannot be settled at what was paid; empty when it can."""
    return SETTLING.get()(code, paid_satang)


def against_voiding(code: str, paid_satang: int) -> str:
    """Why so little must not stay paid; empty when it may."""
    return VOIDING.get()(code, paid_satang)


def cost_page(code: str) -> str:
    """Where the true costs of what was asked for under this code are entered; empty when nothing was."""
    return COST_PAGE.get()(code)
