"""The process that checks entries beside the server: `python -m readers.handin.process FD`. No Django in it.

It is told keys of companies over the pipe that it was started with, holds them in memory alone, and ends when
the pipe does or when nothing was asked for a while. It runs below the server: whoever stands at a door comes
first.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final

from readers.handin.checking import Checked, Checker
from readers.handin.lives import Lives
from readers.handin.reading import read_body
from readers.handin.told import Fault, Told
from readers.keys import DatedKey
from sallyport.codes import LiveContents, OpenedCode, OpeningKeys
from sallyport.key_list import KeyEntry

IDLE_SECONDS: Final = 600
_BELOW: Final = 5  # of niceness: a busy machine must not starve it
# Seconds after each entry. Niceness says who gets how much, not when: who wakes up while this computes may
# wait some milliseconds for the scheduler's next tick, and a scan wakes somebody up half a dozen times.
_REST: Final = 0.00005
logger = logging.getLogger(__name__)

# As they go over the pipe: plain tuples, which take a tenth of the time that objects of classes take.
Plain = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What one hand-in is checked with. `keys` are None where the process has been told them before."""

    company: bytes
    reader: int
    signers: Sequence[DatedKey]
    lives: Lives
    now_ms: int
    keys: Sequence[KeyEntry] | None = field(repr=False)
    body: bytes = field(repr=False)


def plain(one: Checked) -> Plain:
    """An entry as it goes over the pipe."""
    told, code = one.told, one.opened
    opened: Plain | None = None
    if code is not None:
        opened = (code.kind, tuple(code.contents), code.issued, code.key_id, code.challenged)
    said = tuple([getattr(told, name) for name in Told.__slots__])
    fault = None if one.fault is None else one.fault.value
    return said, one.identity, one.hash, one.signed, opened, one.access_point, fault, one.leaf, one.row


def of_plain(data: Plain) -> Checked:
    """The entry of `plain`."""
    said, identity, found, signed, opened, place, fault, leaf, row = data
    if opened is not None:
        kind, contents, *more = opened
        opened = OpenedCode(kind, LiveContents(*contents), *more)
    fault = None if fault is None else Fault(fault)
    return Checked(Told(*said), identity, found, signed, opened, place, fault, leaf, row)


def _nobody(key_id: int) -> bool:
    # Whose a key is that is not the company's changes only why a code did not open, which nobody asks here.
    return False


def check_all(job: Job, keys: dict[int, OpeningKeys]) -> tuple[int | None, list[Plain]] | None:
    """Behind which position these are all, and each entry; None for a body that is not in the form."""
    read = read_body(job.body)
    if read is None:
        return None
    checker = Checker(
        company=job.company,
        reader=job.reader,
        signers=job.signers,
        keys=keys,
        foreign=_nobody,
        lives=job.lives,
        now_ms=job.now_ms,
    )
    return read.after, [_rested(checker, told) for told in read.entries]


def _rested(checker: Checker, told: Told) -> Plain:
    found = plain(checker.check(told))
    time.sleep(_REST)
    return found


def serve(line: Connection) -> None:
    """Answer until the pipe ends or nothing comes for a while."""
    held: dict[bytes, dict[int, OpeningKeys]] = {}
    while line.poll(IDLE_SECONDS):
        try:
            job: Job = line.recv()
        except EOFError:
            return
        line.send(_answered(job, held))


def _answered(job: Job, held: dict[bytes, dict[int, OpeningKeys]]) -> tuple[int | None, list[Plain]] | None:
    """What is found; None too where it fails. The server then looks at that body itself, and only this one
    reader can come to harm: companies share this process, and ending it would stop the hand-in of all.
    """
    try:
        if job.keys is not None:
            held[job.company] = {entry.key_id: entry.opening(job.company) for entry in job.keys}
        return check_all(job, held[job.company])
    except Exception as error:  # noqa: BLE001 - see above
        logger.warning("a hand-in could not be checked (%s)", type(error).__name__)
        return None


def main() -> None:
    """Serve on the file descriptor that was named."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the server, which ends us
    os.nice(_BELOW)
    serve(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
