"""Documents read and signed at home: kept as at a kiosk, which does not ask for them again."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from compliance.law import Purpose
from compliance.models import NoticeVersion
from ledger.models import LedgerEntry
from tenants import context
from tests.compliance.build import agree
from tests.visitors.build import BY, Reception, guest
from tests.visitors.lobby import SIGNATURE, Lobby, document, notices
from visitors.models import Document, SignedDocument, Visit
from visitors.services import arrive
from visitors.services.documents import publish_version, texts_for
from visitors.services.inviting import invite
from visitors.services.links import token_of
from visitors.services.signing import signed_pdf
from visitors.views.visit_page import LONGEST_STROKES, SIGNS
from visitors.visit_texts import TEXTS

pytestmark = pytest.mark.django_db
SAID = TEXTS["en"]
OTHER = {"en": ("House rules", "Other words."), "de": ("Hausordnung", "Andere Worte.")}


class Home:
    """A visitor with the page of their visit."""

    def __init__(self, desk: Reception) -> None:
        (self.visit,) = invite(guests=[guest()], plan=desk.plan(), by=BY)
        self.path = f"/visit/{token_of(self.visit.links.get())}/"
        self.text = ""

    def look(self) -> str:
        with context.leave():
            return Client(HTTP_HOST="acme.localhost").get(self.path).content.decode()

    def sign(self, of: Document | str, strokes: Any = SIGNATURE) -> int:
        """Press; the status, 302 where it is kept."""
        given = of if isinstance(of, str) else str(of.versions.filter(language="en").latest("number").pk)
        told = {"version": given, "strokes": strokes if isinstance(strokes, str) else json.dumps(strokes)}
        with context.leave():
            answer = Client(HTTP_HOST="acme.localhost").post(f"{self.path}sign/", told)
        self.text = answer.content.decode()
        return answer.status_code


@pytest.fixture
def rules(desk: Reception) -> Document:
    return document(desk)


@pytest.fixture
def home(desk: Reception, rules: Document) -> Home:
    return Home(desk)


def kept() -> list[SignedDocument]:
    return list(SignedDocument.objects.all())


def test_what_is_signed_at_home_is_kept_once_and_not_asked_at_the_kiosk(
    home: Home, rules: Document, lobby: Lobby
) -> None:
    assert "data-sign" in home.look()
    assert [home.sign(rules), home.sign(rules)] == [302, 302]
    (signed,) = kept()
    assert (signed.kiosk, signed.name, json.loads(signed.strokes)) == (None, "Vera Visitor", SIGNATURE)
    assert (signed_pdf(signed) or b"").startswith(b"%PDF")
    (deed,) = LedgerEntry.objects.filter(verb="document_signed")
    assert (deed.actor, deed.data["pdf"]) == (f"holder:{home.visit.holder.handle}", signed.pdf_sha256)
    text = home.look()
    assert SAID["sign_done"] in text
    assert "data-sign" not in text
    view = lobby.expected(home.visit)
    assert (view["documents"], view["step"]) == ([], "way")  # let in without being asked again


def test_what_is_only_read_needs_no_signature(home: Home, desk: Reception) -> None:
    read = document(desk, "Map", signed=False)
    assert SAID["read_deed"] in home.look()
    assert home.sign(read, SIGNATURE) == 302  # strokes that nobody asked for are not kept
    (signed,) = kept()
    assert (signed.strokes, bytes(signed.pdf), signed.pdf_sha256) == ("", b"", "")
    assert LedgerEntry.objects.filter(verb="document_read").count() == 1


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        ([], "sign_empty"),
        ("", "sign_empty"),
        ([[[5, 5, 0], [5, 5, 90]]], "sign_empty"),
        ([[[1, 1, 0]] * 3001], "sign_failed"),
        ([[[0, 0, 0]]] * 201, "sign_failed"),
        ("[[[0, 0, 0], [NaN, 1, 1]]]", "sign_failed"),
        ('{"a": 1}', "sign_failed"),
        ("[[[1, 1", "sign_failed"),
        ("[" * 90_000, "sign_failed"),
        ("[" + " " * LONGEST_STROKES + "]", "sign_failed"),
    ],
)
def test_what_is_no_signature_is_refused(home: Home, rules: Document, strokes: Any, said: str) -> None:
    assert home.sign(rules, strokes) == 422
    assert SAID[said] in home.text
    assert kept() == []


def test_a_text_that_was_replaced_or_is_none_is_refused(home: Home, rules: Document) -> None:
    old = str(rules.versions.get(language="en").pk)
    publish_version(document=rules, texts=OTHER, by=BY)
    assert home.sign(old) == 409
    assert SAID["sign_changed"] in home.text
    assert [home.sign(str(uuid4())), home.sign("x")] == [409, 422]
    assert kept() == []
    assert home.sign(rules) == 302


def test_a_new_version_is_asked_for_anew(home: Home, rules: Document, lobby: Lobby) -> None:
    assert home.sign(rules) == 302
    publish_version(document=rules, texts=OTHER, by=BY)
    assert "data-sign" in home.look()
    assert len(lobby.expected(home.visit)["documents"]) == 1


def test_where_consent_comes_first_it_is_signed_at_the_kiosk(
    home: Home, desk: Reception, rules: Document
) -> None:
    notices(Purpose.VISITOR_DOCUMENTS)
    text = home.look()
    assert SAID["sign_asked"] in text
    assert "data-sign" not in text
    assert home.sign(rules) == 403
    assert kept() == []
    read = document(desk, "Map", signed=False)
    assert home.sign(read, []) == 302  # keeps no signature
    notice = NoticeVersion.objects.get(purpose=Purpose.VISITOR_DOCUMENTS, language="en")
    agree(home.visit.holder, notice)
    assert "data-sign" in home.look()
    assert home.sign(rules) == 302
    assert len(kept()) == 2


def test_who_stands_at_reception_signs_there(home: Home, rules: Document) -> None:
    arrive(visit=home.visit, by=BY)
    assert "data-sign" not in home.look()
    assert home.sign(rules) == 409
    assert kept() == []


def test_presses_are_counted(home: Home, rules: Document) -> None:
    for _ in range(SIGNS.most):
        assert home.sign(rules, []) == 422
    assert home.sign(rules) == 429
    assert kept() == []


def test_a_press_of_another_site_is_refused(home: Home, rules: Document) -> None:
    version = str(rules.versions.get(language="en").pk)
    told = {"version": version, "strokes": json.dumps(SIGNATURE)}
    with context.leave():
        client = Client(HTTP_HOST="acme.localhost", enforce_csrf_checks=True)
        assert client.post(f"{home.path}sign/", told).status_code == 403
    assert kept() == []
    assert Visit.objects.get(pk=home.visit.pk).signed.count() == 0
    assert len(texts_for(home.visit.type, "en")) == 1
