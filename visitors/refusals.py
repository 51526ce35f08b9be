"""How this room says no: the shape of credentials' refusals, under codes of its own."""

from credentials.refusals import Refused

__all__ = ["Refused", "no_such_visit", "not_now"]


def no_such_visit() -> Refused:
    """Nothing is said about whether there ever was one."""
    return Refused("no_such_visit", "There is no such visit.", status=404)


def not_now(state: str) -> Refused:
    """The visit is in a state that does not allow this."""
    return Refused("visit_not_open", f"This is not possible: the visit is {state}.")
