"""Who takes back that their signature may be kept has none here any more; who merely leaves keeps it."""

from compliance.law import Purpose
from compliance.models import ConsentRecord
from compliance.services import withdraw
from credentials.services.consents import person_of
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby, document, notices
from visitors import services
from visitors.models import SignedDocument, Visit


def _signs(desk: Reception, lobby: Lobby) -> SignedDocument:
    notices(Purpose.VISITOR_DOCUMENTS)
    document(desk)
    lobby.expected(desk.visit())
    lobby.sign()
    lobby.agree()
    signed = SignedDocument.objects.get()
    assert signed.strokes
    assert signed.pdf
    return signed


def _takes_back(visit: Visit) -> None:
    record = ConsentRecord.objects.get(subject=visit.holder.subject_id, purpose=Purpose.VISITOR_DOCUMENTS)
    withdraw(person=person_of(visit.holder), record=record.pk, by=BY)


def test_taken_back_later_nothing_of_it_is_kept(desk: Reception, lobby: Lobby) -> None:
    signed = _signs(desk, lobby)
    _takes_back(lobby.visit)
    signed.refresh_from_db()
    assert (signed.strokes, bytes(signed.pdf), signed.pdf_sha256) == ("", b"", "")


def test_another_visitor_keeps_theirs(desk: Reception, lobby: Lobby) -> None:
    signed = _signs(desk, lobby)
    other = desk.visit(name="Otto Other", email="otto@guest.example")
    lobby.expected(other)
    lobby.sign()
    lobby.agree()
    _takes_back(other)
    signed.refresh_from_db()
    assert signed.strokes
    assert SignedDocument.objects.get(visit=other).strokes == ""


def test_who_leaves_took_nothing_back(desk: Reception, lobby: Lobby) -> None:
    signed = _signs(desk, lobby)
    services.sign_out(visit=services.admit(visit=lobby.visit, by=BY), by=BY)
    signed.refresh_from_db()
    assert signed.strokes
    assert signed.pdf_sha256
