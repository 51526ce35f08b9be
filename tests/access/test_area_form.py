"""What an area's readers do without network: asked in the console, told in the record, warned of in words."""

import html
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from access import services
from access.models import Area
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.access.build import BY, building
from tests.fixtures.console import SignIn

WARNING = "during an outage a stolen phone that is unlocked opens its doors"


@pytest.fixture
def area(in_acme: CompanyRef) -> Area:
    return building().area


@pytest.fixture
def alice(signed_in: SignIn) -> Client:
    return signed_in("alice")


def filled(area: Area, **other: Any) -> dict[str, Any]:
    given = {"site": area.site_id, "name": area.name, "assurance": 1, "unlock_age_minutes": ""}
    given |= {"offline_mode": "as_online", "offline_trust_hours": 24, "passback": "off"}
    return given | {"equal_way": "", "face_match": "standard"} | other


def save(client: Client, area: Area, **other: Any) -> list[str]:
    """The form sent; the notices that it leaves."""
    answer = client.post(f"/doors/areas/{area.pk}/edit/", filled(area, **other))
    assert answer.status_code == 302, answer.content
    return [str(one) for one in get_messages(answer.wsgi_request)]


def last_deed(verb: str) -> dict[str, Any]:
    data: dict[str, Any] = LedgerEntry.objects.filter(verb=verb).latest("at").data
    return data


def test_what_happens_without_network_is_asked_in_words(alice: Client, area: Area) -> None:
    page = html.unescape(alice.get(f"/doors/areas/{area.pk}/edit/").content.decode())
    for words in (
        "Nobody passes",
        "As with network; where a face is asked for, nobody passes",
        "The code alone opens",
        "Code + phone unlock opens",
        "a stolen phone that is unlocked opens its doors during an outage",
        "a phone that was revoked during the outage still passes",
        "72 hours",
    ):
        assert words in page, words
    assert '<option value="as_online" selected>' in page
    assert '<option value="24" selected>' in page


def test_the_choice_is_kept_and_on_record(alice: Client, area: Area) -> None:
    assert save(alice, area, offline_mode="code_unlock", offline_trust_hours=72) == []
    area.refresh_from_db()
    assert (area.offline_mode, area.offline_trust_hours) == ("code_unlock", 72)
    assert last_deed("area_edited") == {"offline_mode": "code_unlock", "offline_trust_hours": 72}
    page = alice.get(f"/doors/areas/{area.pk}/edit/").content.decode()
    assert '<option value="code_unlock" selected>' in page
    assert '<option value="72" selected>' in page


def test_a_new_area_is_asked_the_same(alice: Client, area: Area) -> None:
    form = filled(area, name="Vault", offline_mode="refuse", offline_trust_hours=4)
    assert alice.post("/doors/areas/add/", form).status_code == 302
    made = Area.objects.get(name="Vault")
    assert (made.offline_mode, made.offline_trust_hours) == ("refuse", 4)
    told = last_deed("area_added")
    assert (told["offline_mode"], told["offline_trust_hours"]) == ("refuse", 4)
    assert (told["unlock_age_minutes"], told["door_challenge"]) == (None, False)


def test_an_area_made_without_a_word_has_the_default(area: Area) -> None:
    made = services.add_area(site=area.site, name="Plain", assurance=1, by=BY)
    assert (made.offline_mode, made.offline_trust_hours) == ("as_online", 24)
    assert last_deed("area_added")["offline_mode"] == "as_online"


@pytest.mark.parametrize(
    ("assurance", "mode", "warned"),
    [
        (3, "code", True),
        (3, "code_unlock", True),
        (4, "code_unlock", True),
        (3, "as_online", False),
        (3, "refuse", False),
        (2, "code", False),
    ],
)
def test_a_face_area_that_opens_without_one_is_warned_of(
    alice: Client, area: Area, assurance: int, mode: str, warned: bool
) -> None:
    notices = save(alice, area, assurance=assurance, offline_mode=mode, equal_way="Ring.")
    assert sum(WARNING in one for one in notices) == warned


@pytest.mark.parametrize(
    "wrong", [{"offline_mode": "open"}, {"offline_mode": ""}, {"offline_trust_hours": 25}]
)
def test_other_choices_are_refused(alice: Client, area: Area, wrong: dict[str, Any]) -> None:
    answer = alice.post(f"/doors/areas/{area.pk}/edit/", filled(area, **wrong))
    assert answer.status_code == 422
    area.refresh_from_db()
    assert (area.offline_mode, area.offline_trust_hours) == ("as_online", 24)
