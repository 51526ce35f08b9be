"""The tour step by step."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from deploy.tour import picture
from deploy.tour.browser import Site
from deploy.tour.company import DOORS, SHUT_DOOR, Company
from deploy.tour.phone import Phone
from deploy.tour.reader import Reader
from deploy.tour.report import Mismatch, Report, expect

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent.parent
HENRI = "Henri Holder"
LIFE_SECONDS = 15
LEEWAY_SECONDS = 3
# A digit far behind the key id and before the end: it lies in what the seal covers.
FLIPPED_DIGIT = 150


class Tour:
    """One walk through one system."""

    def __init__(self, report: Report, site: Site, var: Path) -> None:
        self.report, self.site, self.var = report, site, var
        self.company, self.other = Company(site), Company(site)
        self.readers: dict[str, Reader] = {}

    def walk(self) -> None:
        """All steps; a step that the others stand on ends the walk when it fails."""
        self.begin()
        self.people()
        self.doors()
        self.codes()
        self.revocation()
        self.record()

    def close(self) -> None:
        """Hang up every line."""
        for reader in self.readers.values():
            reader.close()

    def begin(self) -> None:
        """A company, its owner, its building."""
        step, company = self.report.step, self.company
        step("a company signs up", company.sign_up, tell=True)
        step("its owner signs in and sets up the second factor", company.sign_in)
        step(f"codes shall live {LIFE_SECONDS} s", partial(company.shorten_codes, LIFE_SECONDS))
        step("doors, hours, a level", company.build, tell=True)

    def people(self) -> None:
        """A holder with a phone."""
        step, company = self.report.step, self.company
        self.henri = step(f"{HENRI} is added", partial(company.add_person, HENRI))
        step("and may pass as staff", partial(company.grant, self.henri))
        invite = partial(company.invite, self.henri, HENRI, self.var / "mail")
        code = step("the invitation comes by mail", invite)
        self.phone: Phone = step("the phone makes its key and enrols", partial(company.phone_of, code))
        self.device = step("an operator confirms the phone", partial(company.confirm, self.henri))

    def doors(self) -> None:
        """Three readers on their lines."""
        for door in DOORS:
            pair = partial(self.company.pair, door)
            self.readers[door] = self.report.step(f"a reader is paired: {door}", pair)
        self.report.step("the readers are up to date", self._all_ready)

    def codes(self) -> None:
        """What opens and what does not."""
        step, check = self.report.step, self.report.check
        self.old = step("the phone shows a code that will grow old", self.phone.new_code)
        minted = time.monotonic()
        code = step("the next code is drawn as a picture and read from it", self._photographed)
        front = self.readers[DOORS[0]]
        check("shown at the front door", partial(self._opens, front, code))
        check("the same code again", partial(_refused, front, code, "replayed"))
        check("at another door", partial(_refused, self.readers[DOORS[1]], code, "replayed"))
        check("with one bit flipped", partial(_refused, front, flipped(code), "bad_seal"))
        check("a code of another company", partial(self._foreign, front))
        check("outside the schedule", self._outside)
        check("an expired code", partial(self._expired, front, minted))

    def revocation(self) -> None:
        """A revoked phone is dead at every reader."""
        fresh = self.report.step("the phone shows one more code", self.phone.new_code)
        self.report.step("the phone is revoked", self._revoke, tell=True)
        check = self.report.check
        check("its code, shown now", partial(_refused, self.readers[DOORS[0]], fresh, "device_revoked"))
        check("asked for another code", self._no_more_codes)
        check("the console says", partial(self._console_says, len(DOORS)))

    def record(self) -> None:
        """The record holds."""
        self.report.check("the readers have countersigned the record", self._witnessed)
        self.report.check("the record is verified from its rows", self._verified)

    def _all_ready(self) -> None:
        for reader in self.readers.values():
            reader.wait_ready()

    def _photographed(self) -> str:
        code = self.phone.new_code()
        expect(picture.read(picture.draw(code)), code, "digits in the picture")
        return code

    def _opens(self, reader: Reader, code: str) -> str:
        verdict = reader.scan(code)
        expect((verdict["granted"], verdict["reason"]), (True, "granted"), "verdict")
        reader.opened()
        return "opened"

    def _foreign(self, reader: Reader) -> str:
        other = self.other
        other.sign_up()
        other.sign_in()
        person = other.add_person("Fremde Person")
        phone = other.phone_of(other.invite_at_desk(person))
        other.confirm(person)
        return _refused(reader, phone.new_code(), "wrong_company")

    def _outside(self) -> str:
        return _refused(self.readers[SHUT_DOOR], self.phone.new_code(), "outside_schedule")

    def _expired(self, reader: Reader, minted: float) -> str:
        time.sleep(max(0.0, minted + LIFE_SECONDS + LEEWAY_SECONDS - time.monotonic()))
        return _refused(reader, self.old, "expired")

    def _revoke(self) -> str:
        before = {door: reader.point for door, reader in self.readers.items()}
        press = self.company.revoke(self.henri, self.device)
        began = time.monotonic()
        press()
        took = {door: reader.wait_applied(before[door]) - began for door, reader in self.readers.items()}
        return ", ".join(
            f"{door} acknowledged after {seconds * 1000:.0f} ms" for door, seconds in took.items()
        )

    def _no_more_codes(self) -> str:
        answer = self.phone.request("POST", "/api/v1/wallet/codes", {})
        expect(answer.status_code in {401, 403}, True, f"refusal (it answers {answer.status_code})")
        return f"refused, {answer.json()['code']}"

    def _console_says(self, readers: int) -> str:
        wanted = f"{readers} of {readers}"
        return until(lambda: self.company.progress(self.device), lambda said: wanted in said)

    def _witnessed(self) -> str:
        counts = until(lambda: [len(reader.witnessed) for reader in self.readers.values()], all)
        return f"{sum(counts)} signatures under checkpoints"

    def _verified(self) -> str:
        command = [sys.executable, "manage.py", "ledger", "verify", "--company", self.company.subdomain]
        env = {**os.environ, "SALLYPORT_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Mismatch((done.stdout + done.stderr).strip()[-300:])
        return "; ".join(line.strip() for line in done.stdout.splitlines() if line.strip())


def _refused(reader: Reader, code: str, reason: str) -> str:
    verdict = reader.scan(code)
    expect((verdict["granted"], verdict["reason"]), (False, reason), "verdict")
    return f"refused, {reason}: “{verdict['text']}”"


def flipped(code: str) -> str:
    """The code with one bit of one digit turned, so that it stays a digit."""
    turned = str(int(code[FLIPPED_DIGIT]) ^ 1)
    return code[:FLIPPED_DIGIT] + turned + code[FLIPPED_DIGIT + 1 :]


def until(ask: Callable[[], T], holds: Callable[[T], bool], seconds: float = 10) -> T:
    """Ask until the answer holds; the last answer is told when it never does."""
    limit = time.monotonic() + seconds
    while True:
        found = ask()
        if holds(found):
            return found
        if time.monotonic() > limit:
            raise Mismatch(str(found))
        time.sleep(0.1)
