"""Checking in a process of its own, so that it does not hold the interpreter that scans."""

import atexit
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from readers.handin.checking import Checked
from readers.handin.process import Job, Plain, of_plain
from sallyport.key_list import KeyEntry

ROOT: Final = Path(__file__).resolve().parents[2]
MOST_COMPANIES: Final = 64  # whose keys the process holds; then a new one is started
TURN_SECONDS: Final = 15.0  # that a hand-in waits for those before it
ANSWER_SECONDS: Final = 30.0
REST_SECONDS: Final = 30.0  # before another is started after one failed
logger = logging.getLogger(__name__)

Keys = Callable[[], Sequence[KeyEntry]]
Token = tuple[tuple[int, int, int | None], ...]
Answer = tuple[int | None, list[Plain]]


class NotInForm(Exception):  # noqa: N818 - named for what happened
    """The body is not that of a hand-in."""


class Away(Exception):  # noqa: N818 - named for what happened
    """There is no process to ask: check here."""


class Apart:
    """One process, started when it is first asked and ended with this one; hand-ins take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None
        self._told: dict[bytes, Token] = {}
        self._rest_until = 0.0

    def check(self, job: Job, *, token: Token, keys: Keys) -> tuple[int | None, list[Checked]]:
        """Check a body: behind which position these are all, and the entries. `token` tells the company's key
        sets apart; `keys` are asked for when it is new.

        Raises NotInForm, and Away where the process failed, is failing or has too much to do.
        """
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise Away
        try:
            found = self._asked(job, token, keys)
        finally:
            self._turn.release()
        if found is None:
            raise NotInForm
        after, entries = found
        return after, [of_plain(one) for one in entries]

    def end(self) -> None:
        """End the process, if there is one."""
        process, line = self._process, self._line
        self._process = self._line = None
        self._told.clear()
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.wait()

    @property
    def pid(self) -> int | None:
        """Of the process, where there is one."""
        return None if self._process is None else self._process.pid

    def _asked(self, job: Job, token: Token, keys: Keys) -> Answer | None:
        if self._process is None or self._process.poll() is not None:
            if time.monotonic() < self._rest_until:
                raise Away
            self.end()
        elif len(self._told) >= MOST_COMPANIES and job.company not in self._told:
            self.end()
        try:
            line = self._line or self._start()
            known = self._told.get(job.company) == token
            line.send(job if known else replace(job, keys=keys()))
            self._told[job.company] = token
            if not line.poll(ANSWER_SECONDS):
                raise TimeoutError("it does not answer")
            found: Answer | None = line.recv()
        except (OSError, EOFError) as error:
            logger.warning("checking hand-ins apart failed (%s); they are checked here", type(error).__name__)
            self._rest_until = time.monotonic() + REST_SECONDS
            self.end()
            raise Away from error
        return found

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        try:
            # Nothing of our environment: neither addresses nor passwords of what it has no business with.
            self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                [sys.executable, "-m", "readers.handin.process", str(theirs.fileno())],
                cwd=ROOT,
                env={"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._line = ours
        return ours


apart: Final = Apart()
atexit.register(apart.end)
