"""The visitor's own page: found by the link from the mail alone, and nothing is used up by looking."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from credentials.services import offboard_holder
from ledger.outbox import deliver
from tenants import context
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception, guest
from visitors.models import Visit, VisitLink, VisitState, Way
from visitors.services import Guest, admit, cancel
from visitors.services.codes import code_of
from visitors.services.documents import add_document, publish_version
from visitors.services.inviting import invite
from visitors.services.links import token_of, use_up
from visitors.views.visit_page import GUESSES
from visitors.visit_texts import TEXTS

pytestmark = pytest.mark.django_db


def invited(desk: Reception, who: Guest | None = None) -> tuple[Visit, str]:
    (visit,) = invite(guests=[who or guest()], plan=desk.plan(begins_in=60), by=BY)
    return visit, f"/visit/{token_of(visit.links.get())}/"


def look(path: str, **more: str) -> tuple[int, str]:
    with context.leave():
        answer = Client(HTTP_HOST="acme.localhost").get(path, **more)  # type: ignore[arg-type]
    return answer.status_code, answer.content.decode()


def press(path: str) -> tuple[int, str]:
    with context.leave():
        answer = Client(HTTP_HOST="acme.localhost").post(path)
    return answer.status_code, answer.content.decode()


def state(visit: Visit) -> str:
    return Visit.objects.get(pk=visit.pk).state


def test_it_shows_what_the_visitor_needs_and_uses_nothing_up(desk: Reception) -> None:
    document = add_document(name="House rules", by=BY)
    publish_version(document=document, texts={"en": ("House rules", "Wear the badge.")}, by=BY)
    desk.type.documents.add(document)
    desk.type.bring = "Safety shoes"
    desk.type.save()
    visit, path = invited(desk)
    code = code_of(visit)
    for _ in range(2):
        status, text = look(path)
        assert status == 200
        for words in (f"{code[:4]}-{code[4:]}", "Vera Visitor", desk.host.name, "Safety shoes"):
            assert words in text
        assert "Wear the badge." in text
        assert f'href="/wallet/#{path.strip("/").replace("/", "=")}"' in text
    assert state(visit) == VisitState.INVITED
    assert VisitLink.objects.get(visit=visit).used_at is None


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_it_speaks_the_visitors_language(desk: Reception, language: str) -> None:
    _, path = invited(desk, replace(guest(), language=language))
    text = look(path)[1]
    assert f'<html lang="{language}">' in text
    assert TEXTS[language]["coming"] in text


def test_every_text_stands_in_each_language() -> None:
    assert len({frozenset(said) for said in TEXTS.values()}) == 1


def test_coming_and_not_coming(desk: Reception, in_acme: CompanyRef) -> None:
    visit, path = invited(desk)
    assert press(f"{path}coming/")[0] == 302
    assert state(visit) == VisitState.EXPECTED
    assert TEXTS["en"]["comes"] in look(path)[1]
    status, text = press(f"{path}cannot/")
    assert status == 200
    assert TEXTS["en"]["declined"] in text
    assert state(visit) == VisitState.CANCELLED
    deliver(in_acme)
    assert {one.to[0] for one in mail.outbox} == {desk.host.email, "vera@guest.example"}
    # The second press, and every look after it, find nothing.
    assert press(f"{path}cannot/")[0] == 410
    assert press(f"{path}coming/")[0] == 410
    assert look(path)[0] == 410


def test_unknown_run_out_and_cancelled_are_answered_alike(desk: Reception) -> None:
    gone, path = invited(desk)
    cancel(visit=gone, by=BY)
    over, other = invited(desk, guest("Eva", "eva@guest.example"))
    VisitLink.objects.filter(visit=over).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    answers = {look(path), look(other), look("/visit/AAAAAAAAAAAAAAAAAAAAAA/"), look("/visit/x/")}
    assert len(answers) == 1
    assert answers.pop()[0] == 410


def test_a_used_link_shows_the_visit_but_enrols_no_other_phone(desk: Reception) -> None:
    visit, path = invited(desk)
    assert use_up(visit.links.get())
    status, text = look(path)
    assert status == 200
    assert "#visit=" not in text
    assert TEXTS["en"]["phone_done"] in text


def test_no_phone_is_offered_where_the_type_has_none(desk: Reception) -> None:
    desk.type.ways = [Way.DAY_PASS.value]
    desk.type.save()
    assert "#visit=" not in look(invited(desk)[1])[1]


def test_one_who_is_in_sees_no_code_and_cannot_call_it_off(desk: Reception) -> None:
    visit, path = invited(desk)
    admit(visit=visit, by=BY)
    code = code_of(visit)
    text = look(path)[1]
    assert f"{code[:4]}-{code[4:]}" not in text
    assert TEXTS["en"]["inside"] in text
    assert press(f"{path}cannot/")[0] == 302
    assert state(visit) == VisitState.ON_SITE


def test_guessing_from_one_place_ends_after_thirty(desk: Reception) -> None:
    _, path = invited(desk)
    for number in range(GUESSES.most):
        assert look(f"/visit/guess-{number:016}/", REMOTE_ADDR="192.0.2.1")[0] == 410
    assert look("/visit/guess/", REMOTE_ADDR="192.0.2.1")[0] == 429
    # Whoever guesses shuts nobody out who has a right one.
    for _ in range(GUESSES.most + 1):
        assert look(path, REMOTE_ADDR="192.0.2.1")[0] == 200
    assert look("/visit/guess/", REMOTE_ADDR="192.0.2.1")[0] == 429
    assert look("/visit/guess/", REMOTE_ADDR="192.0.2.2")[0] == 410


def test_a_name_is_shown_as_it_is_and_runs_nothing(desk: Reception) -> None:
    _, path = invited(desk, guest("<script>alert(1)</script> نور 👩‍🚀"))
    text = look(path)[1]
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; نور 👩‍🚀" in text


def test_a_host_who_left_is_not_named(desk: Reception) -> None:
    _, path = invited(desk)
    name = desk.host.name
    assert name in look(path)[1]
    offboard_holder(holder=desk.host, by=BY)
    assert name not in look(path)[1]
