"""Console pages of types and documents, as whoever sets visits up sees and uses them."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from tests.fixtures.console import SignIn
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import Document, DocumentVersion, VisitType
from visitors.services import documents, types

pytestmark = pytest.mark.django_db

TYPE: dict[str, Any] = {
    "name": "Interview",
    "photo": "none",
    "ways": ["day_pass"],
    "length_minutes": 45,
    "grace_before": 30,
    "grace_after": 30,
    "badge": "a6",
    "keep_days": 7,
    "keep_least": 0,
}


@pytest.fixture
def alice(signed_in: SignIn) -> Client:
    return signed_in("alice")


@pytest.fixture
def rules(desk: Reception) -> Document:
    made = documents.add_document(name="House rules", by=BY)
    documents.publish_version(document=made, texts={"en": ("House rules", "Walk.\n\nSlowly.")}, by=BY)
    return made


def said(answer: Any) -> str:
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def test_the_list_says_what_each_asks_and_opens(desk: Reception, rules: Document, alice: Client) -> None:
    types.edit_type(visit_type=desk.type, documents=[rules], photo="optional", face=True, by=BY)
    page = alice.get("/visitors/types/").content.decode()
    assert "House rules, photo, if they like, face, if they like" in page
    assert f"{desk.place.staff.name}; own phone, day pass with PIN, escort" in page
    assert "also without invitation" in page
    types.edit_type(visit_type=desk.type, escort=True, by=BY)
    assert "No door by itself" in alice.get("/visitors/types/").content.decode()


def test_a_type_is_added_by_the_form(desk: Reception, rules: Document, alice: Client) -> None:
    answer = alice.post(
        "/visitors/types/add/", TYPE | {"documents": [str(rules.pk)], "levels": [desk.place.staff.pk]}
    )
    assert answer.status_code == 302
    made = VisitType.objects.get(name="Interview")
    assert (made.ways, made.walk_in, list(made.documents.all())) == (["day_pass"], False, [rules])
    assert list(made.levels.all()) == [desk.place.staff]


def test_a_new_type_leaves_it_to_the_host_unless_somebody_says_otherwise(
    desk: Reception, alice: Client
) -> None:
    ticked = '<input type="checkbox" name="host_confirms"'
    box = next(one for one in _inputs(alice.get("/visitors/types/add/")) if one.startswith(ticked))
    assert " checked" in box
    box = next(
        one for one in _inputs(alice.get(f"/visitors/types/{desk.type.pk}/")) if one.startswith(ticked)
    )
    assert " checked" not in box
    alice.post(f"/visitors/types/{desk.type.pk}/", TYPE | {"host_confirms": "on"})
    desk.type.refresh_from_db()
    assert desk.type.host_confirms


def _inputs(answer: Any) -> list[str]:
    return re.findall(r"<input[^>]*>", answer.content.decode())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ways": []}, "Choose at least one way in."),
        ({"keep_least": 10, "keep_rule": "PCI DSS"}, "The rule demands 10 days."),
        ({"keep_least": 5}, "Name the rule."),
        ({"badge_photo": "on"}, "A badge can show a photo only where one is taken."),
        ({"name": "MEETING"}, "Another type has this name."),
        ({"length_minutes": "x"}, "Enter a whole number."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    desk: Reception, alice: Client, values: dict[str, Any], words: str
) -> None:
    answer = alice.post("/visitors/types/add/", TYPE | values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) == 1
    assert page.index('class="form-error"') < page.index(words)
    assert not VisitType.objects.filter(name="Interview").exists()


def test_a_type_that_opens_nothing_is_saved_and_said(desk: Reception, alice: Client) -> None:
    answer = alice.post("/visitors/types/add/", TYPE)
    assert "opens no door" in said(answer)


def test_editing_says_whom_it_concerns(desk: Reception, alice: Client) -> None:
    here = desk.visit()
    desk.visit(name="Lara Later", email="lara@guest.example", begins_in=600)
    services.admit(visit=here, by=BY)
    page = alice.get(f"/visitors/types/{desk.type.pk}/").content.decode()
    assert "1 visit to come follows the change; 1 under way keeps its times and doors." in page
    answer = alice.post(f"/visitors/types/{desk.type.pk}/", TYPE | {"name": "Talk"})
    assert answer.status_code == 302
    desk.type.refresh_from_db()
    assert (desk.type.name, desk.type.grace_after, desk.type.levels.count()) == ("Talk", 30, 0)


def test_a_type_is_archived_and_taken_back(desk: Reception, alice: Client) -> None:
    address = f"/visitors/types/{desk.type.pk}/"
    assert 'id="archive"' in alice.get(address).content.decode()
    answer = alice.post(f"{address}archive/")
    assert "take it back" in said(answer)
    assert "Archived" in alice.get("/visitors/types/").content.decode()
    answer = alice.post(address, TYPE)
    assert (answer.status_code, "Take it back first." in answer.content.decode()) == (422, True)
    types.add_type(name="Meeting", by=BY)
    assert "Another type is called" in said(alice.post(f"{address}restore/"))
    VisitType.objects.filter(name="Meeting", archived_at=None).update(name="Other")
    assert "offered again" in said(alice.post(f"{address}restore/"))


def test_types_are_moved(desk: Reception, alice: Client) -> None:
    second = types.add_type(name="Interview", by=BY)
    alice.post(f"/visitors/types/{second.pk}/move/", {"way": "up"})
    assert list(VisitType.objects.values_list("name", flat=True)) == ["Interview", "Meeting"]
    alice.post(f"/visitors/types/{second.pk}/move/", {"way": "up"})  # it is the first already
    alice.post(f"/visitors/types/{second.pk}/move/", {"way": "down"})
    assert list(VisitType.objects.values_list("name", flat=True)) == ["Meeting", "Interview"]


# Documents


def test_a_document_is_written_looked_at_and_published(desk: Reception, alice: Client) -> None:
    answer = alice.post("/visitors/documents/add/", {"name": "House rules", "signed": "on"})
    made = Document.objects.get()
    assert answer.headers["Location"] == f"/visitors/documents/{made.pk}/publish/"
    words = {
        "title_en": "House rules",
        "body_en": "Walk.\r\n\r\n<b>Slowly</b>.",
        "title_de": "",
        "body_de": "",
    }
    preview = alice.post(f"/visitors/documents/{made.pk}/publish/", words)
    page = preview.content.decode()
    assert "version 1" in page
    assert "<p>&lt;b&gt;Slowly&lt;/b&gt;.</p>" in page
    assert not DocumentVersion.objects.exists()  # it was only looked at
    seen = preview.context["seen"]
    other = words | {"body_en": "Run.", "seen": seen}
    assert alice.post(f"/visitors/documents/{made.pk}/publish/", other).status_code == 200
    assert not DocumentVersion.objects.exists()  # not what was looked at
    assert alice.post(f"/visitors/documents/{made.pk}/publish/", words | {"seen": seen}).status_code == 302
    assert DocumentVersion.objects.get().body == "Walk.\n\n<b>Slowly</b>."


def test_languages_stand_side_by_side_and_older_versions_stay(
    desk: Reception, rules: Document, alice: Client
) -> None:
    address = f"/visitors/documents/{rules.pk}/"
    form = alice.get(f"{address}publish/").content.decode()
    assert "Walk.\n\nSlowly." in form.replace("\r", "")
    words = {"title_en": "House rules", "body_en": "Run.", "title_de": "Hausordnung", "body_de": "Rennen."}
    seen = alice.post(f"{address}publish/", words).context["seen"]
    assert alice.post(f"{address}publish/", words | {"seen": seen, "back": "1"}).status_code == 200
    alice.post(f"{address}publish/", words | {"seen": seen})
    page = alice.get(address).content.decode()
    for word in ("In force: version 2", "Run.", "Rennen.", "Version 1", "Slowly.", 'lang="de"'):
        assert word in page
    assert "Not in Français, Español" in page


def test_a_language_in_force_cannot_be_left_out(desk: Reception, rules: Document, alice: Client) -> None:
    words = {"title_en": "", "body_en": "", "title_de": "Hausordnung", "body_de": "Rennen."}
    answer = alice.post(f"/visitors/documents/{rules.pk}/publish/", words)
    assert answer.status_code == 422
    assert answer.content.decode().count("There is nothing to read here.") == 2
    half = {"title_en": "House rules", "body_en": "Walk.", "title_de": "Hausordnung", "body_de": ""}
    assert alice.post(f"/visitors/documents/{rules.pk}/publish/", half).status_code == 422
    assert DocumentVersion.objects.count() == 1


def test_a_document_without_english_says_so(desk: Reception, alice: Client) -> None:
    made = documents.add_document(name="Hausordnung", by=BY)
    documents.publish_version(document=made, texts={"de": ("Hausordnung", "Gehen.")}, by=BY)
    assert "no English: others read Deutsch" in alice.get("/visitors/documents/").content.decode()
    assert "It has no English" in alice.get(f"/visitors/documents/{made.pk}/").content.decode()


def test_a_document_is_renamed_archived_and_taken_back(
    desk: Reception, rules: Document, alice: Client
) -> None:
    address = f"/visitors/documents/{rules.pk}/"
    alice.post(f"{address}edit/", {"name": "Rules", "signed": ""})
    rules.refresh_from_db()
    assert (rules.name, rules.signed) == ("Rules", False)
    assert alice.post(f"{address}edit/", {"name": ""}).status_code == 422
    alice.post(f"{address}archive/")
    assert "Take back" in alice.get("/visitors/documents/").content.decode()
    documents.add_document(name="Rules", by=BY)
    assert "Another document" in said(alice.post(f"{address}restore/"))
    Document.objects.filter(archived_at=None).update(name="Others")
    assert "is back" in said(alice.post(f"{address}restore/"))
