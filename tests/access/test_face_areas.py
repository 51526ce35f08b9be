"""Areas that ask for a face: the way in without one, what the form says and warns of, and its reads."""

import html
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from access import services
from access.face_texts import UNMEASURED, face_match_help
from access.models import Area
from access.selectors import FaceWay, face_areas, face_way
from biometrics.engine import dlib_engine
from biometrics.engine.choice import DLIB, MODEL_NAMES, ONNX, Choice
from biometrics.engine.interface import Model
from biometrics.engine.thresholds import Strictness, threshold
from ledger.models import PolicyChange
from tenants.context import CompanyRef
from tests.access.build import BY, Building, building
from tests.access.test_area_form import filled, last_deed, save
from tests.compliance.build import publish, ready
from tests.fixtures.console import SignIn

RING = "Ring at reception, ground floor."
NO_WAY = "Say how people come in without a face"
NOT_OPEN = "the company has not opened faces yet"
pytestmark = pytest.mark.django_db


@pytest.fixture
def house(in_acme: CompanyRef) -> Building:
    return building()


@pytest.fixture
def alice(signed_in: SignIn) -> Client:
    return signed_in("alice")


def shown(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


@pytest.mark.parametrize("assurance", [3, 4])
@pytest.mark.parametrize("way", ["", "   ", "\t\u2003\n"])
def test_no_face_without_another_way_in(alice: Client, house: Building, assurance: int, way: str) -> None:
    for path in (f"/doors/areas/{house.area.pk}/edit/", "/doors/areas/add/"):
        answer = alice.post(path, filled(house.area, name="Lab", assurance=assurance, equal_way=way))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["equal_way"]
        assert NO_WAY in answer.content.decode()
    assert not face_areas().exists()
    assert Area.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"equal_way": "x" * 161}, {"face_match": "low"}, {"face_match": ""}])
def test_what_else_is_refused(alice: Client, house: Building, wrong: dict[str, str]) -> None:
    values = {"assurance": 3, "equal_way": RING} | wrong
    answer = alice.post(f"/doors/areas/{house.area.pk}/edit/", filled(house.area, **values))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert NO_WAY not in answer.content.decode()


def test_an_area_without_a_face_needs_none(alice: Client, house: Building) -> None:
    assert save(alice, house.area, assurance=2) == []
    house.area.refresh_from_db()
    assert (house.area.equal_way, house.area.face_match) == ("", "standard")


def test_both_are_kept_on_record_and_shown(alice: Client, house: Building) -> None:
    values = {"assurance": 4, "equal_way": RING, "face_match": "high"}
    save(alice, house.area, **values | {"equal_way": f"  {RING} "})
    assert last_deed("area_edited") == values
    page = shown(alice, f"/doors/areas/{house.area.pk}/edit/")
    assert f'value="{RING}"' in page
    assert '<option value="high" selected>' in page
    assert f"Without a face: {RING}" in shown(alice, "/doors/")
    alice.post("/doors/areas/add/", filled(house.area, **values | {"name": "Vault"}))
    added = last_deed("area_added")
    assert {name: added[name] for name in values} == values


def test_only_the_policy_of_what_is_asked_moves(house: Building) -> None:
    services.edit_area(area=house.area, by=BY, assurance=3, equal_way=RING)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    PolicyChange.objects.all().delete()  # one transaction has one number
    services.edit_area(area=house.area, by=BY, equal_way="Ring twice.", face_match="high")
    assert not PolicyChange.objects.exists()
    services.edit_area(area=house.area, by=BY, assurance=4)
    assert PolicyChange.objects.get().kind == "area"


def test_the_database_wants_the_other_way_too(house: Building) -> None:
    with pytest.raises(IntegrityError, match="area_equal_way_where_face"), transaction.atomic():
        Area.objects.update(assurance=3)
    with pytest.raises(ValidationError, match="needs a way in without one"):
        services.edit_area(area=house.area, by=BY, assurance=4)
    Area.objects.update(assurance=3, equal_way=RING)
    with pytest.raises(IntegrityError, match="area_equal_way_where_face"), transaction.atomic():
        Area.objects.update(equal_way="")


def test_areas_of_before_are_filled(house: Building) -> None:
    """The migration's own statement, on rows as they stood, and the table altered in the same transaction."""
    migration = import_module("access.migrations.0008_equal_way")
    plain = services.add_area(site=house.site, name="Plain", assurance=2, by=BY)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE access_area DROP CONSTRAINT area_equal_way_where_face")
        cursor.execute("UPDATE access_area SET assurance = 4 WHERE id = %s", [house.area.pk])
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in migration.FILL:
            cursor.execute(statement)
        cursor.execute(
            "ALTER TABLE access_area ADD CONSTRAINT again CHECK (assurance < 3 OR equal_way <> '')"
        )
    assert Area.objects.get(pk=house.area.pk).equal_way == "Ask at reception."
    assert Area.objects.get(pk=plain.pk).equal_way == ""


@pytest.mark.parametrize(
    ("assurance", "open_", "warned"), [(3, False, 1), (4, False, 1), (3, True, 0), (2, False, 0)]
)
def test_faces_that_nobody_can_enrol_are_warned_of(
    alice: Client, house: Building, assurance: int, open_: bool, warned: int
) -> None:
    if open_:
        ready()
        publish()
    told = save(alice, house.area, assurance=assurance, equal_way=RING)
    assert sum(NOT_OPEN in one for one in told) == warned
    alice.get("/doors/")  # whoever reads a notice has read it
    assert (NOT_OPEN in shown(alice, "/doors/")) == bool(warned)


def test_what_each_step_leaves_is_said(alice: Client, house: Building) -> None:
    page = shown(alice, f"/doors/areas/{house.area.pk}/edit/")
    for words in (
        "Whoever holds the phone passes, locked or not",
        "a good photograph of the holder before the camera passes",
        "one drawn turn of the head",
        "a bent print or one worn as a mask, a screen that answers each step, and a film",
        "not yet on living people",
    ):
        assert words in page, words


def test_the_match_is_told_by_our_own_figures(alice: Client, house: Building) -> None:
    page = shown(alice, f"/doors/areas/{house.area.pk}/edit/")
    for strictness, name in ((Strictness.STANDARD, "Standard"), (Strictness.HIGH, "High")):
        known = threshold(Model(dlib_engine.NAME, "", 0), strictness)
        assert known.false_accepts == 0
        for words in (
            f"{name}: of {known.impostors:,} comparisons with somebody else 0 passed; of {known.genuine} "
            f"with the right person {known.false_refusals} ({100 * known.frr:.1f} %) were refused.",
            f"0 of {known.impostors:,} is not a rate of zero",
            "a rate of up to 0.025 % would still show none 1 time in 20",
            f"Measured by us on {known.measured.day} November {known.measured.year}: {known.data}.",
        ):
            assert words in page, words


def test_figures_are_read_and_a_rate_is_told_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from biometrics.engine import thresholds

    of_dlib = thresholds._THRESHOLDS[dlib_engine.NAME]
    other = dataclasses.replace(of_dlib[Strictness.STANDARD], false_accepts=3)
    monkeypatch.setitem(of_dlib, Strictness.STANDARD, other)
    told = face_match_help(Choice())
    assert "Standard: of 12,000 comparisons with somebody else 3 (0.025 %) passed" in told
    assert told.count("is not a rate of zero") == 1
    monkeypatch.setitem(of_dlib, Strictness.HIGH, other)
    assert "is not a rate of zero" not in face_match_help(Choice())


def test_an_engine_without_figures_says_so() -> None:
    onnx = Choice(ONNX, "/d", "0" * 64, "/r", "0" * 64)
    assert face_match_help(onnx) == UNMEASURED
    assert MODEL_NAMES[DLIB] == dlib_engine.NAME


def test_the_choices_are_those_of_the_engine() -> None:
    assert Area.FaceMatch.values == [one.value for one in Strictness]


def test_what_a_door_asks_of_a_face(house: Building) -> None:
    front = house.front_point.handle
    for nothing in (front, 999_999):
        with pytest.raises(LookupError):
            face_way(nothing)
    services.edit_area(area=house.area, by=BY, assurance=3, equal_way=RING)
    assert face_way(front) == FaceWay(house.area.pk, RING, Strictness.STANDARD, challenge=False)
    services.edit_area(area=house.area, by=BY, assurance=4, face_match="high")
    assert face_way(front) == FaceWay(house.area.pk, RING, Strictness.HIGH, challenge=True)
    assert face_way(house.dock_point.handle) == face_way(front)
    services.add_area(site=house.site, name="Plain", assurance=2, by=BY)
    assert list(face_areas()) == [house.area]


def older(house: Building, **values: Any) -> None:
    """A row as a process writes it that does not know the new columns."""
    columns: dict[str, Any] = {"site_id": house.site.pk, "name": "Older", "assurance": 2}
    columns |= {
        "door_challenge": False,
        "lockdown": False,
        "offline_mode": "as_online",
        "offline_trust_hours": 24,
    } | values
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(columns))
        names = ", ".join(columns)
        cursor.execute(f"INSERT INTO access_area ({names}) VALUES ({places})", list(columns.values()))


def test_an_older_process_adds_areas_but_none_with_a_face(house: Building) -> None:
    older(house)
    made = Area.objects.get(name="Older")
    assert (made.equal_way, made.face_match) == ("", "standard")
    with pytest.raises(IntegrityError, match="area_equal_way_where_face"), transaction.atomic():
        older(house, name="Vault", assurance=3)
