"""The second factor of a day pass: asked for without an event, its PIN checked before the event is written.

A scan that would be granted but for the PIN leaves nothing behind: the reader asks again under the same event
id, then with the PIN. Only a scan that nothing else refuses has its PIN looked at: the other answers tell
nobody whether it was right, and cost no try.
"""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Final

from credentials.services import Checked, check_pin
from readers.scanning.copy import Copy
from readers.scanning.policies import Policies
from readers.scanning.scan import Scan, Unavailable, Verdict
from readers.scanning.trial import judged
from readers.selectors import event_stands
from sallyport.reasons import Reason
from sallyport.rules import SecondFactor

HOLD_SECONDS: Final = 30.0  # a repeated request for one event costs no second try
MOST_HELD: Final = 1_000

_DEAD: Final = {
    Checked.SUSPENDED: Reason.CREDENTIAL_SUSPENDED,
    Checked.REVOKED: Reason.CREDENTIAL_REVOKED,
}
_EventPin = tuple[int, int, int, bytes, str]


@dataclass(slots=True)
class _Tried:
    at: float
    check: "asyncio.Task[Checked]"


class SecondFactors:
    """Belongs to one event loop."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._tried: OrderedDict[_EventPin, _Tried] = OrderedDict()

    async def ask(self, copy: Copy, scan: Scan, pin: str | None) -> Verdict | None:
        """The answer that asks for a PIN; None when the scan is to be decided and written as any other.

        `pin` is None where the reader sent none yet, empty where nobody typed one. Raises Unavailable.
        """
        if scan.early is not None or scan.opened is None or scan.opened.kind != "day_pass":
            return None
        row = await judged(self._policies, copy, scan)
        if row.reason != Reason.SECOND_FACTOR_REQUIRED or pin == "":
            return None
        if await self._policies.inside(copy.ref, partial(event_stands, scan.reader, scan.counter)):
            return None  # told already: its verdict stays, and no try is counted
        if pin is None:
            return Verdict(False, Reason.SECOND_FACTOR_REQUIRED, row.access_point)
        await self._check(copy, scan, pin)
        return None

    async def _check(self, copy: Copy, scan: Scan, pin: str) -> None:
        key = (copy.ref.id, scan.reader, scan.counter, scan.code_hash, pin)
        held = self._tried.get(key)
        if held is None or time.monotonic() - held.at > HOLD_SECONDS or _failed(held.check):
            held = self._tried[key] = _Tried(time.monotonic(), self._begin(copy, scan, pin))
            while len(self._tried) > MOST_HELD:
                self._tried.popitem(last=False)
        # Shielded: a client that hangs up must not undo a try that is being counted.
        checked = await asyncio.shield(held.check)
        scan.second = SecondFactor.GOOD if checked is Checked.GOOD else SecondFactor.WRONG
        scan.early = _DEAD.get(checked)

    def _begin(self, copy: Copy, scan: Scan, pin: str) -> "asyncio.Task[Checked]":
        contents = scan.opened.contents if scan.opened else None
        if contents is None:
            raise Unavailable("no day pass")
        work = partial(check_pin, handle=contents.nonce, credential=contents.credential, pin=pin)
        return asyncio.get_running_loop().create_task(self._policies.inside(copy.ref, work))


def _failed(check: "asyncio.Task[Checked]") -> bool:
    return check.done() and (check.cancelled() or check.exception() is not None)
