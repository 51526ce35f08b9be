"""A lost phone, revoked by its holder from any browser: a mailed link that works once and can only revoke."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from config.logs import redact
from credentials.lost_links import LostLink
from credentials.lost_texts import TEXTS
from credentials.models import Device, DeviceState, Holder, Language
from credentials.refusals import Refused
from credentials.services import offboard_holder, suspend_holder
from credentials.services.lost import ASKED_ADDRESS, ASKED_PLACE, holder_of, revoke_lost, use_link
from credentials.views.lost import COOKIE
from ledger.models import LedgerEntry, Outbox
from ledger.outbox import deliver
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, HOST, enrolled, henri

LINK = re.compile(r"/lost/[\w-]{22}/")


@pytest.fixture
def holder(in_acme: CompanyRef) -> Holder:
    return henri()


def browser(**other: str) -> Client:
    return Client(HTTP_HOST=HOST, headers=other or None)


def ask(email: str = "henri@acme.example", client: Client | None = None) -> bytes:
    response = (client or browser()).post("/lost/", {"email": email})
    assert response.status_code == 200
    return response.content


def mailed(company: CompanyRef) -> list[str]:
    """The links in the mails that are due."""
    mail.outbox.clear()
    deliver(company)
    return [found.group() for sent in mail.outbox if (found := LINK.search(str(sent.body)))]


def opened(company: CompanyRef) -> Client:
    """A browser that used a fresh link."""
    ask()
    (link,) = mailed(company)
    client = browser()
    assert client.post(link).headers["Location"] == "/lost/phones/"
    return client


def test_the_answer_is_the_same_for_known_and_unknown(holder: Holder) -> None:
    client = browser()
    assert ask("henri@acme.example", client) == ask("zed@acme.example", client)
    assert LostLink.objects.count() == 2
    assert Outbox.objects.filter(topic="mail.lost_link").count() == 2


def test_only_a_known_address_gets_mail(in_acme: CompanyRef, holder: Holder) -> None:
    ask("zed@acme.example")
    assert mailed(in_acme) == []
    ask("HENRI@acme.example")
    assert len(mailed(in_acme)) == 1
    assert mail.outbox[0].to == ["henri@acme.example"]
    offboard_holder(holder=holder, by=ALICE)
    ask()
    assert mailed(in_acme) == []


def test_what_is_no_address_is_said(holder: Holder) -> None:
    response = browser(accept_language="de").post("/lost/", {"email": "henri"})
    assert response.status_code == 422
    assert TEXTS["de"]["email_wrong"] in response.content.decode()


def test_the_token_is_nowhere_in_the_clear(in_acme: CompanyRef, holder: Holder) -> None:
    ask()
    (link,) = mailed(in_acme)
    token = link.split("/")[2]
    row = LostLink.objects.get()
    told = [str(vars(row)), str(Outbox.objects.get(topic="mail.lost_link").data)]
    assert not any(token in text for text in told)
    assert token.encode() not in bytes(row.token_hash)
    assert token not in redact(f"GET {link} 200")


def test_the_mail_sent_twice_is_one_mail(in_acme: CompanyRef, holder: Holder) -> None:
    ask()
    mail.outbox.clear()
    deliver(in_acme)
    Outbox.objects.filter(topic="mail.lost_link").update(done=None, due=timezone.now())
    deliver(in_acme)
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.body == second.body


def test_opening_the_link_uses_nothing_up(in_acme: CompanyRef, holder: Holder) -> None:
    enrolled(holder)
    ask()
    (link,) = mailed(in_acme)
    for _ in range(5):
        response = browser().get(link)
        assert response.status_code == 200
        assert COOKIE not in response.cookies
        assert "Henri" not in response.content.decode()
    assert browser().head(link).status_code == 200
    assert browser().post(link).status_code == 302
    assert Device.objects.get().state == DeviceState.ACTIVE


def test_a_link_works_once_and_in_one_browser(in_acme: CompanyRef, holder: Holder) -> None:
    ask()
    ask()
    first, second = mailed(in_acme)
    client = browser()
    assert client.post(first).status_code == 302
    assert client.get("/lost/phones/").status_code == 200
    assert browser().get("/lost/phones/").status_code == 410
    assert [browser().post(link).status_code for link in (first, second)] == [410, 410]
    assert LedgerEntry.objects.get(verb="lost_link_used").actor == f"holder:{holder.handle}"


def test_a_link_ends_after_half_an_hour(in_acme: CompanyRef, holder: Holder) -> None:
    ask()
    (link,) = mailed(in_acme)
    row = LostLink.objects.get()
    assert abs(row.expires_at - timezone.now() - dt.timedelta(minutes=30)) < dt.timedelta(minutes=1)
    LostLink.objects.update(expires_at=timezone.now())
    assert [browser().get(link).status_code, browser().post(link).status_code] == [410, 410]


def test_the_browsers_turn_ends_too(in_acme: CompanyRef, holder: Holder) -> None:
    client = opened(in_acme)
    LostLink.objects.update(browser_until=timezone.now())
    assert client.get("/lost/phones/").status_code == 410
    assert client.post("/lost/phones/revoke/", {"all": "1"}).status_code == 410


def test_the_cookie_is_kept_from_scripts_and_other_sites(in_acme: CompanyRef, holder: Holder) -> None:
    cookie = opened(in_acme).cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert cookie.value.encode() not in bytes(LostLink.objects.get().browser_hash or b"")


def test_one_phone_is_revoked_and_the_other_stays(in_acme: CompanyRef, holder: Holder) -> None:
    phone, first = enrolled(holder)
    second = enrolled(holder)[1]
    client = opened(in_acme)
    page = client.get("/lost/phones/").content.decode()
    assert page.count('name="phone"') == 2
    assert "Never used" in page
    page = client.post("/lost/phones/revoke/", {"phone": str(first.pk)}).content.decode()
    assert TEXTS["en"]["done"] in page
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.revoked_reason) == (DeviceState.REVOKED, "lost")
    assert second.state == DeviceState.ACTIVE
    assert LedgerEntry.objects.get(verb="device_revoked").actor == f"holder:{holder.handle}"
    assert phone.ask()[1]["code"] == "device_revoked"


def test_all_phones_are_revoked_the_waiting_one_too_and_a_receipt_is_sent(
    in_acme: CompanyRef, holder: Holder
) -> None:
    phone, _ = enrolled(holder)
    phone.ask()
    enrolled(holder, vouched=False)
    client = opened(in_acme)
    assert "Last used" in client.get("/lost/phones/").content.decode()
    page = client.post("/lost/phones/revoke/", {"all": "1"}).content.decode()
    assert TEXTS["en"]["done_all"] in page
    assert set(Device.objects.values_list("state", flat=True)) == {DeviceState.REVOKED}
    mail.outbox.clear()
    deliver(in_acme)
    (receipt,) = [sent for sent in mail.outbox if sent.subject == "Your phone for Acme is revoked"]
    assert "a phone, a phone" in str(receipt.body)
    assert TEXTS["en"]["done"] not in client.post("/lost/phones/revoke/", {"all": "1"}).content.decode()


@pytest.mark.parametrize("sent", [{}, {"phone": "x"}, {"phone": "00000000-0000-4000-8000-000000000000"}])
def test_nothing_is_revoked_by_nonsense(in_acme: CompanyRef, holder: Holder, sent: dict[str, str]) -> None:
    enrolled(holder)
    assert opened(in_acme).post("/lost/phones/revoke/", sent).status_code == 200
    assert Device.objects.get().state == DeviceState.ACTIVE
    assert not Outbox.objects.filter(topic="mail.phones_revoked").exists()


def test_somebody_elses_phone_is_none_of_theirs(in_acme: CompanyRef, holder: Holder) -> None:
    foreign = enrolled(henri(email="other@acme.example"))[1]
    client = opened(in_acme)
    client.post("/lost/phones/revoke/", {"phone": str(foreign.pk)})
    foreign.refresh_from_db()
    assert foreign.state == DeviceState.ACTIVE
    assert revoke_lost(holder=holder, phone=foreign.pk) == 0


def test_a_suspended_person_may_revoke_one_that_left_may_not(in_acme: CompanyRef, holder: Holder) -> None:
    enrolled(holder)
    suspend_holder(holder=holder, by=ALICE)
    client = opened(in_acme)
    offboard_holder(holder=holder, by=ALICE)
    assert client.get("/lost/phones/").status_code == 410


def test_the_link_is_of_one_company(in_acme: CompanyRef, globex: CompanyRef, holder: Holder) -> None:
    ask()
    (link,) = mailed(in_acme)
    assert Client(HTTP_HOST="globex.localhost").post(link).status_code == 410
    client = opened(in_acme)
    client.defaults["HTTP_HOST"] = "globex.localhost"
    assert client.get("/lost/phones/").status_code == 410
    with enter(globex):
        assert holder_of(client.cookies[COOKIE].value) is None


def test_without_a_cookie_nobody_is_found(in_acme: CompanyRef, holder: Holder) -> None:
    ask()
    assert holder_of("") is None
    with pytest.raises(Refused, match="link_used_up"):
        use_link(token="x")


def test_asking_is_limited_by_address_and_by_place(in_acme: CompanyRef, holder: Holder) -> None:
    answers = {ask(client=Client(HTTP_HOST=HOST, REMOTE_ADDR=f"192.0.2.{n}")) for n in range(5)}
    assert (LostLink.objects.count(), len({re.sub(rb"\s", b"", one) for one in answers})) == (3, 1)
    LostLink.objects.all().delete()
    for number in range(ASKED_PLACE.most + 3):
        ask(f"zed{number}@acme.example", Client(HTTP_HOST=HOST, REMOTE_ADDR="192.0.2.99"))
    assert LostLink.objects.count() == ASKED_PLACE.most
    assert ASKED_ADDRESS.most == 3


def test_a_post_without_the_token_of_the_form_is_refused(in_acme: CompanyRef, holder: Holder) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST=HOST)
    assert client.post("/lost/", {"email": "henri@acme.example"}).status_code == 403


@pytest.mark.parametrize("language", Language.values)
def test_pages_and_mail_speak_the_language(in_acme: CompanyRef, language: str) -> None:
    person = henri(language=language)
    enrolled(person)
    first = browser(accept_language=language).get("/lost/").content.decode()
    assert f'<html lang="{language}"' in first
    assert TEXTS[language]["ask_deed"] in first
    client = opened(in_acme)
    page = client.get("/lost/phones/").content.decode()
    assert f'<html lang="{language}"' in page
    assert TEXTS[language]["revoke"] in page
    assert not re.search(r"{\w+}", page + first + str(mail.outbox[0].body))


def test_every_language_says_everything() -> None:
    assert set(TEXTS) == set(Language.values)
    for name in TEXTS["en"]:
        gaps = {frozenset(re.findall(r"{\w+}", said[name])) for said in TEXTS.values()}
        assert len(gaps) == 1, name
    assert len({frozenset(said) for said in TEXTS.values()}) == 1
