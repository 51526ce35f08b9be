"""Papers from live configuration: pages, downloads, what is missing, and that they follow it."""

import csv
import io
import json

from access.services import add_area, add_door, add_site, edit_area
from compliance.models import RetentionRule
from compliance.papers.fields import COLUMNS, field_lines
from compliance.papers.impact import impact
from compliance.papers.paper import Paper
from compliance.papers.pdf import pdf_of, said
from compliance.papers.processing import processing
from compliance.services.retention import set_rule
from compliance.services.subprocessors import save_particulars
from ledger.models import LedgerEntry
from tenants import context
from tenants.context import CompanyRef
from tenants.data_map import Use
from tests.compliance.build import publish, ready, somebody
from tests.compliance.test_console import get, post
from tests.fixtures.console import sign_in_as

BY = "operator:carol"


def told(paper: Paper) -> str:
    return json.dumps(paper.as_dict(), ensure_ascii=False)


def rows_of(paper: Paper, title: str) -> dict[str, str]:
    grid = next(section.grid for section in paper.sections if section.title == title)
    assert grid is not None
    return {row[0]: row[1] for row in grid.rows}


def test_the_data_map_is_shown_filtered_and_taken_along(in_acme: CompanyRef) -> None:
    page = get("/compliance/papers/data-map/")
    assert "email_index" in page
    only = get("/compliance/papers/data-map/?category=BIOMETRIC")
    assert "FaceTemplate" in only
    assert "email_index" not in only
    assert "Nothing fits" in get("/compliance/papers/data-map/?category=BIOMETRIC&use=KEYS")
    table = list(csv.reader(io.StringIO(get("/compliance/papers/data-map/?as=csv"))))
    assert tuple(table[0]) == COLUMNS
    assert len(table) - 1 == len(list(field_lines()))
    found = json.loads(get("/compliance/papers/data-map/?as=json&category=IDENTITY"))
    assert {"credentials.Holder.name", "operators.Operator.name"} <= {
        f"{one['room']}.{one['model']}.{one['field']}" for one in found
    }
    assert all(one["encrypted"] for one in found)


def test_the_record_of_processing_follows_the_configuration(in_acme: CompanyRef) -> None:
    before = processing()
    assert any("responsible company" in one for one in before.missing)
    ready()
    set_rule(kind="access_events", site=None, days=123, by=BY)
    after = processing()
    assert rows_of(after, "Who is responsible")["Responsible company"] == "Acme Ltd"
    assert not any("responsible company" in one for one in after.missing)
    assert "123 days from" in rows_of(after, Use.DOOR_RECORD.value)["Kept"]
    assert "not published; locked" in rows_of(after, Use.FACE.value)["Notice: Face"]
    publish()
    assert "version 1 in de, en; open" in rows_of(processing(), Use.FACE.value)["Notice: Face"]
    RetentionRule.objects.all().delete()
    assert "123 days" not in told(processing())


def test_every_use_of_the_data_map_has_its_activity(in_acme: CompanyRef) -> None:
    titles = {section.title for section in processing().sections}
    assert {line.use.value for line in field_lines() if line.category != "no personal data"} <= titles


def test_the_impact_assessment_names_face_doors_and_their_equal_ways(in_acme: CompanyRef) -> None:
    ready(dpia_by="", equal_way=False)
    site = add_site(name="Headquarters", time_zone="Europe/Berlin", by=BY)
    area = add_area(site=site, name="Vault", assurance=1, by=BY)
    add_door(area=area, name="Vault door", by=BY)
    assert "0, in 0 areas" in told(impact())
    edit_area(area=area, assurance=3, equal_way="Ring at the desk, Dana opens", by=BY)
    paper = impact()
    rows = rows_of(paper, "Description: how faces are used")
    assert rows["Doors that ask for a face"] == "1, in 1 areas"
    assert "Ring at the desk" in rows["Equal way: Vault, Headquarters"]
    assert any("Enter role and day of approval" in one for one in paper.missing)
    somebody("Wilhelmina Ostrakova", "mina@secretmail.example")
    assert "Ostrakova" not in told(impact())  # counts, never names
    ready()
    assert "By Data protection officer on 2026-11-02." in told(impact())


def test_papers_are_pages_json_and_pdf(in_acme: CompanyRef) -> None:
    ready()
    publish()
    client = sign_in_as("bob")
    for name in ("processing", "impact"):
        page = get(f"/compliance/papers/{name}/", "bob")
        assert "/particulars/" not in page  # bob may only look
        found = json.loads(get(f"/compliance/papers/{name}/?as=json"))
        assert found["company"] == in_acme.name
        with context.leave():
            answer = client.get(f"/compliance/papers/{name}/?as=pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert f'filename="{name}-' in answer["Content-Disposition"]
    assert "Record of processing" in get("/compliance/papers/")


def test_words_of_the_company_are_text_in_every_form(in_acme: CompanyRef) -> None:
    words = "<script>alert(1)</script> & <b>bold</b>\n\nA second part."
    assert post("/compliance/papers/particulars/", {"measures": words, "officer": "Dana"})[0] == 302
    assert "<script>alert" not in get("/compliance/papers/processing/")
    assert said(words, "text").getPlainText().startswith("<script>alert(1)</script> & <b>bold</b>")
    assert pdf_of(processing()).startswith(b"%PDF-")
    deed = LedgerEntry.objects.get(verb="particulars_changed")
    assert deed.data == {"fields": ["measures", "officer"]}  # not what was written
    save_particulars(values={"officer": "Dana"}, by=BY)
    assert LedgerEntry.objects.filter(verb="particulars_changed").count() == 1
    assert post("/compliance/papers/particulars/", {"officer": "x" * 201})[0] == 422


def test_a_paper_of_long_words_still_prints(in_acme: CompanyRef) -> None:
    save_particulars(values={"measures": "word " * 1_500, "views": "x" * 7_900}, by=BY)
    assert pdf_of(impact()).count(b"/Type /Page\n") > 3
