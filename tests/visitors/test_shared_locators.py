"""Visits whose codes begin alike: nobody is locked out by what others type rightly."""

import pytest

from credentials import short_codes
from tests.visitors.build import BY, Reception
from visitors.models import Visit
from visitors.refusals import Refused
from visitors.services import codes
from visitors.services.inviting import resend

pytestmark = pytest.mark.django_db


def _alike(desk: Reception, count: int) -> list[Visit]:
    made = [desk.visit(name=f"Guest {n}", email=f"g{n}@guest.example") for n in range(count)]
    for visit in made:
        visit.code_locator = "ABC"
        visit.code_hash = codes._hash(codes.code_of(visit))
        visit.save(update_fields=["code_locator", "code_hash"])
    return made


def _tries(visit: Visit) -> int:
    return Visit.objects.get(pk=visit.pk).code_attempts


def test_right_codes_of_others_lock_nobody_out(desk: Reception) -> None:
    late, *others = _alike(desk, codes.TRIES + 3)
    for visit in others:
        assert codes.find(codes.code_of(visit)) == visit
    assert _tries(late) == 0
    assert codes.find(codes.code_of(late)) == late


def test_wrong_ones_count_against_all_and_a_right_one_takes_none_of_them_off(desk: Reception) -> None:
    one, other = _alike(desk, 2)
    for _ in range(codes.TRIES):
        with pytest.raises(Refused, match="code_wrong"):
            codes.find("ABC00000")
    with pytest.raises(Refused, match="code_exhausted"):
        codes.find(codes.code_of(one))
    assert _tries(other) == codes.TRIES
    with pytest.raises(Refused, match="code_exhausted"):
        codes.find(codes.code_of(other))


def test_a_locator_that_visits_hold_is_not_drawn_while_another_is_free(
    desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    _alike(desk, 2)
    drawn = iter(["ABC"] * (codes.DRAWS - 1) + ["XYZ"])
    monkeypatch.setattr(short_codes, "random_locator", lambda: next(drawn))
    assert desk.visit(name="New", email="new@guest.example").code_locator == "XYZ"


def test_a_code_sent_anew_may_be_typed_again(desk: Reception) -> None:
    visit = desk.visit()
    Visit.objects.filter(pk=visit.pk).update(code_attempts=codes.TRIES)
    with pytest.raises(Refused, match="code_exhausted"):
        codes.find(codes.code_of(visit))
    resend(visit=visit, by=BY)
    assert codes.find(codes.code_of(visit)) == visit
