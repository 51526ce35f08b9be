"""Forgotten and first passwords: links that work once, answers that tell nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from ledger.models import LedgerEntry, Outbox
from ledger.outbox import deliver
from operators.models import Operator, PasswordLink
from operators.services import create_operator, deactivate_operator, request_password_reset
from operators.services.passwords import link_of, token_of
from tenants import context
from tenants.context import CompanyRef
from tests import cast
from tests.fixtures.console import SignIn, member

NEW = "a fresh and quite long password"
LINK = re.compile(r"/password/reset/\S+/")


def asked(company: CompanyRef, email: str) -> list[str]:
    """The links in the mails after asking for this address."""
    mail.outbox.clear()
    request_password_reset(email=email, place="127.0.0.1")
    deliver(company)
    return [found.group() for sent in mail.outbox if (found := LINK.search(str(sent.body)))]


def test_the_answer_is_the_same_for_known_and_unknown(in_acme: CompanyRef, nobody: Client) -> None:
    answers = [
        nobody.post("/password/forgotten/", {"email": email}).content
        for email in (cast.address_of("alice"), "zed@acme.example")
    ]
    assert answers[0] == answers[1]
    assert PasswordLink.objects.count() == 2
    assert Outbox.objects.filter(topic="mail.operator_link").count() == 2


def test_only_a_known_address_gets_mail(in_acme: CompanyRef) -> None:
    assert len(asked(in_acme, "ALICE@acme.example ")) == 1
    assert asked(in_acme, "zed@acme.example") == []
    assert asked(in_acme, cast.address_of("charlie")) == []


def test_the_mail_sent_twice_is_one_mail(in_acme: CompanyRef) -> None:
    asked(in_acme, cast.address_of("alice"))
    Outbox.objects.update(done=None, due=datetime.now(UTC))
    deliver(in_acme)
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.body == second.body


def test_a_link_sets_the_password_once(in_acme: CompanyRef, nobody: Client, signed_in: SignIn) -> None:
    session = signed_in("alice")
    (link,) = asked(in_acme, cast.address_of("alice"))
    assert nobody.get(link).status_code == 200
    assert nobody.get(link).status_code == 200  # a mail scanner opens it, and nothing is used up
    assert nobody.post(link, {"password": NEW}).status_code == 302
    assert nobody.post(link, {"password": NEW + "!"}).status_code == 410
    assert member("alice").check_password(NEW)
    assert session.get("/two-factor/").status_code == 302, "an older session outlived the new password"
    assert LedgerEntry.objects.filter(verb="operator_password_changed").count() == 1


def test_setting_the_password_voids_every_other_link(in_acme: CompanyRef, nobody: Client) -> None:
    links = asked(in_acme, cast.address_of("alice")) + asked(in_acme, cast.address_of("alice"))
    assert nobody.post(links[1], {"password": NEW}).status_code == 302
    assert nobody.get(links[0]).status_code == 410


def test_the_second_factor_is_still_asked_for(in_acme: CompanyRef, nobody: Client) -> None:
    (link,) = asked(in_acme, cast.address_of("alice"))
    nobody.post(link, {"password": NEW})
    answer = nobody.post("/sign-in/", {"email": cast.address_of("alice"), "password": NEW})
    assert answer["Location"].startswith("/sign-in/code/")


def test_a_weak_password_leaves_the_link_usable(in_acme: CompanyRef, nobody: Client) -> None:
    (link,) = asked(in_acme, cast.address_of("alice"))
    assert nobody.post(link, {"password": "short"}).status_code == 422
    assert nobody.post(link, {"password": NEW}).status_code == 302


def test_a_link_runs_out(in_acme: CompanyRef, nobody: Client) -> None:
    (link,) = asked(in_acme, cast.address_of("alice"))
    PasswordLink.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert nobody.get(link).status_code == 410


def test_a_deactivated_operator_gets_in_by_no_link(in_acme: CompanyRef, nobody: Client) -> None:
    (link,) = asked(in_acme, cast.address_of("alice"))
    deactivate_operator(operator=member("alice"), by=member("olga").actor)
    assert nobody.get(link).status_code == 410
    assert asked(in_acme, cast.address_of("alice")) == []


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "10"[t[0] == "1"] + t[1:], lambda t: t.replace(":", "")]
)
def test_an_altered_token_is_nothing(in_acme: CompanyRef, change: object) -> None:
    asked(in_acme, cast.address_of("alice"))
    token = token_of(PasswordLink.objects.get())
    assert link_of(token) is not None
    assert link_of(change(token)) is None  # type: ignore[operator]


def test_a_token_of_one_company_is_nothing_at_another(
    in_acme: CompanyRef, globex: CompanyRef, nobody: Client
) -> None:
    asked(in_acme, cast.address_of("alice"))
    token = token_of(PasswordLink.objects.get())
    with context.enter(globex):
        assert link_of(token) is None


def test_asking_is_limited_silently(in_acme: CompanyRef) -> None:
    sent = [len(asked(in_acme, cast.address_of("alice"))) for _ in range(5)]
    assert sent == [1, 1, 1, 0, 0]


def test_an_invitation_sets_the_first_password(in_acme: CompanyRef, nobody: Client) -> None:
    mail.outbox.clear()
    operator = create_operator(email="new@acme.example", name="Nora New", role="SECURITY")
    deliver(in_acme)
    found = LINK.search(str(mail.outbox[0].body))
    assert found
    assert nobody.post(found.group(), {"password": NEW}).status_code == 302
    assert Operator.objects.get(pk=operator.pk).check_password(NEW)
    assert nobody.post("/sign-in/", {"email": "new@acme.example", "password": NEW})["Location"].startswith(
        "/two-factor/set-up/"
    )


def test_no_token_and_no_address_lie_in_the_outbox(in_acme: CompanyRef) -> None:
    asked(in_acme, cast.address_of("alice"))
    row = Outbox.objects.get(topic="mail.operator_link")
    assert set(row.data) == {"link"}
