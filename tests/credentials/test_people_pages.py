"""The console's pages of people: lists, forms, deeds."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credentials.models import Device, DeviceState, Holder, HolderState, Invitation
from credentials.selectors import Wanted, live_credential, people
from credentials.services import edit_holder, offboard_holder, suspend_holder
from ledger.models import LedgerEntry, Outbox
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, enrolled, henri
from tests.fixtures.console import SignIn

FORM = {"name": "Henri Holder", "email": "henri@acme.example", "kind": "EMPLOYEE", "language": "fr"}


@pytest.fixture
def alice(signed_in: SignIn) -> Client:
    return signed_in("alice")


def page_of(client: Client, address: str = "/people/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def committed() -> None:
    """Let the policy's trigger run now, as at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_empty_list_says_what_to_do(acme: CompanyRef, alice: Client, signed_in: SignIn) -> None:
    assert 'href="/people/add/"' in page_of(alice)
    assert "/people/add/" not in page_of(signed_in("bob"))


def test_a_person_is_added_and_invited(acme: CompanyRef, alice: Client) -> None:
    answer = alice.post("/people/add/", FORM | {"invite": "1", "ends": "2030-01-02T03:04"})
    with enter(acme):
        (holder,) = Holder.objects.all()
        credential = live_credential(holder)
        assert credential is not None
        assert credential.valid_until == dt.datetime(2030, 1, 2, 3, 4, tzinfo=dt.UTC)
        assert (holder.name, holder.language) == ("Henri Holder", "fr")
        assert Outbox.objects.filter(topic="mail.invitation").count() == 1
        assert LedgerEntry.objects.get(verb="holder_added").actor.startswith("operator:")
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{holder.pk}/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "This field is required."),
        ({"name": "a\x07b"}, "Use ordinary characters."),
        ({"email": "henri"}, "Enter a valid email address."),
        ({"kind": "VISITOR"}, "Select a valid choice."),
        ({"begins": "2030-01-02T00:00", "ends": "2030-01-01T00:00"}, "This is not after the beginning."),
        ({"email": "taken@acme.example"}, "Somebody else with this mail address is already here."),
    ],
)
def test_a_form_says_what_is_wrong(acme: CompanyRef, alice: Client, wrong: dict[str, str], said: str) -> None:
    with enter(acme):
        henri(email="taken@acme.example")
    answer = alice.post("/people/add/", FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with enter(acme):
        assert Holder.objects.count() == 1


def test_editing_shows_and_stores(acme: CompanyRef, alice: Client) -> None:
    with enter(acme):
        holder = henri()
    shown = page_of(alice, f"/people/{holder.pk}/edit/")
    assert 'value="Henri Holder"' in shown
    alice.post(f"/people/{holder.pk}/edit/", FORM | {"name": "Henri Huber", "ends": "2030-01-02T03:04"})
    with enter(acme):
        holder.refresh_from_db()
        assert (holder.name, holder.language) == ("Henri Huber", "fr")
        assert {"holder_edited", "validity_changed"} <= set(
            LedgerEntry.objects.values_list("verb", flat=True)
        )


def test_a_list_is_found_by_name_kind_and_state(in_acme: CompanyRef) -> None:
    henri()
    zoe = henri(name="Zoé Muller", email="zoe@acme.example", kind="CONTRACTOR")
    gone = henri(name="Gone Girl", email="gone@acme.example")
    offboard_holder(holder=gone, by=ALICE)
    suspend_holder(holder=zoe, by=ALICE)
    committed()

    def names(**wanted: str) -> list[str]:
        return [line.name for line in people(Wanted(**wanted))]

    assert names() == ["Henri Holder", "Zoé Muller"]
    assert names(text="zoe") == ["Zoé Muller"]
    assert names(text="Mulelr") == ["Zoé Muller"]
    assert names(kind="CONTRACTOR") == ["Zoé Muller"]
    assert names(state="SUSPENDED") == ["Zoé Muller"]
    assert names(state="") == ["Gone Girl", "Henri Holder", "Zoé Muller"]
    assert names(text="gone") == []


def test_a_new_name_is_found_after_its_commit(own_company: CompanyRef) -> None:
    def found() -> list[str]:
        return [line.name for line in people(Wanted(text="Henri"))]

    with enter(own_company):
        holder = henri()
        assert found() == ["Henri Holder"]
        henri(name="Henriette", email="h2@acme.example")
        assert found() == ["Henri Holder", "Henriette"]
        edit_holder(holder=holder, name="Heinrich", by=ALICE)
        assert found() == ["Henriette"]


def test_long_lists_have_pages_and_cost_the_same(
    in_acme: CompanyRef, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(55):
        henri(name=f"Person {number:02}", email="")
    committed()
    people(Wanted())
    with django_assert_max_num_queries(4):
        first = people(Wanted())
        assert [line.name for line in first][:2] == ["Person 00", "Person 01"]
    assert (len(first.object_list), first.paginator.num_pages) == (50, 2)
    assert [line.name for line in people(Wanted(page="2"))] == [f"Person {n}" for n in range(50, 55)]


def test_the_page_of_a_list_costs_the_same_however_long(
    acme: CompanyRef, alice: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with enter(acme):
        for number in range(20):
            enrolled(henri(name=f"Person {number:02}", email=""), vouched=False)
    page_of(alice)
    with django_assert_max_num_queries(16):
        page_of(alice)


def test_new_phones_wait_at_the_top_until_confirmed(acme: CompanyRef, alice: Client) -> None:
    with enter(acme):
        _, device = enrolled(henri(), vouched=False)
    assert f"/phones/{device.pk}/confirm/" in page_of(alice)
    answer = alice.post(f"/phones/{device.pk}/confirm/", {"next": "/people/"})
    assert answer["Location"] == "/people/"
    assert "to confirm" not in page_of(alice)
    with enter(acme):
        device.refresh_from_db()
        assert device.state == DeviceState.ACTIVE
        assert device.vouched_by.startswith("operator:")


def test_a_phone_is_revoked(acme: CompanyRef, alice: Client) -> None:
    with enter(acme):
        _, device = enrolled(henri())
    alice.post(f"/phones/{device.pk}/revoke/", {"reason": "lost"})
    with enter(acme):
        assert Device.objects.get(pk=device.pk).revoked_reason == "lost"


@pytest.mark.parametrize(
    ("deed", "state"), [("suspend", HolderState.SUSPENDED), ("off-board", HolderState.OFFBOARDED)]
)
def test_deeds_on_a_person(acme: CompanyRef, alice: Client, deed: str, state: str) -> None:
    with enter(acme):
        holder = henri()
    assert alice.post(f"/people/{holder.pk}/{deed}/")["Location"] == f"/people/{holder.pk}/"
    with enter(acme):
        holder.refresh_from_db()
        assert holder.state == state


def test_an_invitation_at_the_desk_shows_the_code_once(acme: CompanyRef, alice: Client) -> None:
    with enter(acme):
        holder = henri(email="")
    answer = alice.post(f"/people/{holder.pk}/invite/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    with enter(acme):
        locator = Invitation.objects.get(holder=holder).locator
    assert locator in answer.content.decode()


def test_the_way_back_stays_here(acme: CompanyRef, alice: Client) -> None:
    with enter(acme):
        holder = henri()
    for way in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = alice.post(f"/people/{holder.pk}/suspend/", {"next": way})
        assert answer["Location"] == f"/people/{holder.pk}/"


def test_who_may_not_edit_is_refused(acme: CompanyRef, signed_in: SignIn) -> None:
    with enter(acme):
        holder = henri()
    for name in ("bob", "rita", "carol"):
        client = signed_in(name)
        assert client.post(f"/people/{holder.pk}/suspend/").status_code == 403
        assert client.get("/people/add/").status_code == 403
        assert client.get("/people/").status_code == 200


def test_a_person_of_another_company_is_not_found(
    acme: CompanyRef, globex: CompanyRef, alice: Client
) -> None:
    with enter(globex):
        holder = henri()
        _, device = enrolled(holder)
    assert alice.get(f"/people/{holder.pk}/edit/").status_code == 404
    for deed in ("suspend", "resume", "off-board", "invite"):
        assert alice.post(f"/people/{holder.pk}/{deed}/").status_code == 404
    for deed in ("confirm", "revoke"):
        assert alice.post(f"/phones/{device.pk}/{deed}/").status_code == 404
