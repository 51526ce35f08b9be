"""A visitor stays a visitor: neither the form nor the service makes anybody else of them."""

import pytest
from django.test import Client

from credentials.models import Holder, HolderKind, HolderState
from credentials.refusals import Refused
from credentials.selectors import live_credential
from credentials.services import edit_holder
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, henri
from tests.fixtures.console import SignIn
from tests.visitors.build import BY, reception
from visitors import services


def test_the_form_of_a_visitor_changes_neither_kind_nor_times(acme: CompanyRef, signed_in: SignIn) -> None:
    alice = signed_in("alice")
    with enter(acme):
        visit = reception().visit()
    address = f"/people/{visit.holder.pk}/edit/"
    shown = alice.get(address).content.decode()
    assert 'name="kind"' not in shown
    assert 'name="begins"' not in shown
    told = {"name": "Vera Visiteur", "email": "vera@guest.example", "language": "fr"}
    answer = alice.post(address, told | {"kind": "EMPLOYEE", "ends": "2030-01-02T03:04"})
    assert answer.status_code == 302
    with enter(acme):
        holder = Holder.objects.get(pk=visit.holder.pk)
        assert (holder.name, holder.kind) == ("Vera Visiteur", HolderKind.VISITOR)
        credential = live_credential(holder)
        assert credential is not None
        assert (credential.valid_from, credential.valid_until) == (visit.opens, visit.closes)


def test_the_form_of_others_asks_for_both(acme: CompanyRef, signed_in: SignIn) -> None:
    alice: Client = signed_in("alice")
    with enter(acme):
        holder = henri()
    shown = alice.get(f"/people/{holder.pk}/edit/").content.decode()
    assert 'name="kind"' in shown
    assert 'name="begins"' in shown


@pytest.mark.django_db
@pytest.mark.parametrize(("was", "kind"), [("VISITOR", "EMPLOYEE"), ("EMPLOYEE", "VISITOR")])
def test_no_kind_becomes_visitor_or_ceases_to_be(in_acme: CompanyRef, was: str, kind: str) -> None:
    holder = henri(kind=was)
    with pytest.raises(Refused) as refused:
        edit_holder(holder=holder, by=ALICE, kind=kind, name="Other")
    assert refused.value.code == "kind_fixed"
    holder.refresh_from_db()
    assert (holder.kind, holder.name) == (was, "Henri Holder")


@pytest.mark.django_db
def test_a_visit_that_ends_takes_no_cardholder_with_it(in_acme: CompanyRef) -> None:
    visit = services.admit(visit=reception().visit(), by=BY)
    Holder.objects.filter(pk=visit.holder_id).update(kind=HolderKind.EMPLOYEE)  # as older data may be
    services.sign_out(visit=visit, by=BY)
    assert Holder.objects.get(pk=visit.holder_id).state == HolderState.ACTIVE
