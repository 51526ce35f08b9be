"""Setting up the second factor, recovery codes, the owner's reset."""

import re
import time

import pytest
from django.db import connection
from django.test import Client

from ledger.models import LedgerEntry
from operators.models import RecoveryCode, TotpDevice
from operators.refusals import OperatorRefused
from operators.services import create_operator, reset_second_factor, start_totp
from operators.services.second_factor import otpauth_uri, plain_secret
from tenants import context
from tenants.context import CompanyRef
from tests import cast
from tests.fixtures.console import SignIn, member
from vault.envelope import CannotOpen

SECRET = re.compile(r"data-secret>([A-Z2-7]+)<")


def newcomer(nobody: Client) -> None:
    create_operator(email="new@acme.example", name="Nora New", role="SECURITY", password=cast.PASSWORD)
    nobody.post("/sign-in/", {"email": "new@acme.example", "password": cast.PASSWORD})


def test_the_console_opens_only_after_setting_up(in_acme: CompanyRef, nobody: Client) -> None:
    newcomer(nobody)
    assert nobody.get("/")["Location"].startswith("/two-factor/set-up/")
    page = nobody.get("/two-factor/set-up/?next=/events/")
    found = SECRET.search(page.content.decode())
    assert found
    assert "<svg" in page.content.decode()
    device = TotpDevice.objects.get(confirmed=False)
    assert plain_secret(device) == found.group(1)
    answer = nobody.post("/two-factor/set-up/", {"code": device.code(now=time.time()), "next": "/events/"})
    codes = re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5})</li>", answer.content.decode())
    assert len(codes) == 10
    assert nobody.get("/events/").status_code == 200
    assert RecoveryCode.objects.filter(device__user__email_index=device.user.email_index).count() == 10


def test_a_wrong_code_confirms_nothing(in_acme: CompanyRef, nobody: Client) -> None:
    newcomer(nobody)
    nobody.get("/two-factor/set-up/")
    assert nobody.post("/two-factor/set-up/", {"code": "000000"}).status_code == 422
    assert nobody.get("/").status_code == 302
    assert TotpDevice.objects.filter(confirmed=False).count() == 1


def test_one_who_has_a_factor_cannot_set_up_another_by_password_alone(
    in_acme: CompanyRef, signed_in: SignIn
) -> None:
    half = signed_in("alice", second_factor=False)
    assert half.get("/two-factor/set-up/")["Location"].startswith("/sign-in/code/")
    assert half.post("/two-factor/set-up/", {"code": "123456"})["Location"].startswith("/sign-in/code/")
    assert not TotpDevice.objects.filter(confirmed=False).exists()


def test_setting_up_again_replaces_the_old_app(in_acme: CompanyRef, signed_in: SignIn) -> None:
    client, old = signed_in("alice"), TotpDevice.objects.get(user=member("alice"))
    client.get("/two-factor/set-up/")
    fresh = TotpDevice.objects.get(confirmed=False)
    assert client.post("/two-factor/set-up/", {"code": fresh.code(now=time.time())}).status_code == 200
    assert client.get("/two-factor/").status_code == 200
    assert not TotpDevice.objects.filter(pk=old.pk).exists()


def test_the_secret_is_sealed_for_its_operator_and_company(in_acme: CompanyRef, globex: CompanyRef) -> None:
    device = start_totp(operator=member("alice"))
    secret = device.secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_sealed FROM operators_totpdevice WHERE id = %s", [device.pk])
        stored = bytes(cursor.fetchone()[0])
    assert secret not in stored
    other = TotpDevice(user=member("bob"), secret_sealed=stored)
    with pytest.raises(CannotOpen):
        _ = other.secret
    with context.enter(globex), pytest.raises(CannotOpen):
        _ = TotpDevice(user_id=device.user_id, secret_sealed=stored).secret


def test_the_picture_says_what_authenticator_apps_read(in_acme: CompanyRef) -> None:
    device = start_totp(operator=member("alice"))
    uri = otpauth_uri(device, account="alice@acme.example")
    assert uri.startswith("otpauth://totp/Sallyport%20Acme:alice%40acme.example?secret=")
    assert uri.endswith("&issuer=Sallyport%20Acme")


def test_an_owner_resets_a_lost_factor(in_acme: CompanyRef, signed_in: SignIn, nobody: Client) -> None:
    alice, session = member("alice"), signed_in("alice")
    owner = signed_in("olga")
    answer = owner.post(f"/settings/operators/{alice.pk}/reset-second-factor/")
    assert answer.status_code == 302
    assert session.get("/two-factor/").status_code == 302
    give = {"email": cast.address_of("alice"), "password": cast.PASSWORD}
    assert nobody.post("/sign-in/", give)["Location"].startswith("/two-factor/set-up/")
    assert LedgerEntry.objects.filter(
        verb="operator_second_factor_reset", actor=member("olga").actor
    ).exists()


def test_nobody_resets_their_own_factor(in_acme: CompanyRef) -> None:
    olga = member("olga")
    with pytest.raises(OperatorRefused, match="own_account"):
        reset_second_factor(operator=olga, by=olga.actor)


def test_new_codes_void_the_old_sheet(in_acme: CompanyRef, signed_in: SignIn) -> None:
    client = signed_in("alice")
    first = set(re.findall(r"[A-Z2-9]{5}-[A-Z2-9]{5}", client.post("/two-factor/codes/").content.decode()))
    second = set(re.findall(r"[A-Z2-9]{5}-[A-Z2-9]{5}", client.post("/two-factor/codes/").content.decode()))
    assert first.isdisjoint(second)
    assert RecoveryCode.objects.count() == 10


def test_changing_the_password_keeps_this_session_only(in_acme: CompanyRef, signed_in: SignIn) -> None:
    here, there = signed_in("alice"), signed_in("alice")
    form = {"current": cast.PASSWORD, "password": "another long enough password"}
    assert here.post("/password/change/", form).status_code == 302
    assert here.get("/two-factor/").status_code == 200
    assert there.get("/two-factor/").status_code == 302


def test_a_wrong_current_password_changes_nothing(in_acme: CompanyRef, signed_in: SignIn) -> None:
    form = {"current": "not my password", "password": "another long enough password"}
    assert signed_in("alice").post("/password/change/", form).status_code == 422
    assert member("alice").check_password(cast.PASSWORD)
