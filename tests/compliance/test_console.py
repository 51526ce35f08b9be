"""The officer's pages: policy, notices, publication, consents; and the company's public page."""

import re
from typing import Any

import pytest
from django.test import Client

from compliance.law import Change, Purpose
from compliance.models import CompliancePolicy, NoticeVersion
from compliance.selectors import compliance_policy
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.build import ALL_MET, agree, publish, ready, somebody
from tests.fixtures.console import sign_in_as

FACE = "purpose=face"


def get(path: str, who: str = "carol") -> str:
    client = sign_in_as(who)
    with context.leave():
        response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def post(path: str, told: dict[str, Any], who: str = "carol") -> tuple[int, str]:
    client = sign_in_as(who)
    with context.leave():
        response = client.post(path, told)
    return response.status_code, response.content.decode()


def seen_in(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen_\w\w)" value="(\w{64})"', page))


def test_before_a_jurisdiction_is_chosen(in_acme: CompanyRef) -> None:
    assert "No jurisdiction yet" in get("/compliance/")
    client = sign_in_as("carol")
    with context.leave():
        assert client.get(f"/compliance/notices/?{FACE}").status_code == 404


def test_the_policy_is_chosen(in_acme: CompanyRef) -> None:
    told = {name: str(value) for name, value in ALL_MET.items()} | {"profile": "gdpr", "equal_way": "on"}
    assert post("/compliance/policy/", told)[0] == 302
    held = compliance_policy()
    assert (held.profile, held.dpia_by, str(held.dpia_on), held.equal_way) == (
        "gdpr",
        "Data protection officer",
        "2026-11-02",
        True,
    )
    page = get("/compliance/")
    assert "GDPR Art. 35(1)" in page
    assert page.count("Missing") == 1  # the notice
    assert post("/compliance/policy/", {"profile": "mars"})[0] == 422
    assert CompliancePolicy.objects.get().profile == "gdpr"


def test_needs_that_are_missing_are_told(in_acme: CompanyRef) -> None:
    ready("gdpr", dpia_by="", equal_way=False)
    publish()
    page = get("/compliance/")
    assert page.count("Missing") == 2
    assert "Locked" in page
    ready()
    assert "Missing" not in get("/compliance/")


def test_a_notice_is_written_looked_at_and_published(in_acme: CompanyRef) -> None:
    ready()
    told = {"title": "Your face", "text": "One.\r\n\r\n<script>alert(1)</script> & two."}
    assert post(f"/compliance/notices/draft/?{FACE}&language=en", told)[0] == 302
    page = get(f"/compliance/notices/publish/?{FACE}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; two." in page
    assert "<script>alert" not in page
    assert post(f"/compliance/notices/publish/?{FACE}", seen_in(page))[0] == 302
    row = NoticeVersion.objects.get()
    assert (row.number, row.text) == (1, "One.\n\n<script>alert(1)</script> & two.")
    assert row.published_by.startswith("operator:")
    for path in (f"/compliance/notices/?{FACE}", "/privacy/"):
        assert "<script>alert" not in get(path)


def test_the_page_tells_how_many_are_asked_again(in_acme: CompanyRef) -> None:
    ready()
    first = publish()[1]
    for name in ("henri", "zoe"):
        agree(somebody(name, f"{name}@acme.example"), first)
    told = {"title": "Your face", "text": "Something else."}
    assert post(f"/compliance/notices/draft/?{FACE}&language=en", told)[0] == 302
    page = get(f"/compliance/notices/publish/?{FACE}")
    assert "<strong>2 people</strong>" in page
    path = f"/compliance/notices/publish/?{FACE}"
    assert post(path, seen_in(page))[0] == 422  # what changes was not said
    assert post(path, seen_in(page) | {"changed": ["wording", "method"]})[0] == 422
    status, again = post(path, {"seen_en": "0" * 64, "seen_de": "0" * 64, "changed": ["method"]})
    assert status == 422
    assert "changed since you looked" in again
    assert post(path, seen_in(page) | {"changed": [Change.METHOD.value]})[0] == 302
    assert {row.number for row in NoticeVersion.objects.all()} == {1, 2}


@pytest.mark.parametrize(
    ("title", "text"), [("", "One."), ("Face", ""), ("Face", "a\u202eb"), ("x" * 121, "a")]
)
def test_words_that_cannot_be_shown(in_acme: CompanyRef, title: str, text: str) -> None:
    ready()
    assert post(f"/compliance/notices/draft/?{FACE}&language=en", {"title": title, "text": text})[0] == 422


def test_the_list_of_consents(in_acme: CompanyRef) -> None:
    ready()
    first = publish()[1]
    henri, zoe = somebody("Henri Holder", "h@acme.example"), somebody("Zoë Zimmer", "z@acme.example")
    agree(henri, first)
    agree(zoe, first)
    page = get("/compliance/consents/")
    assert "Henri Holder" in page
    assert "Zoë Zimmer" in page
    found = get("/compliance/consents/?text=zimmer&purpose=face&state=in_force")
    assert "Zoë Zimmer" in found
    assert "Henri Holder" not in found
    assert "Nothing fits" in get("/compliance/consents/?state=ended")
    assert "Agreed" in get(f"/people/{henri.pk}/")
    assert "What they said to notices" not in get(f"/people/{henri.pk}/", "rita")


def test_a_list_of_many_asks_no_more(in_acme: CompanyRef, django_assert_max_num_queries: Any) -> None:
    ready()
    first = publish()[1]
    for number in range(30):
        agree(somebody(f"Person {number}", f"p{number}@acme.example"), first)
    client = sign_in_as("carol")
    with context.leave(), django_assert_max_num_queries(20):
        assert client.get("/compliance/consents/").status_code == 200


def test_whoever_may_look_may_not_publish(in_acme: CompanyRef) -> None:
    ready()
    publish()
    for who in ("alice", "bob"):
        assert "Write" not in get(f"/compliance/notices/?{FACE}", who)
        assert post(f"/compliance/notices/draft/?{FACE}&language=en", {}, who)[0] == 403
        assert post(f"/compliance/notices/publish/?{FACE}", {}, who)[0] == 403


def public(language: str = "", accepts: str = "en") -> str:
    with context.leave():
        response = Client(HTTP_HOST="acme.localhost").get(
            "/privacy/", {"language": language} if language else {}, headers={"Accept-Language": accepts}
        )
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_public_page(in_acme: CompanyRef) -> None:
    assert "has not published anything" in public()
    ready("bipa")
    publish(Purpose.FACE, "bipa")
    publish(Purpose.PHOTO, "bipa", word="a photo", languages=("de",))
    page = public()
    for words in ("Faces: until you withdraw.", "At once, by destroying the key.", "privacy@acme.example"):
        assert words in page
    assert "face en" in page
    assert "photo de" in page  # in the only language there is
    assert '<html lang="de"' in public("de")
    assert "Aufbewahrungsfristen" in public(accepts="de")
    assert "Aufbewahrungsfristen" in public("de", "en")
    assert "Retention schedule" in public("xx")
