"""Another subdomain for a company: what it costs is said first, and nobody is left on the former address."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from credentials.models import Device, Invitation, Passkey
from credentials.services import move_company, set_code_policy
from ledger.models import LedgerEntry, Outbox
from ledger.outbox import deliver
from readers.scanning.reading import _HOSTS
from tenants import context, hosts, moving
from tenants.models import Company, Domain
from tenants.refs import CompanyRef
from tenants.services import SignUpRefused, check_subdomain, move
from tests.credentials.phone import ALICE, Phone, enrolled, henri
from tests.fixtures.console import SignIn
from tests.pages.scene import furnish

PAGE = "/settings/address/"
OLD, NEW = "acme.localhost", "umbrella.localhost"
OVER = moving.FORMER_FOR + dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What is rolled back is not to be believed by the next test."""
    yield
    hosts.forget()


@pytest.fixture
def olga(in_acme: CompanyRef, signed_in: SignIn) -> Client:
    return signed_in("olga")


def moved(subdomain: str = "umbrella") -> CompanyRef:
    """Acme, moved, as it is known by its new host."""
    move_company(subdomain=subdomain, by="operator:olga")
    hosts.forget()
    ref = hosts.resolve(f"{subdomain}.localhost")
    assert ref is not None
    return ref


def post(client: Client, **told: str) -> tuple[int, str]:
    answer = client.post(PAGE, told)
    return answer.status_code, " ".join(answer.content.decode().split())


def passkey_of(device: Device) -> None:
    Passkey.objects.create(
        device=device, credential_id=b"one", public_key=b"two", rp_id=OLD, created_at=timezone.now()
    )


def test_what_must_be_led_over_is_counted_before_anything_changes(olga: Client) -> None:
    scene = furnish()
    passkey_of(scene.phones[0])
    status, page = post(olga, subdomain=" Umbrella ")
    assert status == 200
    for name, count in (
        ("Phones to enrol anew", len(scene.phones)),
        ("Passkeys to register anew", 1),
        ("Readers on the former address", len(scene.readers)),
    ):
        assert f'<dt>{name}</dt><dd class="figure">{count}</dd>' in page
    assert "until they are paired anew" in page
    assert "as many phones as your rules allow" not in page
    assert Company.objects.filter(subdomain="acme").exists()
    set_code_policy(by=ALICE, max_phones=1)
    assert f"{len(scene.phones)} of them already have as many phones" in post(olga, subdomain="umbrella")[1]


def test_a_yes_moves_the_company_and_stands_on_record(olga: Client) -> None:
    status, page = post(olga, subdomain="umbrella", sure="umbrella")
    assert (status, "http://umbrella.localhost:8000/sign-in/" in page) == (200, True)
    deed = LedgerEntry.objects.get(verb="company_moved")
    assert (deed.data["from"], deed.data["to"], deed.data["phones"]) == (OLD, NEW, 0)
    assert dict(Domain.objects.filter(tenant__subdomain="umbrella").values_list("domain", "is_primary")) == {
        OLD: False,
        NEW: True,
    }


def test_a_yes_to_another_name_is_no_yes(olga: Client) -> None:
    assert post(olga, subdomain="umbrella", sure="hooli")[0] == 200
    assert Company.objects.filter(subdomain="acme").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("globex", "Another company has this address."),
        ("g-lobex", "looks too much like"),
        ("admin", "kept for the platform"),
        ("acme", "your address already"),
        ("", "Choose the first part"),
        ("a_b", "letters a to z"),
    ],
)
def test_what_sign_up_refuses_is_refused_here(olga: Client, globex: object, asked: str, said: str) -> None:
    for told in ({"subdomain": asked}, {"subdomain": asked, "sure": asked}):
        status, page = post(olga, **told)
        assert (status, said in page) == (422, True)
    live = olga.get(f"{PAGE}check/", {"subdomain": asked}).content.decode()
    assert (said in live) == bool(asked)
    assert Company.objects.filter(subdomain="acme").exists()


def test_the_live_check_says_what_is_free(olga: Client) -> None:
    page = olga.get(f"{PAGE}check/", {"subdomain": "umbrella"}).content.decode()
    assert "http://umbrella.localhost:8000 is free." in page


def test_on_the_former_address_phones_go_on_and_people_are_sent_on(in_acme: CompanyRef) -> None:
    phone, _ = enrolled(henri())
    assert phone.me()[1]["moved_to"] is None
    ref = moved()
    status, told = phone.me()
    assert (status, told["moved_to"]) == (200, NEW)
    assert phone.ask()[0] == 200
    assert Phone(NEW).me()[0] == 401
    old, new = Client(HTTP_HOST=OLD), Client(HTTP_HOST=NEW)
    assert (ref.host, ref.moved_to, ref.id) == (NEW, "", in_acme.id)
    assert f'<a href="http://{NEW}:8000/wallet/">{NEW}</a>' in old.get("/wallet/").content.decode()
    assert "wallet-moved" not in new.get("/wallet/").content.decode()
    assert old.get("/wallet/worker.js").content != new.get("/wallet/worker.js").content
    assert old.get("/reader/").status_code == 200
    assert old.get("/api/v1/readers/keys").status_code == 401
    sent_on = old.get("/people/?q=henri")
    assert (sent_on.status_code, sent_on["Location"]) == (302, f"http://{NEW}:8000/people/?q=henri")
    assert old.post("/settings/", {"name": "Else"})["Location"] == f"http://{NEW}:8000/"
    assert old.get("/people/", headers={"HX-Request": "true"})["HX-Redirect"] == f"http://{NEW}:8000/"


def test_an_operators_cookie_does_nothing_on_the_former_address(olga: Client) -> None:
    moved()
    assert olga.post("/settings/", {"form": "company", "name": "Else"}).status_code == 303
    assert Company.objects.get(subdomain="umbrella").name == "Acme"


def active_hosts() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_HOSTS.as_string(), [[OLD, NEW]])
        return sorted(cursor.fetchall())


def test_after_thirty_days_it_leads_nowhere(in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    moved()
    assert active_hosts() == [(OLD, in_acme.id), (NEW, in_acme.id)]
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + moving.FORMER_FOR - dt.timedelta(minutes=1))
    hosts.forget()
    assert hosts.resolve(OLD) is not None
    assert moving.drop_ended_hosts() == 0
    monkeypatch.setattr(timezone, "now", lambda: now + OVER)
    hosts.forget()
    assert hosts.resolve(OLD) is None
    assert Client(HTTP_HOST=OLD).get("/wallet/").status_code == 404
    assert hosts.resolve(NEW) is not None
    assert moving.drop_ended_hosts() == 1
    assert moving.drop_ended_hosts() == 0
    assert check_subdomain("acme") == "acme"


def test_readers_are_refused_there_as_soon_as_it_ends(in_acme: CompanyRef) -> None:
    moved()
    Domain.objects.filter(domain=OLD).update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert active_hosts() == [(NEW, in_acme.id)]


@pytest.mark.parametrize(("asked", "code"), [("acme", "taken"), ("ac-me", "look_alike")])
def test_nobody_else_gets_the_former_name_meanwhile(
    in_acme: CompanyRef, globex: CompanyRef, asked: str, code: str
) -> None:
    moved()
    Domain.objects.filter(domain=OLD).update(
        ends_at=timezone.now() - dt.timedelta(1)
    )  # ended, not yet removed
    for take in (lambda: check_subdomain(asked), lambda: moving.change_subdomain(globex.id, asked)):
        with pytest.raises(SignUpRefused) as refused:
            take()
        assert refused.value.code == code


def test_the_company_itself_may_go_back(in_acme: CompanyRef) -> None:
    moved()
    back = moved("acme")
    assert (back.host, back.moved_to) == (OLD, "")
    former = hosts.lookup(NEW)
    assert former is not None
    assert former.moved_to == OLD
    assert moved("ac-me").host == "ac-me.localhost"


def test_names_are_not_collected(in_acme: CompanyRef) -> None:
    for name in ("umbrella", "initech", "hooli"):
        moved(name)
    with pytest.raises(SignUpRefused) as refused:
        moved("initrode")
    assert refused.value.code == "moved_lately"
    assert moved("initech").host == "initech.localhost"


def test_an_address_of_its_own_stays_the_main_one(in_acme: CompanyRef) -> None:
    company = Company.objects.get(subdomain="acme")
    move(company=company, host="192.0.2.7")
    with context.enter(in_acme):
        assert moved().host == "192.0.2.7"
    former = hosts.lookup(OLD)
    assert former is not None
    assert former.moved_to == "192.0.2.7"


def test_each_person_with_a_confirmed_phone_is_mailed_once(in_acme: CompanyRef) -> None:
    enrolled(henri())
    enrolled(henri(name="Ines Idle", email="ines@acme.example"), vouched=False)
    enrolled(henri(name="Nora Nomail", email=""))
    henri(name="Paul Phoneless", email="paul@acme.example")
    deliver(in_acme)
    mail.outbox.clear()
    ref = moved()
    deliver(ref)
    assert mail.outbox == []  # a process may still hold the former host
    later = timezone.now() + dt.timedelta(minutes=1)
    for _ in range(2):
        deliver(ref, now=later)
    (message,) = mail.outbox
    assert message.to == ["henri@acme.example"]
    assert f"http://{NEW}:8000/wallet/" in str(message.body)
    assert not Outbox.objects.filter(done=None).exists()
    # Whoever has no address keeps the code that the desk gave them.
    assert Invitation.objects.filter(created_by="system").count() == 1
    told = Outbox.objects.filter(topic__startswith="company.moved").values_list("data", flat=True)
    assert all(set(data) <= {"holder"} for data in told)


def test_the_settings_lead_there(olga: Client) -> None:
    assert PAGE in olga.get("/settings/").content.decode()
    assert OLD in olga.get(PAGE).content.decode()
