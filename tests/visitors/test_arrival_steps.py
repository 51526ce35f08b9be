"""The steps of an arrival: documents signed, notices answered, a photo, a way in, the badge."""

import io
import json
import math
import uuid
from typing import Any

import pytest
from PIL import Image

from biometrics.engine.pictures import MOST_BYTES
from compliance.law import Purpose
from compliance.models import ConsentRecord
from compliance.selectors import told_of
from compliance.services import withdraw
from credentials.models import DeviceState
from credentials.paper import DayPassState
from credentials.services.consents import person_of
from credentials.services.day_passes import Checked, check_pin
from ledger.models import LedgerEntry
from tests.credentials.phone import enrolled
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import BODY, SIGNATURE, Lobby, document, jpeg, notices, through
from tests.visitors.lobby import lobby as at_kiosk
from visitors import services
from visitors.models import SignedDocument, VisitPhoto, VisitType, Way
from visitors.photos import open_photo
from visitors.services.documents import publish_version
from visitors.services.signing import signed_pdf

pytestmark = pytest.mark.django_db


def kind(desk: Reception, **values: Any) -> None:
    VisitType.objects.filter(pk=desk.type.pk).update(**values)
    desk.type.refresh_from_db()


def deeds(lobby: Lobby, verb: str) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(verb=verb, handle=lobby.visit.handle, subject_kind="visit"))


def test_a_signature_is_kept_with_its_paper(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    lobby.expected(desk.visit())
    shown = lobby.view["documents"][0]
    assert (shown["title"], shown["body"], shown["signed"], shown["language"]) == (
        "House rules",
        BODY,
        True,
        "en",
    )
    assert lobby.sign(name="Vera V.")["step"] == "way"
    signed = SignedDocument.objects.get()
    assert (signed.name, json.loads(signed.strokes), signed.kiosk) == (
        "Vera V.",
        SIGNATURE,
        lobby.tablet.handle,
    )
    paper = signed_pdf(signed)
    assert paper is not None
    assert paper.startswith(b"%PDF-")
    assert b"Vera" not in bytes(signed.pdf)
    (deed,) = deeds(lobby, "document_signed")
    assert (deed.actor, deed.data["pdf"]) == (lobby.tablet.kiosk.actor, signed.pdf_sha256)
    assert deed.data["text"] == signed.version.sha256
    assert lobby.sign(shown["version"])["step"] == "way"
    assert SignedDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("strokes", "code"),
    [
        ([], "signature_empty"),
        ([[]], "signature_empty"),
        ([[[5, 5, 0]]], "signature_empty"),
        ([[[5, 5, 0], [5, 5, 9]], [[7, 7, 20]]], "signature_empty"),
        ("text", "signature_malformed"),
        ([[[1, 2]]], "signature_malformed"),
        ([[[1, "2", 3]]], "signature_malformed"),
        ([[[1, True, 3]]], "signature_malformed"),
        ([[[1e9, 2, 3], [1, 2, 3]]], "signature_malformed"),
        ([[[1, 2, -3], [1, 4, 3]]], "signature_malformed"),
        ([[[10**400, 2, 3], [1, 4, 3]]], "signature_malformed"),
        ([[[1, 2, 3]]] * 201, "signature_too_large"),
        ([[[number, 2, 3] for number in range(3001)]], "signature_too_large"),
    ],
)
def test_a_signature_that_is_none(desk: Reception, lobby: Lobby, strokes: Any, code: str) -> None:
    document(desk)
    lobby.expected(desk.visit())
    assert (lobby.sign(strokes=strokes)["code"], lobby.status) == (code, 422)
    assert not SignedDocument.objects.exists()


def test_nan_is_no_coordinate(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    lobby.expected(desk.visit())
    assert lobby.sign(strokes=[[[math.nan, 2, 3], [1, 4, 3]]])["code"] in {
        "signature_malformed",
        "parse_error",
    }


def test_what_is_only_read_needs_no_hand(desk: Reception, lobby: Lobby) -> None:
    document(desk, signed=False)
    lobby.expected(desk.visit())
    assert lobby.sign(strokes=[])["step"] == "way"
    signed = SignedDocument.objects.get()
    assert (signed.strokes, bytes(signed.pdf), signed_pdf(signed)) == ("", b"", None)
    assert deeds(lobby, "document_read")


def test_a_text_that_was_replaced_meanwhile(desk: Reception, lobby: Lobby) -> None:
    row = document(desk)
    lobby.expected(desk.visit(), language="de")
    old = lobby.view["documents"][0]["version"]
    publish_version(document=row, texts={"en": ("New", BODY), "de": ("Neu", BODY)}, by=BY)
    assert lobby.sign(old)["code"] == "document_changed"
    assert lobby.sign(str(uuid.uuid4()))["code"] == "document_changed"
    assert lobby.look()["documents"][0]["title"] == "Neu"
    assert lobby.sign()["step"] == "way"


@pytest.mark.parametrize("name", ["Ж" * 200, "محمد", "😀 A", "<b>Bold</b>"])
def test_a_paper_takes_every_name(desk: Reception, lobby: Lobby, name: str) -> None:
    document(desk)
    lobby.walk_in(name=name)
    assert lobby.sign()["state"] == "waiting"
    assert SignedDocument.objects.get().name == name


def test_who_is_known_signs_a_text_once_while_it_is_kept(desk: Reception, lobby: Lobby) -> None:
    row = document(desk)
    first = desk.visit()
    lobby.expected(first)
    lobby.sign()
    services.sign_out(visit=first, by=BY)
    again = desk.visit()
    assert again.holder_id != first.holder_id
    assert (lobby.expected(again)["step"], lobby.view["documents"]) == ("way", [])
    services.sign_out(visit=again, by=BY)
    # Another name, or nobody who is known: they sign, and learn nothing.
    assert lobby.expected(desk.visit(name="Vera Other"))["step"] == "documents"
    services.sign_out(visit=services.admit(visit=lobby.visit, by=BY), by=BY)
    assert lobby.walk_in(name="Vera Visitor", email="vera@guest.example")["step"] == "documents"
    lobby.do("end")
    publish_version(document=row, texts={"en": ("New", BODY), "de": ("Neu", BODY)}, by=BY)
    assert lobby.expected(desk.visit())["step"] == "documents"


def test_a_consent_is_kept_with_the_kiosks_signature(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.DOOR_RECORD, Purpose.PHOTO)
    kind(desk, photo="optional")
    told = lobby.expected(desk.visit())
    assert (told["step"], told["photo"], told["consent"]["act"]) == ("consent", "optional", "acknowledge")
    assert lobby.agree(sha256="0" * 64)["code"] == "notice_changed"
    assert lobby.agree()["consent"]["purpose"] == "photo"
    assert lobby.agree()["step"] == "photo"
    record = ConsentRecord.objects.get(purpose="photo")
    assert (record.attended_by, record.device) == (lobby.tablet.kiosk.actor, None)
    proof = told_of(record)["proof"]
    assert (json.loads(proof["body"])["purpose"], proof["method"]) == ("photo", "POST")
    assert {"url", "params", "signature", "public_key"} <= proof.keys()
    deed = LedgerEntry.objects.get(verb="consent_given")
    assert (deed.data["kiosk"], "desk" in deed.data) == (record.attended_by, False)
    assert lobby.do("consent", purpose="photo")["code"] == "malformed"


def test_what_was_declined_is_not_asked_again(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.DOOR_RECORD, Purpose.PHOTO, Purpose.FACE)
    kind(desk, photo="optional", face=True)
    lobby.expected(desk.visit())
    assert lobby.decline("face")["code"] == "not_asked"
    assert [lobby.decline()["step"] for _ in range(3)] == ["consent", "consent", "way"]
    assert (lobby.view["photo"], lobby.view["face"]) == ("none", False)
    assert lobby.decline("photo")["step"] == "way"
    assert not ConsentRecord.objects.exists()
    assert lobby.send("photo", jpeg())["code"] == "photo_not_wanted"
    assert len(deeds(lobby, "notice_declined")) == 3


def test_nobody_is_asked_for_what_the_company_may_not_ask(desk: Reception, lobby: Lobby) -> None:
    kind(desk, photo="optional", face=True)
    assert lobby.expected(desk.visit())["steps"] == ["way"]
    assert (lobby.view["photo"], lobby.view["face"]) == ("none", False)


def test_a_photo_is_drawn_anew_and_sealed(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.PHOTO)
    kind(desk, photo="required")
    lobby.expected(desk.visit())
    assert lobby.send("photo", jpeg())["code"] == "consent_missing"
    lobby.agree()
    assert lobby.send("photo", jpeg(1600, 900, exif=True))["step"] == "way"
    kept = open_photo(lobby.visit)
    assert kept is not None
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.size, picture.format, dict(picture.getexif())) == ((480, 270), "JPEG", {})
    assert b"taken at home" not in kept
    assert kept not in bytes(VisitPhoto.objects.get().sealed)
    services.sign_out(visit=lobby.visit, by=BY)
    assert not VisitPhoto.objects.exists()


def test_a_photo_goes_with_the_consent(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.PHOTO)
    kind(desk, photo="optional")
    lobby.expected(desk.visit())
    lobby.agree()
    lobby.send("photo", jpeg())
    record, person = ConsentRecord.objects.get(), person_of(lobby.visit.holder)
    withdraw(person=person, record=record.pk, by=person.actor)
    assert not VisitPhoto.objects.exists()


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (b"", "photo_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "photo_unreadable"),
        (b"\xff\xd8\xff" + b"0" * 100, "photo_unreadable"),
        (b"\xff\xd8\xff" + b"0" * MOST_BYTES, "too_large"),
        (jpeg(5000, 4000), "photo_unreadable"),
    ],
    ids=["nothing", "png", "broken", "large", "pixels"],
)
def test_a_picture_that_is_none(desk: Reception, lobby: Lobby, picture: bytes, code: str) -> None:
    notices(Purpose.PHOTO)
    kind(desk, photo="optional")
    lobby.expected(desk.visit())
    lobby.agree()
    assert lobby.send("photo", picture)["code"] == code
    assert not VisitPhoto.objects.exists()


@pytest.mark.parametrize("said", ["no camera", "declined"])
def test_without_a_photo_that_must_be_somebody_lets_them_in(desk: Reception, lobby: Lobby, said: str) -> None:
    notices(Purpose.PHOTO)
    kind(desk, photo="required")
    lobby.expected(desk.visit())
    if said == "declined":
        lobby.decline()
    else:
        lobby.agree()
        assert lobby.do("photo")["code"] == lobby.do("photo", skip=False)["code"] == "malformed"
        lobby.do("photo", skip=True)
    assert lobby.view["state"] == "waiting"
    services.admit(visit=lobby.visit, by=BY)
    assert lobby.look()["step"] == "way"


def test_who_wants_no_signature_kept_is_let_in_by_somebody(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.VISITOR_DOCUMENTS)
    document(desk)
    lobby.expected(desk.visit())
    lobby.sign()
    assert lobby.decline()["state"] == "waiting"
    signed = SignedDocument.objects.get()
    assert (signed.strokes, bytes(signed.pdf), signed.pdf_sha256) == ("", b"", "")
    services.admit(visit=lobby.visit, by=BY)
    assert lobby.look()["step"] == "way"


def test_who_begins_anew_signs_what_was_not_kept(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.VISITOR_DOCUMENTS)
    document(desk)
    visit = desk.visit()
    lobby.expected(visit)
    lobby.sign()
    assert lobby.decline()["state"] == "waiting"
    lobby.do("end")
    assert lobby.expected(visit)["step"] == "documents"  # agreeing now keeps no signature that is gone
    lobby.sign()
    lobby.agree()
    assert lobby.view["step"] == "way"
    signed = SignedDocument.objects.get()
    assert json.loads(signed.strokes) == SIGNATURE
    assert (signed_pdf(signed) or b"").startswith(b"%PDF")


@pytest.mark.parametrize("way", [Way.DAY_PASS, Way.ESCORT])
def test_another_way_shuts_the_phone_out(desk: Reception, way: Way) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    phone, device = enrolled(visit.holder)
    services.choose_way(visit=visit, way=Way.PHONE, device=device, by=BY)
    assert phone.ask()[0] == 200
    services.choose_way(visit=visit, way=way, by=BY)
    assert phone.ask()[1]["code"] == "device_awaiting"
    services.choose_way(visit=visit, way=Way.PHONE, device=device, by=BY)  # found again
    device.refresh_from_db()
    assert device.state == DeviceState.ACTIVE


def test_a_day_pass_shows_its_pin_once(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    lobby.expected(visit)
    told = lobby.do("way", way="day_pass")["pass"]
    assert (lobby.view["steps"], lobby.view["step"]) == (["way", "pass"], None)
    assert told["ends"] == int(visit.closes.timestamp())
    assert lobby.look()["pass"] is None
    first = lobby.visit.day_pass
    assert first is not None
    pin = lobby.do("way", way="day_pass")["pass"]["pin"]
    first.refresh_from_db()
    second = lobby.visit.day_pass
    assert second is not None
    assert (first.state, second.state) == (DayPassState.REVOKED, DayPassState.ACTIVE)
    assert check_pin(handle=second.handle, credential=second.credential_id, pin=pin) is Checked.GOOD
    lobby.do("way", way="escort")
    second.refresh_from_db()
    assert (second.state, lobby.visit.day_pass) == (DayPassState.REVOKED, None)


def test_an_escort_is_all_there_is_where_the_type_says_so(desk: Reception, lobby: Lobby) -> None:
    kind(desk, escort=True)
    assert lobby.expected(desk.visit())["ways"] == ["escort"]
    assert lobby.do("way", way="day_pass")["code"] == "way_not_offered"
    assert lobby.do("way", way="escort")["state"] == "done"


def test_a_badge_is_printed_where_a_printer_stands(desk: Reception, lobby: Lobby) -> None:
    assert lobby.expected(desk.visit())["badge"] is False
    assert lobby.do("badge")["code"] == "no_badge"
    lobby.do("end")
    other = at_kiosk(desk, name="Printing", printer=True)
    other.expected(desk.visit())
    other.do("way", way="day_pass")
    assert (other.view["step"], other.view["badge"]) == ("badge", True)
    for _ in range(2):
        answer = other.tablet.call(f"kiosk/arrivals/{other.view['id']}/badge")
        assert (answer.status_code, answer["content-type"], answer.content[:5]) == (
            200,
            "application/pdf",
            b"%PDF-",
        )
        assert answer["cache-control"] == "no-store"
    assert other.look()["state"] == "done"
    assert len(deeds(other, "badge_printed")) == 1


def test_a_day_pass_is_printed_also_where_the_type_has_no_badge(desk: Reception) -> None:
    kind(desk, badge="none")
    other = at_kiosk(desk, name="Printing", printer=True)
    other.expected(desk.visit())
    assert other.do("way", way="escort")["state"] == "done"
    assert other.do("way", way="day_pass")["step"] == "badge"
    answer = other.tablet.call(f"kiosk/arrivals/{other.view['id']}/badge")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_details_fill_in_what_was_left_out(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit(email="")
    lobby.expected(visit)
    assert lobby.do("details", name="", email="nope", firm="")["code"] == "email_invalid"
    assert lobby.do("details", name="\U0001f600", email="", firm="")["code"] == "name_missing"
    assert lobby.do("details", name="n" * 201, email="", firm="")["code"] == "name_too_long"
    lobby.do("details", name="Vera W. Visitor", email="henri@acme.example", firm="Acme <b>")
    visit.refresh_from_db()
    assert (visit.holder.name, visit.holder.email, visit.firm) == ("Vera W. Visitor", "", "Acme <b>")
    assert lobby.view["step"] == "way"


def test_an_address_that_stands_is_not_changed(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    lobby.expected(desk.visit())
    lobby.do("details", name="", email="new@guest.example", firm="")
    assert lobby.visit.holder.email == "vera@guest.example"


def test_all_of_it_in_order(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.DOOR_RECORD, Purpose.PHOTO, Purpose.FACE, Purpose.VISITOR_DOCUMENTS)
    kind(desk, photo="required", face=True)
    document(desk)
    document(desk, "Site plan", signed=False)
    other = at_kiosk(desk, name="Printing", printer=True)
    other.walk_in(language="de")
    done = through(other)
    assert done == ["documents", "documents", "consent", "consent", "consent", "consent", "photo"]
    assert other.view["state"] == "waiting"
    services.admit(visit=other.visit, by=BY)
    other.look()
    assert through(other) == ["face", "way"]
    assert other.view["step"] == "badge"
    assert other.view["steps"] == ["documents", "consent", "photo", "face", "way", "badge"]


def test_who_said_yes_is_not_asked_twice(desk: Reception, lobby: Lobby) -> None:
    notices(Purpose.PHOTO)
    kind(desk, photo="optional")
    visit = desk.visit()
    lobby.expected(visit)
    lobby.agree()
    assert lobby.expected(visit)["step"] == "photo"
