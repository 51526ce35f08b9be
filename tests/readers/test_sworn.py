"""Answers that a reader acts on are signed as they stand, to the very request: refusals too."""

import base64
import re
import secrets
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from readers import services
from readers.models import Reader
from sallyport import answers
from sallyport.keys import BadSignature
from tenants.refs import CompanyRef
from tests.readers.conftest import BY
from tests.readers.pretend import Pretend, b64
from vault.selectors import answer_signer

CONTACT, JOURNAL, DOOR = "/api/v1/readers/contact", "/api/v1/readers/journal", "/api/v1/readers/door"
WIPED = "/api/v1/readers/wiped"


def report(token: str = "") -> dict[str, Any]:
    nonce = b64(secrets.token_bytes(16))
    return {"token": token, "nonce": nonce, "at_ms": int(timezone.now().timestamp() * 1000), "queue": 0}


def signed_by_the_company(dora: Pretend, answer: Any, **other: Any) -> None:
    """Raises where the header is missing or does not hold; `other` replaces parts of what is signed."""
    (nonce,) = re.findall(r';nonce="([^"]+)"', answer.wsgi_request.headers["Signature-Input"])
    parts: dict[str, Any] = {
        "company": dora.company.uid,
        "reader": dora.handle,
        "status": answer.status_code,
        "body": answer.content,
        "nonce": nonce,
    }
    sig = base64.b64decode(answer.headers[answers.TOLD_HEADER])
    answers.verify(answers.told_bytes(**parts | other), sig, answer_signer().public)


def test_each_answer_is_signed(client: Client, dora: Pretend) -> None:
    asked = [
        dora.call(client, "POST", CONTACT, report()),
        dora.call(client, "POST", CONTACT, {}),
        dora.call(client, "GET", JOURNAL),
        dora.call(client, "POST", JOURNAL, {"entries": []}),
        dora.call(client, "POST", DOOR, {"events": []}),
        dora.call(client, "POST", WIPED),
    ]
    assert [one.status_code for one in asked] == [200, 400, 200, 400, 200, 403]
    for answer in asked:
        signed_by_the_company(dora, answer)


@pytest.mark.parametrize(
    "other",
    [
        {"nonce": "another-nonce-of-22-sig"},
        {"status": 201},
        {"body": b"{}"},
        {"reader": 77},
        {"company": b"\1" * 16},
    ],
    ids=lambda other: next(iter(other)),
)
def test_for_nothing_else(client: Client, dora: Pretend, other: dict[str, Any]) -> None:
    answer = dora.call(client, "POST", CONTACT, report())
    with pytest.raises(BadSignature):
        signed_by_the_company(dora, answer, **other)


def test_what_shuts_a_reader_is_signed(client: Client, dora: Pretend) -> None:
    dora.call(client, "POST", CONTACT, report())
    forked = dora.call(client, "POST", CONTACT, report())
    suspended = dora.call(client, "POST", CONTACT, report())
    codes = [(one.status_code, one.json()["code"]) for one in (forked, suspended)]
    assert codes == [(409, "identity_forked"), (403, "reader_suspended")]
    for answer in (forked, suspended):
        signed_by_the_company(dora, answer)


def test_a_wipe_is_signed(client: Client, dora: Pretend) -> None:
    services.ask_wipe(reader=Reader.objects.get(handle=dora.handle), by=BY)
    told = dora.call(client, "POST", CONTACT, report())
    assert told.json()["wipe"] is True
    signed_by_the_company(dora, told)
    done = dora.call(client, "POST", WIPED)
    assert done.status_code == 204
    signed_by_the_company(dora, done)


def test_nothing_is_signed_for_who_is_no_reader(client: Client, in_acme: CompanyRef) -> None:
    """Nor for a reader whose request was not believed: there is no nonce of its own to sign over."""
    stranger = Pretend(in_acme, handle=77)
    for path in (CONTACT, JOURNAL, DOOR, WIPED):
        answer = stranger.call(client, "POST", path, {})
        assert answer.status_code == 401
        assert answers.TOLD_HEADER not in answer.headers
