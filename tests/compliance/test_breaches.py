"""Breaches: the clock, the decisions and what has to stand before one is closed."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, connection, transaction
from freezegun import freeze_time

from compliance.breach_law import BREACH_LAWS, law_of
from compliance.models import Breach, BreachStep, PersonsGround, Risk
from compliance.papers.breach import clock_lines, notification, span
from compliance.refusals import Refused
from compliance.services import breaches
from compliance.services.breaches import Findings, missing_of
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.compliance.build import ready
from tests.compliance.test_console import get, post

BY = "operator:carol"
KNOWN = dt.datetime(2026, 11, 20, 16, 20, tzinfo=dt.UTC)  # a Friday afternoon
H = dt.timedelta(hours=1)
WORDS = {"nature": "Door record of a day.", "consequences": "Hours are known.", "measures": "Key changed."}


def a_breach(what: str = "A backup was copied by a stranger.") -> Breach:
    with freeze_time(KNOWN):
        return breaches.open_breach(what=what, aware_at=KNOWN, by=BY)


def find(
    breach: Breach, risk: Risk | None = None, ground: PersonsGround | None = None, **words: str
) -> Breach:
    found = Findings(words=words, persons=3, records=40, risk=risk, ground=ground)
    breach.refresh_from_db()
    return breaches.write_findings(pk=breach.pk, version=breach.version, found=found, by=BY)


def codes(breach: Breach) -> list[str]:
    breach.refresh_from_db()
    return [code for code, _ in missing_of(breach)]


def test_the_laws_say_where_their_figures_stand() -> None:
    cited = {key: [(clock.cites, clock.within) for clock in law.clocks] for key, law in BREACH_LAWS.items()}
    assert cited == {
        "gdpr": [("GDPR Art. 33(1)", 72 * H), ("GDPR Art. 34(1)", None)],
        "bipa": [("815 ILCS 530/10(e)", None), ("815 ILCS 530/10(a)", None)],
        "ccpa": [("Cal. Civ. Code 1798.82(f)", None), ("Cal. Civ. Code 1798.82(a)", 24 * 30 * H)],
        "cubi": [
            ("Tex. Bus. & Com. Code 521.053(i)", 24 * 30 * H),
            ("Tex. Bus. & Com. Code 521.053(b)", 24 * 60 * H),
        ],
    }
    assert law_of("none") is BREACH_LAWS["gdpr"]


def test_seventy_two_hours_run_through_a_weekend_and_a_change_of_clocks() -> None:
    clock = law_of("gdpr").authority
    assert clock.due(KNOWN) == dt.datetime(2026, 11, 23, 16, 20, tzinfo=dt.UTC)
    summer = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
    due = clock.due(summer)
    assert due is not None
    assert due - summer == 72 * H


def test_the_clock_is_shown_as_it_stands(in_acme: CompanyRef) -> None:
    ready()
    breach = a_breach()

    def line(hours: float) -> tuple[str, str]:
        found = clock_lines(breach, KNOWN + hours * H)[0]
        return found.short, found.words

    assert line(1) == ("Runs", "71 h 00 min left")
    assert line(71.5) == ("Soon", "0 h 30 min left")
    assert line(73) == ("Late", "by 1 h 00 min; reasons are needed")
    assert span(100 * H) == "4 days 4 h"
    breach.authority_told_at = KNOWN + 80 * H
    assert line(90) == ("Told late", "after 80 h 00 min")
    breach.authority_told_at = KNOWN + 2 * H
    assert line(90) == ("Told", "after 2 h 00 min")


def test_the_page_shows_the_clock_and_asks_for_it_again(in_acme: CompanyRef) -> None:
    ready()
    breach = a_breach()
    with freeze_time(KNOWN + 2 * H):
        page = get(f"/compliance/breaches/{breach.pk}/")
        assert f'hx-get="/compliance/breaches/{breach.pk}/clock/" hx-trigger="every 30s"' in page
        assert "70 h 00 min left" in page
    with freeze_time(KNOWN + 5 * H):
        assert "67 h 00 min left" in get(f"/compliance/breaches/{breach.pk}/clock/")
        assert "67 h 00 min left" in get("/compliance/breaches/", "bob")


def test_one_that_is_late_needs_reasons(in_acme: CompanyRef) -> None:
    breach = a_breach()
    at = KNOWN + 80 * H
    with freeze_time(KNOWN + 90 * H):
        with pytest.raises(Refused, match="late_without_reasons"):
            breaches.told_authority(pk=breach.pk, version=breach.version, at=at, note="", by=BY)
        breach = find(breach, late="The weekend.")
        breach = breaches.told_authority(pk=breach.pk, version=breach.version, at=at, note="A-17", by=BY)
        with pytest.raises(Refused, match="told_already"):
            breaches.told_authority(pk=breach.pk, version=breach.version, at=at, note="", by=BY)
    step = BreachStep.objects.get(verb="authority_told")
    assert (step.facts["late"], step.note) == (True, "A-17")
    assert "Reasons for the delay" in [section.title for section in notification(breach).sections]


def test_it_is_closed_when_nothing_is_missing(in_acme: CompanyRef) -> None:
    breach = a_breach()
    assert codes(breach) == ["risk_undecided"]
    find(breach, Risk.HIGH)
    wanted = ["authority_not_told", "no_nature", "no_consequences", "no_measures", "persons_undecided"]
    assert codes(breach) == wanted
    find(breach, Risk.HIGH, PersonsGround.NOT_HIGH, **WORDS)
    assert codes(breach) == ["authority_not_told", "persons_contradict", "ground_no_reason"]
    find(breach, Risk.HIGH, PersonsGround.TELL)
    assert codes(breach) == ["authority_not_told", "persons_not_told"]
    with freeze_time(KNOWN + 3 * H):
        for told in (breaches.told_authority, breaches.told_persons):
            breach.refresh_from_db()
            told(pk=breach.pk, version=breach.version, at=KNOWN + H, note="", by=BY)
    breach.refresh_from_db()
    closed = breaches.close_breach(pk=breach.pk, version=breach.version, by=BY)
    assert closed.closed_at is not None
    with pytest.raises(Refused, match="breach_closed"):
        find(breach, Risk.RISK)
    breaches.add_note(pk=breach.pk, note="The authority asked for the log.", by=BY)  # also after closing
    verbs = list(BreachStep.objects.order_by("at").values_list("verb", flat=True))
    assert verbs[0] == "opened"
    assert set(verbs) == {"opened", "findings", "authority_told", "persons_told", "closed", "note"}
    deeds = LedgerEntry.objects.filter(subject_kind="breach", handle=breach.number)
    assert set(deeds.values_list("verb", flat=True)) == {f"breach_{verb}" for verb in verbs}


def test_no_risk_needs_its_reason_and_nobody_is_told(in_acme: CompanyRef) -> None:
    breach = a_breach()
    with pytest.raises(Refused, match="risk_no_reason"):
        find(breach, Risk.UNLIKELY)
    find(breach, Risk.UNLIKELY, no_risk="The copy is encrypted and the key is safe.")
    assert codes(breach) == []
    assert {line.short for line in clock_lines(breach)} == {"Need not be told"}


@pytest.mark.parametrize("at", [KNOWN - H, KNOWN + 10 * H])
def test_nobody_is_told_before_it_was_known_or_in_the_future(in_acme: CompanyRef, at: dt.datetime) -> None:
    breach = a_breach()
    with freeze_time(KNOWN + 5 * H):
        with pytest.raises(Refused, match="not_then"):
            breaches.told_authority(pk=breach.pk, version=0, at=at, note="", by=BY)
        with pytest.raises(Refused, match="in_the_future"):
            breaches.open_breach(what="x", aware_at=KNOWN + 6 * H, by=BY)


def test_of_two_officers_the_second_is_told(in_acme: CompanyRef) -> None:
    breach = a_breach()
    find(breach, nature="Names.")
    found = Findings(words={"nature": "Faces."})
    with pytest.raises(Refused, match="breach_changed"):
        breaches.write_findings(pk=breach.pk, version=0, found=found, by=BY)
    breach.refresh_from_db()
    assert breach.words["nature"] == "Names."


def test_words_are_sealed_and_steps_are_written_once(in_acme: CompanyRef) -> None:
    breach = a_breach("The lock of the archive is broken since May.")
    breaches.add_note(pk=breach.pk, note="Told the archive's keeper.", by=BY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sealed FROM compliance_breach UNION ALL SELECT sealed FROM compliance_breachstep"
        )
        stored = b"".join(bytes(row[0]) for row in cursor.fetchall() if row[0])
    assert b"archive" not in stored
    assert not [deed for deed in LedgerEntry.objects.all() if "archive" in json.dumps(deed.data)]
    for change in (BreachStep.objects.update, lambda **_: BreachStep.objects.all().delete()):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            change(verb="nothing")


def test_an_officer_takes_one_from_beginning_to_end(in_acme: CompanyRef) -> None:
    ready()
    base = "/compliance/breaches/"
    assert "Write one down" in get(base)
    assert post(f"{base}new/", {"aware_at": "2999-01-01T00:00", "what": "x"})[0] == 422
    assert post(f"{base}new/", {"aware_at": "2026-11-02T08:00", "what": "<b>A phone</b> is gone."})[0] == 302
    breach = Breach.objects.get()
    page = get(f"{base}{breach.pk}/")
    assert "&lt;b&gt;A phone&lt;/b&gt; is gone." in page
    assert "Decide what it means for people." in page
    said = {"version": breach.version, "what": "A phone is gone.", "risk": "unlikely", "persons": 1}
    assert post(f"{base}{breach.pk}/findings/", said)[0] == 422
    assert post(f"{base}{breach.pk}/findings/", {**said, "no_risk": "It was revoked."})[0] == 302
    assert post(f"{base}{breach.pk}/findings/", {**said, "no_risk": "Again."})[0] == 422  # seen before
    draft = get(f"{base}{breach.pk}/notification/")
    assert "A phone is gone." in draft
    assert "Acme Ltd" in draft
    assert json.loads(get(f"{base}{breach.pk}/notification/?as=json"))["key"] == "breach-1"
    breach.refresh_from_db()
    assert post(f"{base}{breach.pk}/close/", {"version": breach.version})[0] == 302
    breach.refresh_from_db()
    assert breach.closed_at is not None
    assert "Findings</a>" not in get(f"{base}{breach.pk}/")
    assert "Carol" in get(f"{base}{breach.pk}/")
