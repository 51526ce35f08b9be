"""What a kiosk took without network: opened by the server alone, taken once, lost never without a word."""

import json
import time
import uuid
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from access.services import add_site
from ledger.models import LedgerEntry
from sallyport.kiosk_protocol import seal_info
from tests.visitors.build import BY, Reception, guest
from tests.visitors.kiosk import Tablet, b64
from visitors import services
from visitors.models import SealedSignIn, SignedDocument, Visit, VisitState, VisitType
from visitors.services import Guest, handing_in, seals
from visitors.services.codes import code_of
from visitors.services.documents import add_document, publish_version
from visitors.signals import visit_arrived

STROKES = [[[10, 10, 0], [40, 30, 120], [90, 12, 300]]]
TOLD: dict[str, Any] = {
    "language": "de",
    "name": "Walter <b>Weg</b>",
    "email": "walter@guest.example",
    "firm": "Weg GmbH",
    "host_name": "henri HOLDER",
    "documents": [],
}


@pytest.fixture
def tablet(desk: Reception) -> Tablet:
    VisitType.objects.update(walk_in=True)
    return Tablet.paired(desk.place.site)


def item(tablet: Tablet, told: Any, **other: Any) -> dict[str, Any]:
    """A sign-in as a tablet seals it; `other` changes what it is bound to, or its outside."""
    sign_in = other.pop("id", uuid.uuid4())
    bound = {"company": tablet.company.uid, "kiosk": tablet.handle, "sign_in": sign_in.bytes}
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), seals.seal_key())
    plain = told if isinstance(told, bytes) else json.dumps(told).encode()
    sealed = seals.SUITE.encrypt(plain, public, seal_info(**(bound | other.pop("bound", {}))))
    return {"id": str(sign_in), "taken_at": int(time.time()) - 60, "sealed": b64(sealed)} | other


def hand_in(tablet: Tablet, *items: dict[str, Any]) -> dict[str, Any]:
    answer = tablet.call("kiosk/sealed", {"items": items})
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def code(tablet: Tablet, told: Any, **other: Any) -> str:
    """With which code a single broken item is taken; it is kept, and became no visit."""
    one = item(tablet, told, **other)
    answer = hand_in(tablet, one)
    assert answer["taken"] == [one["id"]]
    row = SealedSignIn.objects.get(pk=one["id"])
    assert row.visit is None
    assert answer["broken"] == [{"id": one["id"], "code": row.code}]
    return row.code


def test_a_sign_in_becomes_somebody_who_waits(desk: Reception, tablet: Tablet) -> None:
    heard: list[Visit] = []

    def listen(visit: Visit, **_: object) -> None:
        heard.append(visit)

    visit_arrived.connect(listen, weak=False)
    try:
        one = item(tablet, TOLD | {"type": str(desk.type.pk)})
        assert hand_in(tablet, one)["taken"] == [one["id"]]
        assert hand_in(tablet, one)["taken"] == [one["id"]]  # its answer was lost: once is once
    finally:
        visit_arrived.disconnect(listen)
    visit = Visit.objects.get()
    assert heard == [visit]
    assert (visit.state, visit.waits, visit.walk_in) == (VisitState.EXPECTED, True, True)
    assert (visit.holder.name, visit.firm, visit.language) == ("Walter <b>Weg</b>", "Weg GmbH", "de")
    assert (visit.host, visit.kiosk) == (desk.host, tablet.handle)
    row = SealedSignIn.objects.get()
    assert (row.visit, row.code) == (visit, "")
    assert LedgerEntry.objects.filter(verb="sign_in_handed_in").count() == 1


def test_the_code_leads_to_the_visit_that_was_invited(desk: Reception, tablet: Tablet) -> None:
    document = add_document(name="House rules", by=BY)
    (version,) = publish_version(document=document, texts={"en": ("House rules", "Be kind.")}, by=BY)
    desk.type.documents.add(document)
    signed = {"version": str(version.pk), "name": "Vera Visitor", "strokes": STROKES}
    invited = desk.visit()
    one = item(tablet, TOLD | {"code": code_of(invited).lower(), "documents": [signed]})
    for _ in range(2):
        answer = hand_in(tablet, one)
        assert (answer["taken"], answer["broken"]) == ([one["id"]], [])
    visit = Visit.objects.get()
    assert (visit, visit.waits, visit.admitted_at) == (invited, True, None), "nobody is let in by it"
    assert (visit.holder.name, visit.firm, visit.walk_in) == ("Vera Visitor", "Guest & Sons", False)
    assert SignedDocument.objects.get().visit == visit
    assert SealedSignIn.objects.get().visit == visit
    again = item(tablet, TOLD | {"code": code_of(invited), "documents": [signed]})
    services.admit(visit=visit, by=BY)  # reception was quicker
    assert hand_in(tablet, again)["broken"] == []
    visit.refresh_from_db()
    assert visit.state == VisitState.ON_SITE
    assert (Visit.objects.count(), SignedDocument.objects.count()) == (1, 1)


def test_what_the_invitation_lacked_is_not_lost(desk: Reception, tablet: Tablet) -> None:
    invited = services.plan_visit(guest=Guest("Vera Visitor", "vera@guest.example"), plan=desk.plan(), by=BY)
    hand_in(tablet, item(tablet, TOLD | {"code": code_of(invited)}))
    invited.refresh_from_db()
    assert invited.firm == "Weg GmbH"


def test_a_code_that_leads_nowhere_leaves_somebody_who_waits(desk: Reception, tablet: Tablet) -> None:
    """Not right, of another site, of another day, or over: nobody is lost, and no visit is touched."""
    away = add_site(name="Away", time_zone="Europe/Paris", by=BY)
    elsewhere = services.plan_visit(guest=guest(email="a@x.example"), plan=desk.plan(site=away), by=BY)
    later = desk.visit(email="b@x.example", begins_in=600)
    over = desk.visit(email="c@x.example")
    codes = ["ZZZZZZZZ", "no code", *(code_of(one) for one in (elsewhere, later, over))]
    services.cancel(visit=over, by=BY)
    for typed in codes:
        assert hand_in(tablet, item(tablet, TOLD | {"code": typed, "email": ""}))["broken"] == []
    walked = Visit.objects.filter(walk_in=True)
    assert walked.count() == len(codes)
    assert all(one.waits and one.firm == "Weg GmbH" for one in walked)
    assert not Visit.objects.filter(walk_in=False).exclude(arrived_at=None).exists()


def test_guessing_codes_without_network_ends(desk: Reception, tablet: Tablet) -> None:
    for _ in range(20):
        hand_in(tablet, item(tablet, TOLD | {"code": "ZZZZZZZZ", "email": ""}))
    invited = desk.visit()
    hand_in(tablet, item(tablet, TOLD | {"code": code_of(invited), "email": ""}))
    invited.refresh_from_db()
    assert not invited.waits
    assert Visit.objects.filter(walk_in=True).count() == 21


def test_documents_are_kept_with_it(desk: Reception, tablet: Tablet) -> None:
    document = add_document(name="House rules", by=BY)
    desk.type.documents.add(document)
    (version,) = publish_version(document=document, texts={"en": ("House rules", "Be kind.")}, by=BY)
    signed = {"version": str(version.pk), "name": "Walter Weg", "strokes": STROKES}
    hand_in(tablet, item(tablet, TOLD | {"documents": [signed]}))
    kept = SignedDocument.objects.get()
    row = SealedSignIn.objects.get()
    assert kept.signed_at == row.taken_at
    assert json.loads(kept.strokes) == STROKES
    assert kept.pdf_sha256
    unreadable: list[dict[str, Any]] = [
        {"strokes": []},
        {"version": "x"},
        {"version": str(uuid.uuid4())},
        {"strokes": "x"},
    ]
    for broken in unreadable:
        answer = hand_in(tablet, item(tablet, TOLD | {"documents": [signed | broken]}))
        assert [one["code"] for one in answer["broken"]] == ["document_unreadable"]
    assert Visit.objects.count() == 5
    assert SignedDocument.objects.count() == 1


def test_what_is_bound_elsewhere_does_not_open(desk: Reception, tablet: Tablet) -> None:
    other = Tablet.paired(desk.place.site, "Rear")
    assert code(tablet, TOLD, bound={"kiosk": other.handle}) == "cannot_open"
    assert code(tablet, TOLD, bound={"company": bytes(16)}) == "cannot_open"
    assert code(tablet, TOLD, bound={"sign_in": bytes(16)}) == "cannot_open"
    assert code(tablet, TOLD, sealed="%%%") == "cannot_open"
    assert code(tablet, TOLD, sealed=b64(b"\x04" + bytes(100))) == "cannot_open"
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (b"\xff", "malformed"),
        (b"[]", "malformed"),
        ({"name": 7}, "malformed"),
        (TOLD | {"code": ["x"]}, "malformed"),
        (TOLD | {"documents": "x"}, "malformed"),
        (TOLD | {"documents": [{}] * 21}, "malformed"),
        (TOLD | {"name": " "}, "name_missing"),
        (TOLD | {"name": "x" * 201}, "name_too_long"),
    ],
)
def test_what_is_broken_is_kept_with_its_code(tablet: Tablet, told: Any, expected: str) -> None:
    assert code(tablet, told) == expected
    assert not Visit.objects.exists()


def test_one_broken_sign_in_holds_up_no_other(tablet: Tablet) -> None:
    answer = hand_in(tablet, item(tablet, b"{"), item(tablet, TOLD))
    assert len(answer["taken"]) == 2
    assert Visit.objects.count() == 1


def test_a_fault_of_the_server_leaves_it_with_the_kiosk(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = item(tablet, TOLD)

    def crash(**_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(handing_in, "arrive", crash)
        assert hand_in(tablet, one)["taken"] == []
    assert not Visit.objects.exists()
    assert hand_in(tablet, one)["taken"] == [one["id"]]


def test_whoever_signed_in_yesterday_does_not_wait(tablet: Tablet) -> None:
    assert code(tablet, TOLD, taken_at=int(time.time()) - 90_000) == "handed_in_late"
    one = item(tablet, TOLD, taken_at=int(time.time()) + 90_000)  # a clock that is ahead
    hand_in(tablet, one)
    assert SealedSignIn.objects.get(pk=one["id"]).visit is not None


def test_nobody_gets_anothers_visit_by_their_address(desk: Reception, tablet: Tablet) -> None:
    known = services.plan_visit(guest=guest(), plan=desk.plan(), by=BY)
    for email in ("vera@guest.example", desk.host.email, "no address"):
        hand_in(tablet, item(tablet, TOLD | {"email": email}))
    assert Visit.objects.exclude(pk=known.pk).exclude(holder=known.holder).count() == 3
    known.holder.refresh_from_db()
    assert known.holder.name == "Vera Visitor"


def test_a_host_who_is_not_known_is_told_as_it_was_typed(tablet: Tablet) -> None:
    hand_in(tablet, item(tablet, TOLD | {"host_name": "Somebody Else", "type": str(uuid.uuid4())}))
    visit = Visit.objects.get()
    assert (visit.host, visit.subject) == (None, "Somebody Else")


def test_no_type_is_offered(tablet: Tablet) -> None:
    VisitType.objects.update(walk_in=False)
    assert code(tablet, TOLD) == "type_unknown"


def test_a_code_needs_no_type(desk: Reception, tablet: Tablet) -> None:
    """A company that takes nobody unannounced: the visit of the code has its own type."""
    VisitType.objects.update(walk_in=False)
    invited = desk.visit()
    told = TOLD | {"code": code_of(invited), "type": ""}
    assert hand_in(tablet, item(tablet, told))["broken"] == []
    invited.refresh_from_db()
    assert (Visit.objects.get(), invited.waits) == (invited, True)
    assert code(tablet, told | {"code": "ZZZZZZZZ"}) == "type_unknown"


def test_reception_says_that_it_has_seen_it(tablet: Tablet) -> None:
    hand_in(tablet, item(tablet, b"{"))
    row = SealedSignIn.objects.get()
    for _ in range(2):
        handing_in.acknowledge(sign_in=row, by=BY)
    row.refresh_from_db()
    assert row.seen_by == BY
    assert LedgerEntry.objects.filter(verb="sign_in_seen").count() == 1


@pytest.mark.parametrize("told", [{}, {"items": []}, {"items": [{"id": "x"}]}, {"items": "x"}])
def test_a_malformed_request_takes_nothing(tablet: Tablet, told: Any) -> None:
    answer = tablet.call("kiosk/sealed", told)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
