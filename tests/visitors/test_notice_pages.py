"""The console's page of notices: choices, the webhook whose secret is shown once, and who may."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.messages import get_messages
from django.test import Client

from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.fixtures.console import SignIn
from tests.ledger.outside import Inbox, inbox
from visitors.models import NoticePolicy
from visitors.notices import outgoing
from visitors.notices.choices import policy
from visitors.notices.webhook import hook_of

pytestmark = pytest.mark.django_db
PAGE = "/visitors/notices/"
HOOK = f"{PAGE}webhook/"


@pytest.fixture
def alice(in_acme: CompanyRef, signed_in: SignIn) -> Client:
    return signed_in("alice")


@pytest.fixture
def box(tmp_path: Path, settings: LazySettings) -> Iterator[Inbox]:
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    outgoing.forget()
    with inbox(tmp_path) as made:
        yield made
    outgoing.forget()


def said(answer: Any) -> str:
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def test_the_defaults_and_a_choice(alice: Client) -> None:
    page = alice.get(PAGE).content.decode()
    assert page.count("checked") == 2
    assert "names" not in page.partition("<form")[2].partition("</form>")[0]
    assert not NoticePolicy.objects.exists()  # looking writes nothing
    answer = alice.post(PAGE, {"mail": "on", "closing_hour": "19"})
    assert answer.status_code == 302
    row = policy()
    assert (row.mail, row.push, row.closing_hour) == (True, False, 19)
    assert alice.post(PAGE, {"mail": "on", "push": "on", "closing_hour": ""}).status_code == 302
    assert policy().closing_hour is None


@pytest.mark.parametrize("hour", ["24", "-1", "noon"])
def test_no_such_hour(alice: Client, hour: str) -> None:
    assert alice.post(PAGE, {"mail": "on", "closing_hour": hour}).status_code == 422
    assert not NoticePolicy.objects.exists()


def test_the_secret_is_shown_once(alice: Client, box: Inbox) -> None:
    answer = alice.post(HOOK, {"address": box.url, "authority": box.authority})
    assert answer.status_code == 200
    hook = hook_of(policy())
    assert hook is not None
    page = answer.content.decode()
    assert hook.secret in page
    assert "no-store" in answer.headers["Cache-Control"]
    later = alice.get(PAGE).content.decode()
    assert hook.secret not in later
    assert "tulip" not in page + later  # of the path, which may be a secret itself
    assert "127.0.0.1" in later
    told = str(list(LedgerEntry.objects.filter(verb="notice_webhook_set").values_list("data", flat=True)))
    assert hook.secret not in told


def test_the_test_says_how_it_went(alice: Client, box: Inbox) -> None:
    assert "No webhook" in said(alice.post(f"{HOOK}test/"))
    alice.post(HOOK, {"address": box.url, "authority": box.authority})
    assert said(alice.post(f"{HOOK}test/")).endswith("The test arrived.")
    assert box.said[-1]["event"] == "test"
    box.status = 503
    assert "answers with 503" in said(alice.post(f"{HOOK}test/"))


def test_names_are_chosen_where_there_is_a_webhook(alice: Client, box: Inbox) -> None:
    alice.post(HOOK, {"address": box.url, "authority": box.authority})
    alice.post(PAGE, {"mail": "on", "names": "on"})
    hook = hook_of(policy())
    assert hook is not None
    assert hook.names
    alice.post(HOOK, {"address": box.url, "authority": box.authority})
    renewed = hook_of(policy())
    assert renewed is not None
    assert renewed.names
    assert renewed.secret != hook.secret


def test_replaced_and_removed(alice: Client, box: Inbox) -> None:
    alice.post(HOOK, {"address": box.url, "authority": box.authority})
    assert alice.post(f"{HOOK}remove/").status_code == 302
    assert hook_of(policy()) is None
    assert "Set the webhook" in alice.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://127.0.0.1/x", "inside of a network"),
        ("http://example.com/", "https://host/path"),
        ("", "required"),
    ],
)
def test_addresses_that_are_refused(alice: Client, address: str, words: str) -> None:
    answer = alice.post(HOOK, {"address": address})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not NoticePolicy.objects.exclude(webhook=b"").exists()


def test_what_cannot_be_opened_is_said_and_can_be_removed(alice: Client) -> None:
    NoticePolicy.objects.create(webhook=b"nonsense", webhook_secret=b"nonsense")
    assert "cannot be opened" in alice.get(PAGE).content.decode()
    assert "cannot be opened" in said(alice.post(f"{HOOK}test/"))
    alice.post(f"{HOOK}remove/")
    assert hook_of(policy()) is None


@pytest.mark.parametrize("name", ["rita", "carol", "bob"])
def test_who_may_not(in_acme: CompanyRef, signed_in: SignIn, name: str) -> None:
    client = signed_in(name)
    assert client.get(PAGE).status_code == 403
    for path in (PAGE, HOOK, f"{HOOK}test/", f"{HOOK}remove/"):
        assert client.post(path).status_code == 403
