"""Synchronous units of work for sockets: each enters its company explicitly, on threads of their own."""

from collections.abc import Callable
from functools import partial
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError

from tenants import patience
from tenants.refs import CompanyRef
from tenants.rests import Rests
from tenants.turns import Turns, inside

Params = ParamSpec("Params")
Result = TypeVar("Result")

# Few threads, so that a thousand readers that come back at once queue here and not at the database; fewer for
# one company, so that readers of one whose tables are locked do not keep the others from hearing of a change.
THREADS: Final = 6
OF_ONE_COMPANY: Final = 2
_turns = Turns(THREADS, OF_ONE_COMPANY, "reader-sockets")
_rests = Rests()


async def in_company(
    ref: CompanyRef, func: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs
) -> Result:
    """Run `func` on a worker thread with the company entered for exactly this call.

    Raises OperationalError at once for a company whose tables were locked a moment ago.
    """
    return await _turns.run(ref.id, partial(_unless_resting, ref, partial(func, *args, **kwargs)))


def _unless_resting(ref: CompanyRef, unit: Callable[[], Result]) -> Result:
    # Asked when its turn has come: a queue behind a lock ends with the first failure.
    if _rests.resting(ref.id):
        raise OperationalError("this company was locked a moment ago")
    try:
        outcome = inside(ref, unit)
    except OperationalError as error:
        if patience.is_locked(error):
            _rests.failed(ref.id)
        raise
    _rests.went_well(ref.id)
    return outcome
