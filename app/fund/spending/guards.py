"""Guards: what a room above knows of a payment and the fund does not, asked before money goes back to available."""

from collections.abc import Callable

#: What stands in the way, in Thai, or nothing: by the proposal's code and the satang that would stay paid for it.
Guard = Callable[[str, int], str]
#: Where a person does away with it: by the proposal's code the address of a page, or nothing.
Link = Callable[[str], str]

_SETTLING: list[Guard] = []
_VOIDING: list[Guard] = []
_LINKS: list[Link] = []


def before_settling(guard: Guard) -> Guard:
    """Let a room say why a proposal cannot be settled with what was paid for it."""
    _SETTLING.append(guard)
    return guard


def before_voiding(guard: Guard) -> Guard:
    """Let a room say why so little must not stay paid."""
    _VOIDING.append(guard)
    return guard


def shows_costs(link: Link) -> Link:
    """Let a room say where what things truly cost is entered."""
    _LINKS.append(link)
    return link


def against_settling(code: str, paid_satang: int) -> str:
    """Why the proposal cannot be settled at what was paid; empty when it can."""
    return next((words for guard in _SETTLING if (words := guard(code, paid_satang))), "")


def against_voiding(code: str, paid_satang: int) -> str:
    """Why so little must not stay paid; empty when it may."""
    return next((words for guard in _VOIDING if (words := guard(code, paid_satang))), "")


def cost_page(code: str) -> str:
    """Where the true costs of what was asked for under this code are entered; empty when nothing was."""
    return next((href for link in _LINKS if (href := link(code))), "")
