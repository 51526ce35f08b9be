"""Whose data lay where something was open: by time, door, reader and kind of data."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.models import BreachStep
from compliance.services.breaches import open_breach
from compliance.whose import whose
from ledger.models import LedgerEntry
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.everything import somebody_with_everything
from tests.compliance.test_console import get
from tests.compliance.whose import Everything
from tests.fixtures.console import sign_in_as
from tests.pages.scene import Scene, furnish, happen
from vault.affected import DOOR, READER, Exposure, sources
from vault.services import destroy_subject_key

BY = "operator:carol"
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
EVER = Exposure(NOW - 400 * DAY, NOW + 4000 * DAY)


@pytest.fixture
def scene(in_acme: CompanyRef) -> Scene:
    """Henri at the front door now and a week before, Zoë at the server room now, Anna nowhere."""
    found = furnish()
    happen(found.readers[0], found.holders[0], at=NOW)
    happen(found.readers[0], found.holders[0], at=NOW - 7 * DAY, reason="outside_schedule")
    happen(found.readers[1], found.holders[1], at=NOW)
    happen(found.readers[1], None, at=NOW, reason="malformed")
    return found


def who(exposure: Exposure, *kinds: str) -> list[str]:
    return sorted(line.known.name for line in whose(exposure, kinds).lines() if line.known)


def during(begins: dt.datetime, ends: dt.datetime, places: dict[str, int] | None = None) -> Exposure:
    return Exposure(begins, ends, {kind: frozenset({number}) for kind, number in (places or {}).items()})


def test_by_time_door_and_reader(scene: Scene) -> None:
    henri, zoe = "Henri Dubois", "Zoë Müller"
    day = (NOW - DAY, NOW + DAY)
    assert who(during(*day), "door_record") == [henri, zoe]
    assert who(during(*day, {DOOR: scene.doors[0].pk}), "door_record") == [henri]
    assert who(during(*day, {DOOR: scene.doors[1].pk}), "door_record") == [zoe]
    assert who(during(*day, {DOOR: scene.doors[2].pk}), "door_record") == []
    assert who(during(*day, {READER: scene.readers[1].handle}), "door_record") == [zoe]
    both = {DOOR: scene.doors[0].pk, READER: scene.readers[1].handle}
    assert who(during(*day, both), "door_record") == []
    assert who(during(NOW - 8 * DAY, NOW - 6 * DAY), "door_record") == [henri]  # refused ones count too
    assert who(during(NOW, NOW), "door_record") == []
    assert who(during(NOW - DAY, NOW), "door_record") == []  # the end lies outside


def test_counts_are_of_records(scene: Scene) -> None:
    found = whose(during(NOW - 30 * DAY, NOW + DAY), ["door_record"])
    assert (len(found.subjects), found.records) == (2, 3)
    assert {line.known.name: line.counts for line in found.lines() if line.known} == {
        "Henri Dubois": {sources["door_record"].title: 2},
        "Zoë Müller": {sources["door_record"].title: 1},
    }


def test_every_kind_finds_somebody_of_whom_everything_is_held(in_acme: CompanyRef) -> None:
    everything: Everything = somebody_with_everything()
    mine = {everything.holder.subject_id, everything.operator.subject_id}
    missing = [name for name in sources if not mine & set(whose(EVER, [name]).subjects)]
    assert missing == []


def test_somebody_erased_has_no_name_to_tell(scene: Scene) -> None:
    subject = scene.holders[0].subject
    destroy_subject_key(subject)
    found = whose(EVER, [])
    (line,) = [one for one in found.lines() if one.subject == subject.pk]
    assert line.known is None
    assert list(line.counts) == [sources["door_record"].title]  # a pseudonym with times


def test_names_are_fetched_for_a_page_at_once(scene: Scene) -> None:
    def queries(many: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            whose(EVER, ["persons"]).lines(0, many)
        return len(asked)

    queries(1)
    assert queries(3) <= queries(1) + 1


def test_the_page_asks_shows_and_puts_it_on_record(scene: Scene) -> None:
    breach = open_breach(what="A reader was opened.", aware_at=timezone.now(), by=BY)
    path = f"/compliance/breaches/{breach.pk}/whose/"
    assert "Front door" in get(path)
    asked: dict[str, Any] = {"first": "2026-11-20", "last": "2026-11-20", "kinds": "door_record"}
    client = sign_in_as("carol")
    with context.leave():
        answer = client.post(path, {**asked, "doors": scene.doors[0].pk})
    assert answer.status_code == 302
    page = get(answer["Location"])
    assert "Henri Dubois" in page
    assert "Zoë Müller" not in page
    step = BreachStep.objects.get(verb="whose")
    assert (step.facts["persons"], step.facts["places"]) == (1, {DOOR: [scene.doors[0].pk]})
    deed = LedgerEntry.objects.get(verb="breach_whose")
    assert deed.data == step.facts
    assert "Henri" not in str(deed.data)
    with context.leave():
        assert client.post(path, {**asked, "last": "2026-11-19"}).status_code == 422
        assert client.post(path, {**asked, "kinds": "nothing"}).status_code == 422
        assert sign_in_as("bob").get(path).status_code == 403


def test_the_list_is_taken_along_and_that_is_on_record(scene: Scene) -> None:
    scene.holders[0].name = "=HYPERLINK(1)"
    scene.holders[0].save()
    breach = open_breach(what="A reader was opened.", aware_at=timezone.now(), by=BY)
    path = (
        f"/compliance/breaches/{breach.pk}/whose/export/?first=2026-11-20&last=2026-11-20&kinds=door_record"
    )
    client = sign_in_as("carol")
    with context.leave():
        answer = client.post(path)
    assert answer["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert sorted(row[3] for row in rows[1:]) == ["person0@acme.example", "person1@acme.example"]
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    facts = BreachStep.objects.get(verb="whose_exported").facts
    assert facts == LedgerEntry.objects.get(verb="breach_whose_exported").data
    assert facts["persons"] == 2
