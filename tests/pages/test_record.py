"""The record's pages: deeds are found, checkpoints listed, a verification runs and says what it found."""

import re

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ledger import outbox, verifications
from ledger.models import Checkpoint, LedgerEntry, Verification
from ledger.sealing import seal
from ledger.services import record
from ledger.tasks import verify as verify_task
from ledger.verify import Gap
from ledger.verify.registry import counts
from operators.models import Operator
from tenants.context import CompanyRef
from tests.fixtures.console import SignIn
from tests.ledger.tamper import sql
from tests.ledger.test_outbox import now
from tests.pages.scene import furnish
from tests.pages.test_console import page, text_of


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[object]]:
    """Arguments with which a verification was handed to a worker."""
    found: list[list[object]] = []
    monkeypatch.setattr(
        current_app,
        "send_task",
        lambda name, args, **_: found.append(args) if name == "ledger.verify" else None,
        raising=False,
    )
    return found


def found_deeds(html: str) -> int:
    return len(re.findall(r"<tr>\s*<td>", html))


def test_deeds_name_who_did_them(in_acme: CompanyRef, signed_in: SignIn) -> None:
    furnish()
    alice = Operator.objects.exclude(role="OWNER").first() or Operator.objects.first()
    assert alice is not None
    record(actor=alice.actor, verb="door_opened", subject_kind="door", handle=7, data={"why": "drill"})
    record(actor="reader:999", verb="x")
    said = text_of(page(signed_in("carol"), "/record/"))
    assert f"Door opened {alice.name} door 7 why: drill" in said
    assert "Sallyport" in said
    assert "reader:999" in said


@pytest.mark.parametrize(
    ("asked_for", "count"),
    [
        ("what=door+opened", 2),
        ("what=DOOR_OPENED", 2),
        ("what=door+opened&by=reader:", 1),
        ("by=nonsense&what=door+opened", 2),
        ("what=door+opened&since=2001-01-01T00:00&until=2001-01-02T00:00", 0),
        ("what=door+opened&since=garbage&before=garbage", 2),
        ("what=nothing+like+it", 0),
    ],
)
def test_deeds_are_found(in_acme: CompanyRef, signed_in: SignIn, asked_for: str, count: int) -> None:
    record(actor="reader:1", verb="door_opened")
    record(actor="system", verb="door_opened")
    assert found_deeds(page(signed_in("bob"), f"/record/?{asked_for}")) == count


def test_deeds_and_checkpoints_page_by_page(in_acme: CompanyRef, signed_in: SignIn) -> None:
    for number in range(55):
        record(actor="system", verb="door_opened", handle=number)
        seal(in_acme)
    client = signed_in("carol")
    first = page(client, "/record/?what=door+opened")
    (before,) = re.findall(r'before=([0-9a-f-]{36})"', first)
    rest = page(client, f"/record/?what=door+opened&before={before}")
    assert (found_deeds(first), found_deeds(rest)) == (50, 5)
    first = page(client, "/record/checkpoints/")
    (number,) = re.findall(r'before=(\d+)"', first)
    rest = page(client, f"/record/checkpoints/?before={number}")
    assert found_deeds(first) == 50
    assert bytes(Checkpoint.objects.get(number=int(number) - 1).hash).hex() in rest
    for odd in ("", "x", "-1", "1" * 30, "%C2%B2"):
        assert client.get(f"/record/checkpoints/?before={odd}").status_code == 200


def test_a_page_costs_the_same_however_long(in_acme: CompanyRef, signed_in: SignIn) -> None:
    client = signed_in("carol")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, "/record/")
            page(client, "/record/checkpoints/")
        return len(captured)

    record(actor="reader:1", verb="x")
    few = queries()
    for number in range(30):
        record(actor=f"reader:{number}", verb="x")
    assert queries() == few


def test_a_verification_is_asked_for_runs_and_says_so(
    in_acme: CompanyRef, signed_in: SignIn, asked: list[list[object]]
) -> None:
    seal(in_acme)
    client = signed_in("carol")
    answer = client.post("/record/verify/", headers={"HX-Request": "true"})
    assert "about to begin" in answer.content.decode()
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    made = Verification.objects.get()
    assert LedgerEntry.objects.filter(verb="record_verification_asked", actor=made.actor).count() == 1
    assert client.post("/record/verify/").status_code == 302, "one runs: shown, not begun again"
    assert Verification.objects.count() == 1
    outbox.deliver(in_acme, now=now())
    assert asked == [[in_acme.id, str(made.pk)]]
    verify_task(in_acme.id, str(made.pk))
    html = page(client, f"/record/verify/{made.pk}/")
    assert "The record holds." in text_of(html)
    assert "hx-trigger" not in html
    assert "The record holds." in text_of(page(client, "/record/"))


@pytest.mark.parametrize(("name", "may"), [("olga", True), ("alice", True), ("carol", True), ("bob", False)])
def test_who_only_reads_begins_no_verification(
    in_acme: CompanyRef, signed_in: SignIn, asked: list[list[object]], name: str, may: bool
) -> None:
    client = signed_in(name)
    assert ("Verify the record" in page(client, "/record/")) is may
    assert client.post("/record/verify/").status_code == (302 if may else 403)
    assert Verification.objects.exists() is may
    made = verifications.ask_verification(by="system")
    assert client.get(f"/record/verify/{made.pk}/").status_code == 200, "all four may look on"


def test_a_record_that_does_not_hold_is_told(
    in_acme: CompanyRef, signed_in: SignIn, asked: list[list[object]]
) -> None:
    entry = record(actor="system", verb="x")
    sql("UPDATE ledger_ledgerentry SET verb = 'y' WHERE id = %s", entry.pk)
    made = verifications.ask_verification(by="system")
    verify_task(in_acme.id, str(made.pk))
    made.refresh_from_db()
    assert made.holds is False
    said = text_of(page(signed_in("carol"), "/record/"))
    assert "The record does not hold." in said
    assert "The row is not what was recorded. row_changed" in said


def test_progress_is_shown(in_acme: CompanyRef, signed_in: SignIn) -> None:
    made = verifications.ask_verification(by="system")
    verifications._teller(made.pk)(30, 60)
    html = page(signed_in("carol"), f"/record/verify/{made.pk}/")
    assert "50 %" in text_of(html)
    assert 'value="50"' in html


def test_one_that_never_ended_gives_way(in_acme: CompanyRef, signed_in: SignIn) -> None:
    made = verifications.ask_verification(by="system")
    Verification.objects.update(asked=made.asked - verifications.PATIENCE)
    assert "never ended" in text_of(page(signed_in("carol"), "/record/"))
    assert verifications.ask_verification(by="system") != made


def gap_form(**changes: object) -> dict[str, object]:
    return {"kind": "reader", "handle": 9, "first": 2, "last": 4, "reason": "Restored", **changes}


@pytest.fixture
def gap(monkeypatch: pytest.MonkeyPatch) -> Gap:
    """What a reader has left out."""
    left_out = Gap("reader", 9, 2, 4)

    def missing(handle: int | None, span: tuple[int, int] | None) -> list[Gap]:
        return [left_out] if handle in {None, 9} else []

    monkeypatch.setitem(counts, "reader", missing)
    return left_out


def verdict_page(client: Client, company: CompanyRef) -> str:
    made = verifications.ask_verification(by="system")
    verify_task(company.id, str(made.pk))
    return page(client, "/record/")


def test_a_gap_is_put_on_record_and_stays_in_sight(in_acme: CompanyRef, signed_in: SignIn, gap: Gap) -> None:
    carol = signed_in("carol")
    html = verdict_page(carol, in_acme)
    assert "The record does not hold." in text_of(html)
    assert 'name="first" value="2"' in html
    assert "This gap is known" not in verdict_page(signed_in("alice"), in_acme)
    answer = carol.post("/record/gaps/", gap_form(reason="Restored <b>on Tuesday</b>"), follow=True)
    assert "It is on record." in answer.content.decode()
    deed = LedgerEntry.objects.get(verb="gap_acknowledged")
    assert (deed.handle, deed.data["first"], deed.data["last"]) == (9, 2, 4)
    html = verdict_page(carol, in_acme)
    said = text_of(html)
    assert "The record holds." in said
    assert "Acknowledged gaps." in said
    assert "reader 9: events 2 to 4 are missing." in said
    assert "Restored &lt;b&gt;on Tuesday" in html
    assert Operator.objects.get(pk=deed.actor.partition(":")[2]).name in said
    assert "This gap is known" not in html


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": 1},
        {"last": 5},
        {"handle": 8},
        {"handle": 2**31},
        {"reason": " "},
        {"first": "x"},
        {"kind": "door"},
    ],
)
def test_what_is_no_gap_is_not_put_on_record(
    in_acme: CompanyRef, signed_in: SignIn, gap: Gap, wrong: dict[str, object]
) -> None:
    answer = signed_in("olga").post("/record/gaps/", gap_form(**wrong), follow=True)
    assert "It is on record." not in answer.content.decode()
    assert not LedgerEntry.objects.filter(verb="gap_acknowledged").exists()


@pytest.mark.parametrize("handle", [2**31 - 1, 2**31, 2**53 - 1])
def test_a_reader_that_there_cannot_be_has_no_gap(
    in_acme: CompanyRef, signed_in: SignIn, handle: int
) -> None:
    answer = signed_in("olga").post("/record/gaps/", gap_form(handle=handle), follow=True)
    assert "These numbers are not all missing." in answer.content.decode()


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("bob", 403), ("rita", 403), ("olga", 302)])
def test_who_may_put_a_gap_on_record(
    in_acme: CompanyRef, signed_in: SignIn, gap: Gap, name: str, status: int
) -> None:
    assert signed_in(name).post("/record/gaps/", gap_form()).status_code == status
    assert LedgerEntry.objects.filter(verb="gap_acknowledged").count() == (status == 302)


def test_a_verdict_from_before_gaps_were_acknowledged(in_acme: CompanyRef, signed_in: SignIn) -> None:
    made = verifications.ask_verification(by="system")
    verify_task(in_acme.id, str(made.pk))
    made.refresh_from_db()
    del made.report["acknowledged"]
    made.save()
    assert "The record holds." in text_of(page(signed_in("carol"), "/record/"))
