"""From a request to its answer: nothing before it is known who asks, nothing unread, nothing of others."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from compliance.answers.contents import free_cells
from compliance.models import Case, CaseDelivery, CasePerson, CaseSection, CaseState, CaseStep
from compliance.refusals import Refused
from compliance.services import answers, deliveries
from compliance.services.cases import close_case, hold_case
from ledger.models import LedgerEntry, Outbox
from ledger.outbox import deliver as work_off
from tenants.context import CompanyRef
from tests.compliance.answering import CAROL, collected, delivered, read, token_in, unlocked
from tests.compliance.build import somebody
from tests.compliance.everything import (
    EMAIL,
    MESSAGE,
    NAME,
    NOTE,
    OPERATOR_NAME,
    PRESSED,
    STEP,
    case_of,
    somebody_with_everything,
)
from tests.compliance.test_console import get
from tests.compliance.whose import Everything
from vault.holdings import Asking, Exporter, Table, exporters
from vault.services import destroy_subject_key


@pytest.fixture
def of(in_acme: CompanyRef) -> Everything:
    found = somebody_with_everything()
    work_off(in_acme)  # the mails of all that
    mail.outbox.clear()
    return found


@pytest.fixture
def case(of: Everything) -> Case:
    """The holder's alone."""
    return case_of(of.holder)


def verbs(case: Case) -> list[str]:
    return list(case.steps.order_by("at", "id").values_list("verb", flat=True))


def code_of(deed: Any, **told: Any) -> str:
    with pytest.raises(Refused) as no:
        deed(**told)
    return no.value.code


def test_from_collecting_to_the_locked_answer(in_acme: CompanyRef, of: Everything, case: Case) -> None:
    collected(in_acme, case)
    assert case.state == CaseState.REVIEW
    assert case.sections.count() == len(exporters)
    answers.look_through(case=case.pk, version=case.version, by=CAROL)
    row = delivered(in_acme, case)
    case.refresh_from_db()
    assert case.state == CaseState.ANSWERED
    assert case.answered_at is not None
    (sent,) = mail.outbox
    assert sent.to == [EMAIL]
    assert row.phrase not in str(sent.body) + sent.subject
    packed = deliveries.download(token_in())
    assert packed is not None
    files = unlocked(packed, row.phrase)
    assert {"index.html", "data.json", "tables/door_record.csv", "tables/consents.csv"} <= set(files)
    for what in (NAME, EMAIL, NOTE, PRESSED, MESSAGE, STEP):
        assert what in files["data.json"], what
    assert OPERATOR_NAME not in "".join(files.values())
    told = json.loads(files["data.json"])
    assert [one["heading"] for one in told["about"]][:2] == ["Who is responsible", "Purposes and legal basis"]
    row.refresh_from_db()
    assert (row.downloads, row.last_at is not None) == (1, True)
    done = ["collect_begun", "collected", "moved", "looked_through", "delivery_asked", "delivered", "moved",
            "downloaded"]  # fmt: skip
    assert verbs(case) == done
    assert LedgerEntry.objects.filter(verb="case_downloaded", handle=case.number).exists()


def test_nothing_before_it_is_known_who_asks(in_acme: CompanyRef, of: Everything) -> None:
    unknown = case_of(of.holder, state="IDENTITY", identity_how="", identity_at=None, identity_by="")
    told = {"case": unknown.pk, "version": None, "by": CAROL}
    for deed in (answers.collect, answers.look_through, deliveries.deliver):
        assert code_of(deed, **told) == "identity_unverified"
    assert code_of(deliveries.tell_phrase, case=unknown.pk, by=CAROL) == "identity_unverified"
    assert not CaseSection.objects.filter(case=unknown).exists()
    assert deliveries.waiting_for(unknown.pk, of.holder.subject_id) is None


def test_another_kind_and_a_closed_one_are_not_answered_so(of: Everything) -> None:
    erasure = case_of(of.holder, kind="erasure")
    assert code_of(answers.collect, case=erasure.pk, version=None, by=CAROL) == "no_answer"
    closed = case_of(of.holder, state="CLOSED", closed_at=timezone.now())
    assert code_of(answers.collect, case=closed.pk, version=None, by=CAROL) == "case_over"


def test_of_two_officers_the_second_is_told(in_acme: CompanyRef, case: Case) -> None:
    seen = case.version
    answers.collect(case=case.pk, version=seen, by=CAROL)
    assert code_of(answers.collect, case=case.pk, version=seen, by="operator:dave") == "case_changed"


def test_nothing_leaves_unread(in_acme: CompanyRef, of: Everything, case: Case) -> None:
    told: dict[str, Any] = {"case": case.pk, "version": None, "by": CAROL}
    assert code_of(deliveries.deliver, **told) == "not_reviewed"
    answers.collect(**told)
    assert code_of(answers.look_through, **told) == "not_collected"
    work_off(in_acme)
    assert code_of(deliveries.deliver, **told) == "not_reviewed"
    answers.look_through(**told)
    CasePerson.objects.create(case=case, subject=of.operator.subject, source="operator")
    assert code_of(deliveries.deliver, **told) == "not_reviewed"  # somebody more, of whom nothing was asked
    read(in_acme, case)
    delivered(in_acme, case)
    assert len(mail.outbox) == 1


def test_what_was_collected_anew_while_the_message_waited_does_not_leave(
    in_acme: CompanyRef, case: Case
) -> None:
    read(in_acme, case)
    row = deliveries.deliver(case=case.pk, version=None, by=CAROL)
    answers.collect(case=case.pk, version=None, by=CAROL)
    work_off(in_acme)
    row.refresh_from_db()
    assert (row.built_at, row.sealed, mail.outbox) == (None, None, [])


def notes(section: CaseSection) -> str:
    (cell,) = [
        f"{name}/{number}/{key}"
        for name, number, key, text in free_cells(answers.opened(section.case, section))
        if text == NOTE
    ]
    return cell


def test_a_withheld_cell_stays_here_and_is_looked_through_again(in_acme: CompanyRef, case: Case) -> None:
    read(in_acme, case)
    section = CaseSection.objects.select_related("case").get(case=case, source="access")
    cell = notes(section)
    answers.withhold(section=section.pk, cell=cell, reason="others", by=CAROL, case=case.pk)
    assert code_of(deliveries.deliver, case=case.pk, version=None, by=CAROL) == "not_reviewed"
    step = CaseStep.objects.get(case=case, verb="cell_withheld")
    assert step.facts == {"source": "access", "cell": cell, "why": "others"}
    # The same words lie in the deed of the answer to the alarm.
    deeds = CaseSection.objects.select_related("case").get(case=case, source="credentials")
    (other,) = [
        f"{name}/{number}/{key}"
        for name, number, key, text in free_cells(answers.opened(case, deeds))
        if NOTE in text
    ]
    answers.withhold(section=deeds.pk, cell=other, reason="others", by=CAROL, case=case.pk)
    answers.look_through(case=case.pk, version=None, by=CAROL)
    row = delivered(in_acme, case)
    files = unlocked(deliveries.download(token_in()) or b"", row.phrase)
    assert "Nightengale" not in "".join(files.values())
    assert "it is about somebody else, GDPR Art. 15(4)" in files["index.html"]
    answers.withhold(section=section.pk, cell=cell, reason="", by=CAROL, case=case.pk)
    section.refresh_from_db()
    assert answers.withheld_of(section) == {}


def test_only_what_people_wrote_can_be_withheld(in_acme: CompanyRef, of: Everything, case: Case) -> None:
    collected(in_acme, case)
    section = CaseSection.objects.get(case=case, source="access")
    told: dict[str, Any] = {"section": section.pk, "by": CAROL, "case": case.pk, "reason": "others"}
    for cell in ("door_record/0/reason", "alarm_notes/9/note", "none/0/note", "x"):
        assert code_of(answers.withhold, cell=cell, **told) == "no_such_cell"
    cell = notes(CaseSection.objects.select_related("case").get(pk=section.pk))
    assert code_of(answers.withhold, cell=cell, **(told | {"reason": "because"})) == "no_such_cell"
    other = case_of(of.holder)
    assert code_of(answers.withhold, cell=cell, **(told | {"case": other.pk})) == "no_such_cell"


def test_the_link_goes_to_the_address_on_file(in_acme: CompanyRef, of: Everything) -> None:
    """Whoever wrote another address into a form gets nothing of a person whose own is known."""
    case = case_of(of.holder, email="mallory@elsewhere.example", name="Mallory")
    delivered(in_acme, read(in_acme, case))
    assert [sent.to for sent in mail.outbox] == [[EMAIL]]
    nowhere = case_of(somebody("Zoe", email=""), email="zoe@elsewhere.example")
    delivered(in_acme, read(in_acme, nowhere))
    assert mail.outbox[-1].to == ["zoe@elsewhere.example"]
    nothing = read(in_acme, case_of(somebody("Yves", email=""), email=""))
    assert code_of(deliveries.deliver, case=nothing.pk, version=None, by=CAROL) == "no_address"


class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture
def dying() -> Iterator[list[int]]:
    """A room whose worker dies the first time it is asked, in the middle of its rows."""
    asked: list[int] = []

    def tables(asking: Asking) -> Iterator[Table]:
        asked.append(1)
        if len(asked) == 1:
            raise Killed
        yield Table("late", "Late", (), ())

    exporters["dying"] = Exporter("dying", "Dying", 25, tables)
    yield asked
    del exporters["dying"]


def test_a_worker_that_is_killed_is_followed_by_one_that_takes_up_again(
    in_acme: CompanyRef, case: Case, dying: list[int]
) -> None:
    answers.collect(case=case.pk, version=None, by=CAROL)
    with pytest.raises(Killed):
        work_off(in_acme)
    waiting = CaseSection.objects.filter(case=case, collected_at=None)
    assert waiting.filter(source="dying", sealed=None).exists()
    work_off(in_acme, now=timezone.now() + timedelta(minutes=1))
    assert not waiting.exists()
    assert len(dying) == 2
    case.refresh_from_db()
    assert case.state == CaseState.REVIEW
    assert verbs(case).count("collected") == 1


def test_a_message_that_comes_twice_collects_once(in_acme: CompanyRef, case: Case) -> None:
    collected(in_acme, case)
    section = CaseSection.objects.filter(case=case).first()
    assert section
    before = bytes(section.sealed or b"")
    answers.collect_section(section.pk)
    section.refresh_from_db()
    assert bytes(section.sealed or b"") == before
    answers.collect_section(UUID(int=7))
    row = delivered(in_acme, read(in_acme, case))
    deliveries.build(row.pk)
    assert verbs(case).count("delivered") == 1


# What somebody gave themselves, rooms by room.
GIVEN = {"person", "phones", "consents", "visits", "signed_documents", "groups_invited", "visit_notices"}


def test_portability_is_what_the_person_gave_as_json(in_acme: CompanyRef, of: Everything) -> None:
    case = case_of(of.holder, kind="portability")
    row = delivered(in_acme, read(in_acme, case))
    files = unlocked(deliveries.download(token_in()) or b"", row.phrase)
    assert set(files) == {"data.json"}
    (tables,) = json.loads(files["data.json"])["parts"]
    assert {table["name"] for table in tables} == GIVEN
    assert NAME in files["data.json"]
    assert NOTE not in files["data.json"]


def test_by_the_law_of_california_a_face_is_named_and_stays(in_acme: CompanyRef, of: Everything) -> None:
    case = case_of(of.holder, profile="ccpa")
    row = delivered(in_acme, read(in_acme, case))
    files = unlocked(deliveries.download(token_in()) or b"", row.phrase)
    assert "11 CCR 7024(d)" in files["index.html"]
    assert "1798.105" in files["index.html"]


def test_a_link_runs_out_and_is_replaced(in_acme: CompanyRef, case: Case) -> None:
    first = delivered(in_acme, read(in_acme, case), days=3)
    token = token_in()
    second = delivered(in_acme, case)
    first.refresh_from_db()
    assert (first.sealed, first.ended_at is not None) == (None, True)
    assert deliveries.usable(token) is None
    assert deliveries.download(token) is None
    assert deliveries.usable(token_in()) == second
    assert first.phrase != second.phrase
    assert code_of(deliveries.deliver, case=case.pk, version=None, by=CAROL, days=999) == "bad_life"
    CaseDelivery.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    assert deliveries.download(token_in()) is None
    assert answers.sweep_answers()["links"] == 1
    second.refresh_from_db()
    assert second.sealed is None


def test_the_passphrase_is_told_on_record(in_acme: CompanyRef, of: Everything, case: Case) -> None:
    assert code_of(deliveries.tell_phrase, case=case.pk, by=CAROL) == "no_delivery"
    row = delivered(in_acme, read(in_acme, case))
    assert deliveries.tell_phrase(case=case.pk, by=CAROL) == row.phrase
    assert LedgerEntry.objects.filter(verb="case_phrase_told", actor=CAROL).exists()
    assert deliveries.waiting_for(case.pk, of.holder.subject_id) == row
    assert deliveries.waiting_for(case.pk, somebody().subject_id) is None


@pytest.mark.parametrize(("name", "shown"), [("Balthazar Bystander", False), (NAME.upper(), True)])
def test_a_phone_shows_no_answer_that_holds_anothers(
    in_acme: CompanyRef, of: Everything, case: Case, name: str, shown: bool
) -> None:
    other = somebody(name, "other@acme.example")
    CasePerson.objects.create(case=case, subject=other.subject, source="holder", number=other.handle)
    delivered(in_acme, read(in_acme, case))
    found = deliveries.waiting_for(case.pk, of.holder.subject_id)
    assert (found is not None) == shown
    page = get(f"/compliance/cases/{case.pk}/")
    assert ("Make a request for each" in page) != shown


def test_it_lies_nowhere_in_the_clear(
    in_acme: CompanyRef, case: Case, django_capture_on_commit_callbacks: Any
) -> None:
    row = delivered(in_acme, read(in_acme, case))
    kept = [bytes(one.sealed or b"") for one in case.sections.all()] + [bytes(row.sealed or b"")]
    assert not any(what.encode() in one for one in kept for what in (NAME, EMAIL, "index.html"))
    assert not Outbox.objects.filter(data__icontains=row.phrase).exists()
    assert not LedgerEntry.objects.filter(data__icontains=row.phrase).exists()
    with django_capture_on_commit_callbacks(execute=True):
        destroy_subject_key(case.applicant)
    section = case.sections.exclude(rows=0).first()
    assert section
    assert answers.opened(case, section) == []
    assert deliveries.download(token_in()) is None


def test_a_case_is_closed_once_its_answer_left(in_acme: CompanyRef, case: Case) -> None:
    collected(in_acme, case)
    with transaction.atomic(), pytest.raises(Refused, match="case_open"):
        close_case(hold_case(case.pk, None), by=CAROL)
    delivered(in_acme, read(in_acme, case))
    with transaction.atomic():
        close_case(hold_case(case.pk, None), by=CAROL)
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert deliveries.download(token_in())  # the link outlives the case


def test_what_was_collected_goes(in_acme: CompanyRef, of: Everything, case: Case) -> None:
    delivered(in_acme, read(in_acme, case))
    with transaction.atomic():
        close_case(hold_case(case.pk, None), by=CAROL)
    soon = timezone.now() + timedelta(days=89)
    assert answers.sweep_answers(now=soon)["sections"] == 0
    assert answers.sweep_answers(now=soon + timedelta(days=2))["sections"] == len(exporters)
    assert not CaseDelivery.objects.filter(case=case).exists()
    again = case_of(of.holder)
    delivered(in_acme, read(in_acme, again))
    assert answers.drop_answers(of.holder.subject_id) == len(exporters) + 1 + 2  # the builder made two rows
    assert not CaseSection.objects.exists()
    assert not CaseDelivery.objects.exists()
