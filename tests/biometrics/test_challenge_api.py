"""Challenges through the session API as a phone signs them, with dlib's engine.

Persons and attacks are drawn: all but the engine is synthetic, and says what the rules do, not what a camera
sees.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.utils import timezone

from bench.liveness_actors import Actor, Dice, Injected, Person, Print, Recorded, Replayed, Swapped
from biometrics.liveness.kinds import Kind
from biometrics.models import FaceSession, Supervision
from biometrics.services.templates import Enrolment, keep_template, model_of
from credentials.models import DeviceUse, Holder
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.biometrics.drawn import Booth, enrolled_face, somebody_else, stage
from tests.compliance.build import agree, publish, ready, whom
from tests.credentials.phone import ALICE, Phone, enrolled, henri

PERSON = "astronaut"


@pytest.fixture
def holder(in_acme: CompanyRef) -> Holder:
    """Who has agreed, and whose face (the drawn astronaut's) was enrolled at a desk."""
    ready()
    holder = henri()
    consent = agree(holder, publish()[0])
    made = Enrolment(
        enrolled_face().astype("f8"), model_of(stage().engine.model), Supervision.ATTENDED, ALICE
    )
    keep_template(person=whom(holder), enrolment=made, consent=consent.pk, now=timezone.now())
    return holder


@pytest.fixture
def booth(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> Booth:
    booth = Booth(enrolled(holder, Phone())[0])
    booth.take_place(monkeypatch, seed=17)  # one whose turns are to her left, where she shows more of one
    return booth


def astronaut(dice: Dice) -> Person:
    return Person(stage().people[0], dice)


def unlocked(holder: Holder) -> bool:
    handles = list(holder.devices.values_list("handle", flat=True))
    return DeviceUse.objects.filter(device__in=handles, unlocked_ms__gt=0).exists()


def kinds() -> list[str]:
    """Why captures failed, as the record has it; the newest last."""
    rows = LedgerEntry.objects.filter(verb="face_failed").order_by("at", "id")
    return [row.data["kind"] for row in rows]


def refused(told: dict[str, Any], holder: Holder, code: str, *of: str) -> None:
    """The person hears one code, the record holds the kind, and nothing is unlocked."""
    assert (told["phase"], told["code"], told["step"]) == ("failed", code, None)
    assert set(told) == {"phase", "step", "done", "of", "sequence", "hint", "code"}
    assert kinds()[-1] in of
    last = FaceSession.objects.order_by("-begun_at")[0]
    assert last.outcome == kinds()[-1]
    assert not unlocked(holder)


def genuine(booth: Booth) -> dict[str, Any]:
    dice = stage().dice(PERSON)
    return booth.capture(astronaut(dice), dice)


def test_a_synthetic_person_unlocks_the_phone(booth: Booth, holder: Holder) -> None:
    told = genuine(booth)
    assert (told["phase"], told["done"]) == ("passed", told["of"]), kinds()
    assert told["unlocked_until"] > booth.now
    assert unlocked(holder)
    assert kinds() == []


def test_a_flat_print_does_not(booth: Booth, holder: Holder) -> None:
    dice = stage().dice("print")
    told = booth.capture(Print(stage().people[0], dice), dice)
    refused(told, holder, "liveness_failed", Kind.NO_TURN, Kind.FACE_LOST, Kind.NO_FLASH, Kind.A_SHEET)


def _replayed(film: Sequence[Recorded], dice: Dice) -> Actor:
    return Replayed(film, dice, anew=False)


def _anew(film: Sequence[Recorded], dice: Dice) -> Actor:
    return Replayed(film, dice, anew=True)


def _shuffled(film: Sequence[Recorded], dice: Dice) -> Actor:
    return Injected(film, dice, picked=False)


def _picked(film: Sequence[Recorded], dice: Dice) -> Actor:
    return Injected(film, dice, picked=True)


def test_frames_of_an_earlier_capture_do_not(booth: Booth, holder: Holder) -> None:
    """That very person's, which passed: as they were, encoded anew, in another order, picked by step."""
    assert genuine(booth)["phase"] == "passed"
    film = booth.film
    DeviceUse.objects.update(unlocked_ms=0)
    shows: dict[str, Callable[[Sequence[Recorded], Dice], Actor]] = {
        "replayed": _replayed,
        "anew": _anew,
        "shuffled": _shuffled,
        "picked": _picked,
    }
    for name, show in shows.items():
        dice = stage().dice(name)
        told = booth.capture(show(film, dice), dice)
        repeated = (Kind.FRAME_REPEATED, Kind.JUMPED, Kind.WRONG_TURN, Kind.NO_TURN, Kind.TOO_SOON)
        refused(told, holder, "liveness_failed", *repeated)
    assert kinds()[0] == Kind.FRAME_REPEATED
    assert len(kinds()) == len(shows)


def test_another_person_who_steps_in_does_not(booth: Booth, holder: Holder) -> None:
    dice = stage().dice("swapped")
    told = booth.capture(Swapped(stage().people[0], dice, somebody_else()), dice)
    refused(told, holder, "liveness_failed", Kind.OTHER_FACE)


def test_another_person_who_follows_every_step_does_not(booth: Booth, holder: Holder) -> None:
    """Lively, and somebody else."""
    dice = stage().dice("other")
    told = booth.capture(Person(somebody_else(), dice), dice)
    refused(told, holder, "face_mismatch", "face_mismatch")
