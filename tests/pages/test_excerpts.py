"""The download for auditors: who may, what is in it, what is refused, and that it is on record."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import AsyncRequestFactory

from ledger.models import LedgerEntry
from ledger.sealing import seal
from ledger.services import record
from operators.models import Operator
from pages.views import excerpts
from tenants.context import CompanyRef
from tests.fixtures.console import SignIn
from tests.ledger.excerpts import judged
from tests.pages.test_console import page, text_of
from vault.selectors import anchor_signer


def days() -> dict[str, str]:
    today = datetime.now(UTC).date()
    return {"first": str(today - timedelta(days=2)), "last": str(today + timedelta(days=1))}


def exports() -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(verb="record_exported"))


def test_an_officer_takes_a_period_that_the_verifier_finds_valid(
    in_acme: CompanyRef, signed_in: SignIn, tmp_path: Path
) -> None:
    record(actor="system", verb="door_opened", subject_kind="door", handle=7)
    seal(in_acme)
    client = signed_in("carol")
    anchor = anchor_signer().public.raw.hex()
    assert anchor in page(client, "/record/")
    answer = client.post("/record/export/", days())
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="record-[0-9-]+\.zip"', answer["Content-Disposition"])
    assert answer["Cache-Control"] == "no-store"
    (tmp_path / "taken.zip").write_bytes(answer.getvalue())
    status, said = judged(tmp_path / "taken.zip", "--anchor", anchor)
    assert status == 0, said
    (deed,) = exports()
    carol = Operator.objects.get(role="COMPLIANCE")
    assert deed.actor == carol.actor
    assert deed.data["entries"] == int(said.split()[1])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"first": "2001-01-01", "last": "2001-01-31"}, "Nothing is sealed in this period."),
        ({"first": "2026-02-02", "last": "2026-02-01"}, "The last day is before the first."),
        ({"first": "9999-12-31", "last": "9999-12-31"}, "Choose days of this century."),
        ({"first": "0001-01-01", "last": "2026-02-01"}, "Choose days of this century."),
        ({"first": "soon", "last": "2026-02-01"}, "Enter a valid date."),
        ({}, "This field is required."),
    ],
)
def test_a_period_that_gives_nothing_is_refused_in_words(
    in_acme: CompanyRef, signed_in: SignIn, asked: dict[str, str], told: str
) -> None:
    client = signed_in("carol")
    answer = client.post("/record/export/", asked, follow=True)
    assert told in text_of(answer.content.decode())
    assert exports() == []


def test_too_much_for_a_request_is_left_to_the_command(
    in_acme: CompanyRef, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(in_acme)
    monkeypatch.setattr(excerpts, "MOST_ENTRIES", 0)
    record(actor="system", verb="door_opened")
    seal(in_acme)
    answer = signed_in("carol").post("/record/export/", days(), follow=True)
    assert "manage.py ledger export" in text_of(answer.content.decode())
    assert exports() == []


def test_who_only_reads_is_offered_none(in_acme: CompanyRef, signed_in: SignIn) -> None:
    client = signed_in("bob")
    assert "For auditors" not in page(client, "/record/")
    assert client.post("/record/export/", days()).status_code == 403
    assert exports() == []


async def test_a_server_of_the_other_manner_gets_it_piece_by_piece() -> None:
    """Django would read an ordinary iterator into memory as a whole there."""
    file = BytesIO(b"x" * (excerpts.PIECE + 1))
    answer = excerpts.download(AsyncRequestFactory().get("/"), file, "record.zip")
    assert answer.is_async
    assert [len(piece) async for piece in answer] == [excerpts.PIECE, 1]
    assert file.closed
