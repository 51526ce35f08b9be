"""Sub-processors: drafted, published with a day, public, told by mail, never changed."""

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from freezegun import freeze_time

from compliance.models import SubProcessor, SubProcessorList
from compliance.papers.processing import processing
from compliance.papers.subprocessors import announced, in_force, list_in_force
from compliance.refusals import Refused
from compliance.services.subprocessors import drop_subprocessor, publish_subprocessors, save_subprocessor
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.compliance.build import ready
from tests.compliance.erasing import work
from tests.compliance.test_console import get, post, public

BY = "operator:carol"
DAY = dt.date(2026, 12, 1)
HOST = {"name": "Hosting AG", "does": "runs servers", "data": "all", "country": "Germany", "safeguard": ""}
MAIL = {
    "name": "Post Inc",
    "does": "sends mail",
    "data": "addresses",
    "country": "USA",
    "safeguard": "Standard contractual clauses",
}


def save(*entries: dict[str, str]) -> None:
    for entry in entries:
        save_subprocessor(pk=None, values=entry)


def test_a_list_is_published_and_replaced_on_its_day(in_acme: CompanyRef) -> None:
    save(HOST)
    with freeze_time("2026-12-01T12:00:00Z"):
        first = publish_subprocessors(effective_on=DAY, by=BY)
        assert (first.number, first.added, first.removed) == (1, ["Hosting AG"], [])
        with pytest.raises(Refused, match="nothing_changed"):
            publish_subprocessors(effective_on=DAY, by=BY)
        save(MAIL)
        with pytest.raises(Refused, match="day_has_passed"):
            publish_subprocessors(effective_on=DAY - dt.timedelta(days=1), by=BY)
        second = publish_subprocessors(effective_on=DAY + dt.timedelta(days=30), by=BY)
        assert list_in_force() == first
        assert announced() == second
    with freeze_time("2026-12-31T00:30:00Z"):
        assert list_in_force() == second
        assert announced() is None
        assert in_force() == [HOST, MAIL]
        rows = {section.title: section for section in processing().sections}
        transfers = rows["Transfers to third countries"].grid
        assert transfers is not None
        assert list(transfers.rows) == [("Post Inc", "USA", "Standard contractual clauses")]
    deed = LedgerEntry.objects.filter(verb="subprocessors_published").order_by("-handle").first()
    assert deed is not None
    assert deed.data == {"added": 1, "removed": 0, "changed": 0, "effective_on": "2026-12-31"}


def test_what_was_published_is_never_changed(in_acme: CompanyRef) -> None:
    save(HOST)
    made = publish_subprocessors(effective_on=dt.date(2100, 1, 1), by=BY)
    for change in (
        lambda: SubProcessorList.objects.filter(pk=made.pk).update(entries=[]),
        lambda: SubProcessorList.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            change()


def test_owners_and_officers_are_told_what_changes(in_acme: CompanyRef) -> None:
    save(HOST, MAIL)
    publish_subprocessors(effective_on=dt.date(2100, 1, 1), by=BY)
    drop_subprocessor(pk=SubProcessor.objects.get(name="Hosting AG").pk)
    row = SubProcessor.objects.get(name="Post Inc")
    save_subprocessor(pk=row.pk, values={**MAIL, "country": "Ireland", "safeguard": ""})
    work()
    mail.outbox.clear()
    publish_subprocessors(effective_on=dt.date(2100, 1, 2), by=BY)
    work()
    assert {letter.to[0].split("@")[0] for letter in mail.outbox} == {"olga", "carol"}
    body = mail.outbox[0].body
    for words in ("list 2", "2100-01-02", "Removed: Hosting AG", "Changed: Post Inc"):
        assert words in body
    assert "Added" not in body


def test_the_public_page_shows_what_holds_and_what_comes(in_acme: CompanyRef) -> None:
    ready()
    assert "Who handles data for us" not in public()
    save({**HOST, "does": "<script>alert(1)</script>"})
    with freeze_time("2026-11-01T12:00:00Z"):
        publish_subprocessors(effective_on=dt.date(2026, 11, 1), by=BY)
    assert "<script>alert" not in public()
    assert "Hosting AG" in public()
    save(MAIL)
    publish_subprocessors(effective_on=dt.date(2100, 1, 1), by=BY)
    page = public("de")
    assert "Wer für uns Daten verarbeitet" in page
    assert "Ab 2100-01-01" in page
    assert "Post Inc" in page


def test_an_officer_writes_and_publishes_it(in_acme: CompanyRef) -> None:
    base = "/compliance/papers/sub-processors/"
    assert "Nobody is named yet" in get(base)
    assert post(f"{base}add/", HOST)[0] == 302
    assert post(f"{base}add/", HOST)[0] == 422  # the name stands there already
    assert post(f"{base}add/", {**MAIL, "country": ""})[0] == 422
    row = SubProcessor.objects.get()
    assert post(f"{base}{row.pk}/", {**HOST, "does": "runs servers and backups"})[0] == 302
    assert "Added: Hosting AG" in get(base)
    assert post(f"{base}publish/", {"effective_on": "2020-01-01"})[0] == 422
    assert post(f"{base}publish/", {"effective_on": "2100-01-01"})[0] == 302
    assert SubProcessorList.objects.get().entries[0]["does"] == "runs servers and backups"
    assert post(f"{base}{row.pk}/remove/", {})[0] == 302
    assert "Removed: Hosting AG" in get(base)
    assert "Add one" not in get(base, "bob")
