"""After an erasure everything is searched for the person: databases, Valkey, logs, what readers hold.

The record verifies before and after, in the house and in an auditor's hands.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from credentials.models import Passkey
from credentials.services.holders import email_index
from deploy.local.postgres import Postgres
from ledger.exports import export_to
from ledger.sealing import seal
from ledger.verify import verify
from operators.selectors import email_index as operator_index
from readers.models import JournalQuarantine
from readers.services.bundles import signed_bundle
from readers.services.changes import delta_since
from tenants import context
from tenants.context import CompanyRef
from tests import servers
from tests.compliance.erasing import asked
from tests.compliance.everything import EMAIL, PLANTED, somebody_with_everything
from tests.compliance.test_erasure_restored import erase
from tests.compliance.whose import OPERATOR_EMAIL, Everything
from tests.isolation.heaps import dump, found, keyspace, overheard
from tests.ledger.excerpts import judged
from vault.keystore.models import SubjectKey

__all__ = ["overheard"]
pytestmark = pytest.mark.faults


@pytest.fixture
def person(own_company: CompanyRef, tmp_path: Path, settings: Any) -> Iterator[Everything]:
    settings.ERASED_LIST = str(tmp_path / "erased-persons")
    with context.enter(own_company):
        made = somebody_with_everything()
        # What it handed in last, so that no event of this reader's is missing.
        JournalQuarantine.objects.update(counter=2)
        yield made


def traces(person: Everything) -> list[bytes]:
    """What lies in the databases while the person is here, and must not afterwards: keys of theirs and the
    indexes under which their addresses are found.
    """
    passkey = Passkey.objects.get(device=person.device)
    keys = SubjectKey.objects.filter(subject__in=person.subjects).values_list("wrapped", flat=True)
    return [
        bytes(person.device.public_key),
        bytes(passkey.credential_id),
        bytes(passkey.public_key),
        email_index(EMAIL) or b"",
        operator_index(OPERATOR_EMAIL),
        *(bytes(key) for key in keys),
    ]


def heaps(postgres: Postgres) -> dict[str, bytes]:
    return {"database": dump(postgres, servers.DATABASE), "keys": dump(postgres, servers.KEYS)}


def excerpt(folder: Path, name: str) -> tuple[int, str]:
    """What the stand-alone verifier says of everything that is sealed by now."""
    now = datetime.now(UTC)
    path = folder / name
    anchor, told = export_to(path, now - timedelta(days=2), now + timedelta(days=1), by="operator:x")
    assert told.entries > 20
    return judged(path, "--anchor", anchor)


def test_nothing_of_the_person_is_found_and_the_record_holds(
    person: Everything,
    own_company: CompanyRef,
    postgres: Postgres,
    overheard: list[bytes],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.INFO)
    theirs = traces(person)
    assert len(theirs) == 7
    lying = {secret for _, secret in found(heaps(postgres), theirs, digests=False)}
    assert lying == set(theirs), "the control: the search finds them while they are there"
    seal(own_company)
    status, said = excerpt(tmp_path, "before.zip")
    assert status == 0, said

    erase(asked(person))
    seal(own_company)
    reader = person.reader
    reader.refresh_from_db()
    searched = {
        **heaps(postgres),
        "valkey": b"\n".join(key + b" " + value for key, value in keyspace(settings.VALKEY_URL).items()),
        "messages": b"\n".join(overheard),
        "log": caplog.text.encode(),
        "postgres log": postgres.log.read_bytes(),
        "list apart": (tmp_path / "erased-persons").read_bytes(),
        "reader": _held_by(person),
    }
    assert not found(searched, [*PLANTED, EMAIL, OPERATOR_EMAIL, *theirs])
    status, said = excerpt(tmp_path, "after.zip")
    assert status == 0, said
    report = verify(own_company)
    assert report.ok, report
    names = [*PLANTED, EMAIL, OPERATOR_EMAIL]
    exported = {name: (tmp_path / name).read_bytes() for name in ("before.zip", "after.zip")}
    assert not found(exported, names)


def _held_by(person: Everything) -> bytes:
    """What a reader is given from now on: its whole bundle, and the changes since the beginning."""
    bundle = signed_bundle(reader=person.reader, now=timezone.now())
    changes = delta_since(1, 0)
    assert bundle.data
    assert changes.data
    return bundle.data + changes.data
