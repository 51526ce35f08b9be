"""Adding, changing and deactivating operators; roles; what lies in the database."""

import pytest
from django.db import connection

from ledger.models import LedgerEntry
from operators.models import Operator, Role
from operators.permissions import ROLE_PERMISSIONS, Permission
from operators.refusals import OperatorRefused
from operators.services import (
    change_operator,
    create_operator,
    deactivate_operator,
    reactivate_operator,
    rename_company,
)
from tenants import context, hosts
from tenants.context import CompanyRef, NoCompany
from tests import cast
from tests.fixtures.console import SignIn, member

# Written out by hand: a change of what a role may do must be made in two places.
HELD = {
    "OWNER": "PEOPLE_VIEW PEOPLE_EDIT DEVICES_REVOKE DAY_PASSES READERS_VIEW READERS_EDIT DOORS_VIEW"
    " DOORS_EDIT PRESENCE EVENTS_VIEW ALARMS OPERATORS_EDIT KEYS_EDIT LEDGER_VIEW LEDGER_VERIFY"
    " LEDGER_ACKNOWLEDGE COMPLIANCE_VIEW COMPLIANCE_EDIT SETTINGS_EDIT"
    " VISITS_VIEW VISITS VISITS_SET_UP WATCH_LIST",
    "SECURITY": "PEOPLE_VIEW PEOPLE_EDIT DEVICES_REVOKE DAY_PASSES READERS_VIEW READERS_EDIT DOORS_VIEW"
    " DOORS_EDIT PRESENCE EVENTS_VIEW ALARMS LEDGER_VIEW LEDGER_VERIFY COMPLIANCE_VIEW"
    " VISITS_VIEW VISITS VISITS_SET_UP WATCH_LIST",
    "RECEPTION": "PEOPLE_VIEW DAY_PASSES EVENTS_VIEW DOORS_VIEW PRESENCE ALARMS VISITS_VIEW VISITS",
    "COMPLIANCE": "PEOPLE_VIEW EVENTS_VIEW LEDGER_VIEW LEDGER_VERIFY LEDGER_ACKNOWLEDGE READERS_VIEW"
    " DOORS_VIEW COMPLIANCE_VIEW COMPLIANCE_EDIT VISITS_VIEW",
    "READ_ONLY": "PEOPLE_VIEW EVENTS_VIEW LEDGER_VIEW READERS_VIEW DOORS_VIEW COMPLIANCE_VIEW VISITS_VIEW",
    "PLATFORM": "PLATFORM",
}


def test_roles_hold_what_they_should() -> None:
    assert {role.value: set(ROLE_PERMISSIONS[role]) for role in Role} == {
        role: {Permission(name) for name in names.split()} for role, names in HELD.items()
    }


def test_sign_up_makes_the_owner(in_acme: CompanyRef) -> None:
    olga = member("olga")
    assert (olga.role, olga.name, olga.email) == ("OWNER", "Olga Owner", "olga@acme.example")


def test_the_platform_has_platform_operators_only(acme: CompanyRef) -> None:
    platform = hosts.resolve("platform.localhost")
    assert platform is not None
    with context.enter(platform):
        assert member("pia").role == "PLATFORM"
        with pytest.raises(OperatorRefused, match="bad_role"):
            create_operator(email="x@platform.example", name="X", role="OWNER")


def test_a_company_has_no_platform_operator(in_acme: CompanyRef) -> None:
    with pytest.raises(OperatorRefused, match="bad_role"):
        create_operator(email="x@acme.example", name="X", role="PLATFORM")
    with pytest.raises(OperatorRefused, match="bad_role"):
        change_operator(operator=member("alice"), name="Alice", role="PLATFORM", by="system")


def test_an_address_is_taken_once_however_it_is_written(in_acme: CompanyRef) -> None:
    with pytest.raises(OperatorRefused, match="taken"):
        create_operator(email=" Alice@ACME.example", name="X", role="SECURITY")


def test_the_last_owner_stays(in_acme: CompanyRef) -> None:
    olga, alice = member("olga"), member("alice")
    for deed in (
        lambda: change_operator(operator=olga, name="Olga", role="READ_ONLY", by=olga.actor),
        lambda: deactivate_operator(operator=olga, by=alice.actor),
    ):
        with pytest.raises(OperatorRefused, match="last_owner"):
            deed()
    change_operator(operator=alice, name="Alice", role="OWNER", by=olga.actor)
    deactivate_operator(operator=olga, by=alice.actor)
    assert not member("olga").is_active


def test_nobody_deactivates_themselves(in_acme: CompanyRef) -> None:
    alice = member("alice")
    with pytest.raises(OperatorRefused, match="own_account"):
        deactivate_operator(operator=alice, by=alice.actor)


def test_deactivation_ends_sessions_and_sign_in(in_acme: CompanyRef, signed_in: SignIn) -> None:
    session = signed_in("alice")
    deactivate_operator(operator=member("alice"), by=member("olga").actor)
    assert session.get("/two-factor/")["Location"].startswith("/sign-in/")
    give = {"email": cast.address_of("alice"), "password": cast.PASSWORD}
    assert session.post("/sign-in/", give).status_code == 422
    reactivate_operator(operator=member("alice"), by=member("olga").actor)
    assert session.post("/sign-in/", give).status_code == 302


def test_another_role_holds_at_once(in_acme: CompanyRef, signed_in: SignIn) -> None:
    session = signed_in("alice")
    change_operator(operator=member("alice"), name="Alice", role="RECEPTION", by=member("olga").actor)
    assert session.get("/two-factor/").status_code == 302


def test_names_and_addresses_lie_encrypted(in_acme: CompanyRef) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM operators_operator t")
        dump = "".join(row[0] for row in cursor.fetchall())
    assert "alice" not in dump.casefold()
    assert b"alice".hex() not in dump


def test_deeds_are_on_record(in_acme: CompanyRef) -> None:
    operator = create_operator(email="n@acme.example", name="Nora", role="SECURITY", by=member("olga").actor)
    entry = LedgerEntry.objects.get(verb="operator_added", data__operator=str(operator.pk))
    assert entry.actor == member("olga").actor
    assert "Nora" not in str(entry.data)


def test_no_operator_without_a_company(acme: CompanyRef) -> None:
    with pytest.raises(NoCompany):
        Operator.objects.count()


def test_an_operator_of_another_company_is_not_found(
    in_acme: CompanyRef, globex: CompanyRef, signed_in: SignIn
) -> None:
    with context.enter(globex):
        charlie = member("charlie")
    assert signed_in("olga").get(f"/settings/operators/{charlie.pk}/").status_code == 404


def test_inviting_by_the_page(in_acme: CompanyRef, signed_in: SignIn) -> None:
    form = {"name": "Nora New", "email": "nora@acme.example", "role": "COMPLIANCE"}
    assert signed_in("olga").post("/settings/operators/add/", form).status_code == 302
    assert signed_in("olga").post("/settings/operators/add/", form).status_code == 422
    page = signed_in("olga").get("/settings/operators/").content.decode()
    assert "Nora New" in page
    assert "Invited" in page


def test_the_company_takes_another_name(in_acme: CompanyRef) -> None:
    rename_company(name=" Acme Instruments ", by=member("olga").actor)
    for wrong in ("", " ", "x" * 101, "a\nb"):
        with pytest.raises(OperatorRefused):
            rename_company(name=wrong, by=member("olga").actor)
    assert LedgerEntry.objects.filter(verb="company_renamed").count() == 1
