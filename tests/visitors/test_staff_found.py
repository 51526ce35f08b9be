"""A host is found by name, however many visitors are called alike."""

import pytest

from credentials.models import Holder, HolderKind
from credentials.names import holder_names
from credentials.services import add_holder, offboard_holder
from tests.visitors.build import BY, Reception
from tests.visitors.kiosk import Tablet
from visitors import staff
from visitors.coming import staff_named
from visitors.services.handing_in import _host
from visitors.services.leaving import find_hosts

pytestmark = pytest.mark.django_db
CROWD = 12


def _add(name: str, kind: HolderKind) -> Holder:
    return add_holder(name=name, kind=kind, by=BY)


@pytest.fixture
def nadia(desk: Reception, monkeypatch: pytest.MonkeyPatch) -> Holder:
    """A contractor among guests who are called as she is, and come before her in the order of names."""
    for _ in range(CROWD):
        _add("Nadia Novak", HolderKind.VISITOR)
    found = _add("Nadia Novák", HolderKind.CONTRACTOR)
    search = holder_names.search

    def near(term: str, *, limit: int = 50, among: set[int] | None = None) -> list[int]:
        return search(term, limit=min(limit, CROWD), among=among)

    monkeypatch.setattr(holder_names, "search", near)  # as a file of 10,000 guests would crowd them out
    return found


def test_a_kiosk_finds_them(desk: Reception, nadia: Holder) -> None:
    kiosk = Tablet.paired(desk.place.site).kiosk
    assert find_hosts(kiosk=kiosk, term="nadia") == [nadia]
    assert find_hosts(kiosk=kiosk, term="nadja novak") == [nadia]  # a slip of the finger


def test_reception_finds_them(nadia: Holder) -> None:
    assert [one.id for one in staff_named("nad")] == [nadia.pk]
    assert staff_named("n") == []


def test_what_was_typed_without_network_finds_them(nadia: Holder) -> None:
    assert _host("NADIA novak") == nadia
    assert _host("nadia") is None
    assert _host(" ") is None


def test_of_two_with_one_name_nobody_is_taken(nadia: Holder) -> None:
    other = _add("Nadia Novak", HolderKind.EMPLOYEE)
    assert _host("Nadia Novak") is None
    offboard_holder(holder=other, by=BY)
    assert _host("Nadia Novak") == nadia
    assert staff.staff_like("nadia", 5) == [nadia]
