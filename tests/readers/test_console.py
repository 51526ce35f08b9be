"""Readers in the console: what is shown, what the forms do, what they refuse."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from access.models import AccessPoint
from readers import services
from readers.models import Pairing, Reader, ReaderKind, ReaderState
from tenants.refs import CompanyRef
from tests.fixtures.console import sign_in_as
from tests.readers.conftest import lay_door
from tests.readers.pretend import Pretend


@pytest.fixture
def alice(in_acme: CompanyRef) -> Client:
    return sign_in_as("alice")


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_empty_list_says_what_to_do(alice: Client) -> None:
    assert "Hang a tablet at a door" in text(alice.get("/readers/"))


def test_the_list_shows_how_each_reader_is(
    alice: Client, dora: Pretend, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        page = text(alice.get("/readers/"))
    assert "Dora" in page
    assert "Front (entry)" in page
    partial = alice.get("/readers/", headers={"HX-Request": "true"}).content
    assert b"<html" not in partial
    assert b"Dora" in partial


def test_a_code_is_drawn_shown_and_its_pairing_followed(
    alice: Client, in_acme: CompanyRef, front_door: AccessPoint
) -> None:
    form = {"name": "Dora", "access_point": front_door.handle, "kind": "browser"}
    page = alice.post("/readers/pair/", form)
    assert page.status_code == 200
    code = re.search(r'aria-label="([0-9A-Z]{4}-[0-9A-Z]{4})"', page.content.decode())
    assert code is not None
    pairing = Pairing.objects.get()
    assert pairing.created_by.startswith("operator:")
    address = f"/readers/pair/{pairing.pk}/"
    assert "Waiting for the reader" in text(alice.get(address))

    proof = Pretend(in_acme).proof(code[1])
    services.pair(company=in_acme.uid, proof=proof, now=timezone.now())
    assert "Paired. Dora is reader number 1." in text(alice.get(address))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "required"),
        ({"access_point": "999"}, "valid choice"),
        ({"kind": "toaster"}, "valid choice"),
        ({"name": "Dora"}, "Another reader has this name"),
    ],
)
def test_a_form_that_is_wrong_says_where(
    alice: Client, dora: Pretend, front_door: AccessPoint, change: dict[str, str], says: str
) -> None:
    form = {"name": "Dock", "access_point": front_door.handle, "kind": "browser"}
    answer = alice.post("/readers/pair/", form | change)
    assert answer.status_code == 422
    assert says in text(answer)
    assert Pairing.objects.count() == 1  # Dora's own


def test_a_reader_is_renamed_and_moved(alice: Client, dora: Pretend) -> None:
    dock = lay_door("Dock")
    answer = alice.post(f"/readers/{dora.handle}/edit/", {"name": "Gate", "access_point": dock.handle})
    assert answer.status_code == 302
    row = Reader.objects.get()
    assert (row.name, row.access_point_id) == ("Gate", dock.handle)
    assert "Gate" in text(alice.get(f"/readers/{dora.handle}/"))


def test_suspend_resume_and_retire(alice: Client, dora: Pretend) -> None:
    for deed, state in (("suspend", "suspended"), ("resume", "active"), ("retire", "retired")):
        assert alice.post(f"/readers/{dora.handle}/{deed}/").status_code == 302
        assert Reader.objects.get().state == state
    assert "stays retired" in text(alice.post(f"/readers/{dora.handle}/resume/", follow=True))
    assert Reader.objects.get().state == ReaderState.RETIRED


def test_an_alarm_is_shown_and_cleared(alice: Client, dora: Pretend) -> None:
    services.raise_fork_alarm(reader=dora.handle, number=3, now=timezone.now())
    assert "two histories" in text(alice.get(f"/readers/{dora.handle}/"))
    alice.post(f"/readers/{dora.handle}/clear-alarm/")
    assert Reader.objects.get().fork_alarm_at is None


def test_who_may_only_look_sees_no_deeds(dora: Pretend) -> None:
    bob = sign_in_as("bob")
    assert "Pair a reader" not in text(bob.get("/readers/"))
    assert b"data-opens" not in bob.get(f"/readers/{dora.handle}/").content


def test_pairing_again_offers_the_old_name_and_place(alice: Client, dora: Pretend) -> None:
    page = alice.get(f"/readers/pair/?replaces={dora.handle}").content.decode()
    assert 'value="Dora"' in page
    assert "selected" in page
    for wrong in ("999", "x", "-1", "9" * 30):
        assert alice.get(f"/readers/pair/?replaces={wrong}").status_code == 404


def test_a_key_is_renewed_at_a_wish(alice: Client, dora: Pretend) -> None:
    address = f"/readers/{dora.handle}/"
    page = alice.get(address)
    assert b"Renew key" in page.content
    assert re.search(r"Key Ed25519 [0-9a-f]{16} since", text(page))
    assert "renews its key when it is next heard" in text(alice.post(f"{address}renew/", follow=True))
    page = alice.get(address)
    assert b"Renew key" not in page.content
    assert "is renewed when the reader is next heard" in text(page)


def test_a_page_keeps_its_key(alice: Client, dora: Pretend) -> None:
    Reader.objects.update(kind=ReaderKind.BROWSER)
    address = f"/readers/{dora.handle}/"
    assert b"Renew key" not in alice.get(address).content
    assert "A reader page keeps its key" in text(alice.post(f"{address}renew/", follow=True))


def test_who_may_only_look_renews_nothing(dora: Pretend) -> None:
    bob = sign_in_as("bob")
    address = f"/readers/{dora.handle}/"
    assert b"Renew key" not in bob.get(address).content
    assert bob.post(f"{address}renew/").status_code == 403
