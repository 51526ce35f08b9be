"""The index of names: search as people type, order as people read, fresh as the version says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import context
from tenants.refs import CompanyRef
from vault.names import NameEntry, NameIndex, fold

PEOPLE = ["Henri Dubois", "Zoë Ångström", "Anna-Lena Müller", "Bob Henrikson", "Jürgen Groß", "anna Schmidt"]


class Rows:
    """Rows of one company, counted loads."""

    def __init__(self, names: list[str]) -> None:
        self.rows = dict(enumerate(names, start=1))
        self.changed: dict[int, str | None] = {}
        self.now = 1
        self.loads = [0, 0]

    def all(self) -> list[NameEntry]:
        self.loads[0] += 1
        return [NameEntry(handle, name) for handle, name in self.rows.items()]

    def since(self, version: int) -> list[NameEntry]:
        self.loads[1] += 1
        return [NameEntry(handle, name) for handle, name in self.changed.items()]

    def index(self) -> NameIndex:
        return NameIndex(load_all=self.all, load_changed=self.since, version=lambda: self.now)


@pytest.fixture
def rows() -> Rows:
    return Rows(PEOPLE)


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("henri", [1, 4]),
        ("HENRI D", [1]),
        ("zoe", [2]),
        ("angstrom", [2]),
        ("muller", [3]),
        ("anna", [6, 3]),
        ("lena", [3]),
        ("gross", [5]),
        ("dub henri", [1]),
        ("henrisson", [4]),
        ("duboys", [1]),
        ("hneri", [1]),
        ("shcmidt", [6]),
        ("xyzw", []),
        ("%", []),
    ],
)
def test_search(in_acme: CompanyRef, rows: Rows, term: str, found: list[int]) -> None:
    assert sorted(rows.index().search(term)) == sorted(found)


def test_the_best_comes_first(in_acme: CompanyRef, rows: Rows) -> None:
    assert rows.index().search("henri")[0] == 1
    assert rows.index().search("henri", limit=1) == [1]


def test_order(in_acme: CompanyRef, rows: Rows) -> None:
    index = rows.index()
    assert [index.name(h) for h in index.ordered()] == sorted(PEOPLE, key=fold)
    assert index.ordered(offset=1, limit=2) == index.ordered()[1:3]
    assert index.ordered(among={4, 1}) == [4, 1]
    assert index.ordered(down=True) == index.ordered()[::-1]
    assert index.search("") == index.ordered()
    assert index.names([1, 99]) == {1: "Henri Dubois"}


def test_only_what_changed_is_read_again(in_acme: CompanyRef, rows: Rows) -> None:
    index = rows.index()
    index.ordered()
    index.ordered()
    assert rows.loads == [1, 0]
    rows.changed = {1: "Aaron First", 2: None, 9: "New One"}
    rows.now = 2
    assert index.ordered()[0] == 1
    assert index.name(2) is None
    assert index.search("angstrom") == []
    assert index.search("new") == [9]
    assert rows.loads == [1, 1]
    index.drop(in_acme.id)
    index.ordered()
    assert rows.loads == [2, 1]


def test_companies_are_apart(acme: CompanyRef, globex: CompanyRef, rows: Rows) -> None:
    other = Rows(["Only Globex"])

    def load() -> list[NameEntry]:
        return (rows if context.current() == acme else other).all()

    index = NameIndex(
        load_all=load,
        load_changed=lambda since: [],
        version=lambda: 1,
    )
    with context.enter(acme):
        assert len(index.ordered()) == len(PEOPLE)
    with context.enter(globex):
        assert [index.name(h) for h in index.ordered()] == ["Only Globex"]
        assert index.search("henri") == []


@given(st.text(max_size=40))
def test_folding_is_steady(text: str) -> None:
    assert fold(fold(text)) == fold(text)
