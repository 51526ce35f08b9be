"""What rooms tell a person: all that they hold, in words and four languages; no key, no hash, nobody else."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from biometrics.models import FaceTemplate
from credentials.models import Credential
from ledger.services import record
from tenants.context import CompanyRef
from tests.compliance.build import somebody
from tests.compliance.everything import (
    EMAIL,
    LABEL,
    MESSAGE,
    NAME,
    NOTE,
    OPERATOR_NAME,
    PRESSED,
    SIGNED,
    STEP,
    pass_door,
    somebody_with_everything,
)
from tests.compliance.whose import OF_PERSON, OPERATOR_EMAIL, Everything
from vault.holdings import Asking, Table, exporters_in_order
from vault.telling import LANGUAGES

# By model: the table that tells of its rows, or why none does.
TOLD_IN = {
    "vault.Subject": "person",
    "credentials.Holder": "person",
    "credentials.Credential": "passes",
    "credentials.Device": "phones",
    "credentials.DeviceUse": "phones",
    "credentials.Passkey": "passkeys",
    "credentials.Invitation": "invitations",
    "credentials.DayPass": "day_passes",
    "credentials.LostLink": "lost_links",
    "biometrics.FaceTemplate": "faces",
    "biometrics.FaceSession": "captures",
    "biometrics.FaceTries": "face_tries",
    "access.AccessEvent": "door_record",
    "access.AccessGrant": "grants",
    "access.Alarm": "alarms",
    "access.AlarmNote": "alarm_notes",
    "access.Presence": "presence",
    "access.SecondEntry": "second_entries",
    "ledger.LedgerEntry": "deeds",
    "readers.DoorReport": "doors",
    "readers.DoorEvent": "doors",
    "readers.UsedCode": "used_codes",
    "operators.Operator": "account",
    "operators.TotpDevice": "factors",
    "operators.RecoveryDevice": "factors",
    "operators.PasswordLink": "password_links",
    "compliance.ConsentRecord": "consents",
    "compliance.Case": "requests",
    "compliance.CasePerson": "requests",
    "compliance.CaseStep": "request_steps",
    "compliance.LegalHold": "legal_holds",
    "compliance.Erasure": "requests",
    "compliance.Restriction": "restrictions",
    "visitors.Visit": "visits",
    "visitors.VisitPhoto": "visits",
    "visitors.SignedDocument": "signed_documents",
    "visitors.Arrival": "kiosks",
    "visitors.VisitGrant": "grants",
    "visitors.VisitGroup": "groups_invited",
    "visitors.HostChoice": "visit_notices",
    "visitors.PushSubscription": "visit_notices",
    "visitors.WatchEntry": "watch_list",
    "visitors.WatchMatch": "compared",
}
NOT_TOLD = {
    "visitors.VisitLink": "digests of addresses; the visit says until when",
    "visitors.SealedSignIn": "what it said became the visit",
    "visitors.GroupRow": "others' data, and sealed until they are invited",
    "visitors.KioskPairing": "the pairing is a deed of the operator's, told as such",
    "visitors.DocumentVersion": "the company's words; the publication is a deed of the operator's",
    "credentials.UnlockTicket": "a random challenge of five minutes; the unlocking is a deed",
    "ledger.PolicyChange": "a number for readers; the change itself is a deed",
    "ledger.Outbox": "work for a moment; what it announced is a deed",
    "ledger.Verification": "what an operator asked of the record for the company",
    "readers.Pairing": "a reader's code; that it was made is a deed",
    "readers.JournalQuarantine": "an entry that cannot be believed, so that it is nobody's",
    "operators.RecoveryCode": "hashes of secrets; that there are some is told",
    "operators.Attempts": "a count under a keyed hash, for an hour",
    "compliance.CaseSection": "copies of what is told here, while an answer is made",
    "compliance.CaseDelivery": "the answer itself, for some days",
    "compliance.ErasureStep": "counts of what went; its person is told by the certificate",
    "compliance.NoticeVersion": "the company's words; that an operator published them is a deed",
}


def told(subject: Any, law: str = "gdpr", language: str = "en") -> dict[str, Table]:
    asking = Asking(subject, law, language)
    return {
        table.name: Table(table.name, table.title, table.columns, list(table.rows), table.said, table.given)
        for one in exporters_in_order()
        for table in one.tables(asking)
    }


def words(tables: dict[str, Table]) -> str:
    return "\n".join(" | ".join(str(cell) for cell in row) for table in tables.values() for row in table.rows)


@pytest.fixture
def of(in_acme: CompanyRef) -> Everything:
    return somebody_with_everything()


def test_all_that_is_held_is_told_or_named_with_a_reason(of: Everything) -> None:
    assert set(TOLD_IN) | set(NOT_TOLD) == set(OF_PERSON)
    assert not set(TOLD_IN) & set(NOT_TOLD)
    tables = told(of.operator.subject_id) | told(of.holder.subject_id)
    account = {name: table for name, table in told(of.operator.subject_id).items() if table.rows}
    found = {name for name, table in tables.items() if table.rows} | set(account)
    assert set(TOLD_IN.values()) <= found
    said = words(told(of.holder.subject_id))
    for what in (NAME, EMAIL, LABEL, NOTE, PRESSED, SIGNED, MESSAGE, STEP, "Front", "Ground floor", "Staff"):
        assert what in said, what
    theirs = words(told(of.operator.subject_id))
    assert OPERATOR_NAME in theirs
    assert OPERATOR_EMAIL in theirs


def test_nobody_else_is_named(of: Everything) -> None:
    """Not the operator who invited, granted and wrote the note; not by name, id or address."""
    other = somebody("Balthazar Bystander", "balthazar@acme.example")
    told_by = {"desk": of.operator.actor, "other": f"holder:{other.handle}", "operator": str(of.operator.pk)}
    record(actor=of.operator.actor, verb="x", subject_kind="holder", handle=of.holder.handle, data=told_by)
    said = words(told(of.holder.subject_id))
    for what in (OPERATOR_NAME, OPERATOR_EMAIL, str(of.operator.pk), "operator:", "Bystander"):
        assert what not in said, what
    assert "desk: an operator; other: another person" in said
    theirs = words(told(of.operator.subject_id))
    for what in (NAME, EMAIL, NOTE, str(of.holder.pk), other.name):
        assert what not in theirs, what


@pytest.mark.parametrize("law", ["gdpr", "ccpa", "bipa", "cubi", "none"])
def test_a_face_is_told_of_and_never_handed_out(of: Everything, law: str) -> None:
    row = FaceTemplate.objects.get(subject=of.holder.subject_id)
    tables = told(of.holder.subject_id, law)
    assert len(list(tables["faces"].rows)) == 1
    assert ("11 CCR 7024(d)" in tables["faces"].said) == (law == "ccpa")
    said = words({name: table for name, table in tables.items() if name != "consents"})
    for secret in (row.sealed, row.salt, of.device.public_key, of.event.code_hash, of.event.leaf):
        assert bytes(secret or b"").hex() not in said
    assert of.device.thumbprint not in said
    assert not re.search(r"\b[0-9a-f]{64}\b", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_words(of: Everything, language: str) -> None:
    tables = told(of.holder.subject_id, language=language)
    assert all(table.title and all(column.title for column in table.columns) for table in tables.values())
    door = next(iter(tables["door_record"].rows))
    assert door[5] == {"en": "opened", "de": "geöffnet", "fr": "ouvert", "es": "abierto"}[language]
    assert str(door[0]).endswith(("+01:00", "+02:00"))  # as the clock at the site shows it


def test_the_text_that_was_agreed_to_is_there_word_for_word(of: Everything) -> None:
    table = told(of.holder.subject_id)["consents"]
    keys = [column.key for column in table.columns]
    row = dict(zip(keys, next(iter(table.rows)), strict=True))
    assert row["text"] == "We keep a template.\n\nYou may say no <b>at any time</b> & nothing follows."
    assert len(str(row["proof"])) == 64


def test_what_people_wrote_freely_is_marked(of: Everything) -> None:
    tables = told(of.holder.subject_id)
    free = {(name, column.key) for name, one in tables.items() for column in one.columns if column.free}
    assert free == {
        ("alarm_notes", "note"),
        *(("compared", column) for column in ("number", "at", "kind", "result")),
        ("deeds", "told"),
        ("groups_invited", "name"),
        ("legal_holds", "reason"),
        ("request_steps", "note"),
        ("requests", "message"),
        ("visit_deeds", "told"),
        ("visits", "purpose"),
    }


def test_it_costs_the_same_however_much_happened(of: Everything) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            told(of.holder.subject_id)
        return len(captured)

    queries()
    few = queries()
    for number in range(20):
        pass_door(of.reader, of.credential, of.device, reason="granted" if number % 2 else "expired")
    assert queries() == few
    assert len(list(told(of.holder.subject_id)["door_record"].rows)) == 21


def test_a_pass_of_before_counts(of: Everything) -> None:
    """Where rights were reduced the credential was replaced: events of the old one are the person's too."""
    old = Credential.objects.create(
        handle=987_654, holder=of.holder, state="REVOKED", profile=0, valid_from=None
    )
    pass_door(of.reader, old, of.device)
    assert len(list(told(of.holder.subject_id)["door_record"].rows)) == 2


def test_somebody_without_anything(in_acme: CompanyRef) -> None:
    holder = somebody()
    tables = told(holder.subject_id)
    assert list(tables["door_record"].rows) == list(tables["phones"].rows) == []
    assert len(list(tables["person"].rows)) == 1
