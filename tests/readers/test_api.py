"""What readers call over HTTP: literal payloads, and who is refused with which code."""

import base64
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from access.models import AccessPoint
from ledger.services import current_policy
from readers import services
from readers.models import DoorReport, Reader, ReaderKind
from readers.refusals import Refusal
from readers.services import PairingTicket
from sallyport import answers
from sallyport.http_signatures import SignatureCode
from sallyport.keys import BadSignature
from sallyport.refusals import READER_REFUSALS
from tenants import hosts
from tenants.models import Company
from tenants.refs import CompanyRef, CompanyState
from tenants.services import set_state
from tests.readers.conftest import BY
from tests.readers.pretend import Pretend, b64
from vault.selectors import answer_signer, checkpoint_signer

PAIR, POLICY, NEXT = "/api/v1/readers/pair", "/api/v1/readers/policy", "/api/v1/readers/next"
OUTCOME, ACKS = "/api/v1/scans/outcome", "/api/v1/readers/acks"
CONTACT = "/api/v1/readers/contact"


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ticket(front_door: AccessPoint) -> PairingTicket:
    return services.start_pairing(name="Dora", access_point=front_door, kind=ReaderKind.PROGRAM, by=BY)


def post_pair(client: Client, body: Any, host: str = "acme.localhost") -> Any:
    return client.post(PAIR, body, content_type="application/json", headers={"host": host})


def test_pairing_tells_all_that_a_reader_must_remember(
    client: Client, in_acme: CompanyRef, ticket: PairingTicket
) -> None:
    answer = post_pair(client, Pretend(in_acme).pair_body(ticket.shown))
    row = Reader.objects.get()
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "reader": row.handle,
        "company_id": in_acme.id,
        "company_uid": in_acme.uid.hex(),
        "company_name": "Acme",
        "access_point": row.access_point_id,
        "name": "Dora",
        "answer_key": b64(answer_signer().public.raw),
        "checkpoint_key": b64(checkpoint_signer().public.raw),
        "epoch": row.applied_epoch,
        "seq": row.applied_seq,
        "counter": 0,
        "language": "en",
    }


def test_a_reader_program_learns_whose_host_it_is(client: Client, in_acme: CompanyRef) -> None:
    answer = client.get(PAIR, headers={"host": "acme.localhost"})
    assert answer.json() == {"company_id": in_acme.id, "company_uid": in_acme.uid.hex(), "name": "Acme"}


def test_a_wrong_code_is_told_in_words(client: Client, in_acme: CompanyRef, ticket: PairingTicket) -> None:
    answer = post_pair(client, Pretend(in_acme).pair_body("00000000"))
    assert answer.status_code == 403
    assert answer.json() == {
        "code": "code_wrong",
        "text": "This code is not right. Check it and type it again.",
        "retry": True,
    }


def test_ten_wrong_tries_make_an_address_wait(client: Client, in_acme: CompanyRef) -> None:
    for _ in range(10):
        assert post_pair(client, Pretend(in_acme).pair_body("00000000")).status_code == 403
    answer = post_pair(client, Pretend(in_acme).pair_body("00000000"))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")


@pytest.mark.parametrize(
    "change",
    [
        {"code": ""},
        {"code": "x" * 30},
        {"public_key": "!"},
        {"public_key": b64(b"x")},
        {"algorithm": "none"},
        {"nonce": b64(b"short")},
        {"proof": b64(b"x" * 63)},
        {"proof": None},
    ],
)
def test_a_malformed_pairing_is_400_and_touches_nothing(
    client: Client, in_acme: CompanyRef, ticket: PairingTicket, change: dict[str, Any]
) -> None:
    answer = post_pair(client, Pretend(in_acme).pair_body(ticket.code) | change)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    ticket.pairing.refresh_from_db()
    assert ticket.pairing.attempts == 0


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"'])
def test_what_is_no_object_is_400(client: Client, in_acme: CompanyRef, body: str) -> None:
    answer = client.generic(
        "POST", PAIR, body, content_type="application/json", headers={"host": "acme.localhost"}
    )
    assert answer.status_code == 400
    assert set(answer.json()) >= {"code", "text", "retry"}


def test_the_policy_since_a_point(client: Client, dora: Pretend) -> None:
    epoch, seq = current_policy()
    answer = dora.call(client, "GET", f"{POLICY}?epoch={epoch}&seq=1")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["epoch"], told["seq"]) == (epoch, seq)
    assert {row[0] for row in told["changes"]} == set(range(2, seq + 1))


@pytest.mark.parametrize(
    "query", ["", "?epoch=1", "?epoch=1&seq=-1", "?epoch=x&seq=1", f"?epoch=1&seq={2**53}"]
)
def test_a_point_that_is_none_is_400(client: Client, dora: Pretend, query: str) -> None:
    assert dora.call(client, "GET", f"{POLICY}{query}").status_code == 400


def test_the_next_counter_of_a_fresh_reader(client: Client, dora: Pretend) -> None:
    told = dora.call(client, "GET", NEXT).json()
    assert (told["counter"], told["challenge"]) == (0, False)


def test_where_the_count_stands_is_signed_over_the_very_question(client: Client, dora: Pretend) -> None:
    answer = dora.call(client, "GET", NEXT)
    told, asked = answer.json(), answer.wsgi_request.headers["Signature-Input"]
    (nonce,) = re.findall(r';nonce="([^"]+)"', asked)
    fields: dict[str, Any] = {
        "company": dora.company.uid,
        "reader": dora.handle,
        "counter": 0,
        "challenge": False,
    }
    sig = base64.b64decode(told["sig"])
    answers.verify(answers.next_bytes(**fields, nonce=nonce), sig, answer_signer().public)
    with pytest.raises(BadSignature):
        answers.verify(answers.next_bytes(**fields, nonce=nonce[:-1] + "!"), sig, answer_signer().public)


# What stands before all views and answers itself.
BEFORE_VIEWS = ("config/headers.py", "tenants/middleware.py")
# No request that a reader sends is answered so, or not with a 4xx: sallyport/refusals.py says why.
LEFT_OUT = {"method_not_allowed", "foreign_origin", "server_unavailable"}


def test_every_refusal_of_a_reader_is_known_to_readers() -> None:
    """What this room refuses by: a code that readers do not know is for them no answer of ours."""
    said = {one.value for one in Refusal} | {one.value for one in SignatureCode}
    for path in [*sorted((ROOT / "readers").rglob("*.py")), *(ROOT / name for name in BEFORE_VIEWS)]:
        text = path.read_text()
        said |= set(re.findall(r'(?<!\w)(?:Refused\((?:4\d\d), |unauthorised\()"([a-z_]+)"', text))
        said |= set(re.findall(r'"code": "([a-z_]+)"', text))
    assert said >= LEFT_OUT
    assert said - LEFT_OUT == READER_REFUSALS


def test_all_that_stands_before_the_views_was_looked_at() -> None:
    """Whatever answers JSON before a view is held to what readers know."""
    paths = {name.rpartition(".")[0].replace(".", "/") + ".py" for name in settings.MIDDLEWARE}
    answer = {name for name in paths if (ROOT / name).exists() and '"code": "' in (ROOT / name).read_text()}
    assert answer == set(BEFORE_VIEWS)


def test_a_suspended_company_says_so_to_its_readers(client: Client, dora: Pretend) -> None:
    set_state(company=Company.objects.get(pk=dora.company.id), state=CompanyState.SUSPENDED)
    answer = dora.call(client, "GET", NEXT)
    hosts.forget()  # what is rolled back is held no longer
    assert refusal(answer) == (403, "company_suspended")
    assert answer.json()["code"] in READER_REFUSALS


def test_the_page_knows_the_same_refusals() -> None:
    text = (ROOT / "static/reader/refusals.js").read_text()
    assert re.findall(r'^  "([a-z_]+)",$', text, re.MULTILINE) == sorted(READER_REFUSALS)


def test_an_outcome_is_kept_once_and_its_first_word_stands(client: Client, dora: Pretend) -> None:
    assert dora.call(client, "POST", OUTCOME, {"counter": 7, "opened": True}).status_code == 204
    assert dora.call(client, "POST", OUTCOME, {"counter": 7, "opened": True}).status_code == 204
    answer = dora.call(client, "POST", OUTCOME, {"counter": 7, "opened": False})
    assert (answer.status_code, answer.json()["code"]) == (422, "outcome_differs")
    assert list(DoorReport.objects.values_list("reader_id", "counter", "opened")) == [(dora.handle, 7, True)]


@pytest.mark.parametrize(
    "body", [{}, {"counter": True, "opened": True}, {"counter": 1}, {"counter": -1, "opened": True}]
)
def test_a_malformed_outcome_is_400(client: Client, dora: Pretend, body: dict[str, Any]) -> None:
    assert dora.call(client, "POST", OUTCOME, body).status_code == 400


def test_an_acknowledgement_without_a_socket(client: Client, dora: Pretend) -> None:
    epoch, seq = current_policy()
    ack = dora.ack(epoch=epoch, seq=seq)
    body = {"epoch": epoch, "seq": seq, "at_ms": ack.at_ms, "sig": b64(ack.sig)}
    assert dora.call(client, "POST", ACKS, body).status_code == 204
    row = Reader.objects.get(handle=dora.handle)
    assert (row.applied_epoch, row.applied_seq) == (epoch, seq)


def test_an_acknowledgement_by_another_key_is_401(client: Client, dora: Pretend) -> None:
    epoch, seq = current_policy()
    ack = Pretend(dora.company, handle=dora.handle).ack(epoch=epoch, seq=seq)
    body = {"epoch": epoch, "seq": seq, "at_ms": ack.at_ms, "sig": b64(ack.sig)}
    answer = dora.call(client, "POST", ACKS, body)
    assert (answer.status_code, answer.json()["code"]) == (401, "ack_wrong")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_nobody_is_refused(client: Client, dora: Pretend) -> None:
    for method, path in (("GET", NEXT), ("GET", POLICY), ("POST", OUTCOME), ("POST", ACKS)):
        answer = client.generic(method, path, headers={"host": "acme.localhost"})
        assert refusal(answer) == (401, "signature_missing")


def test_another_key_is_refused(client: Client, dora: Pretend) -> None:
    thief = Pretend(dora.company, handle=dora.handle)
    assert refusal(thief.call(client, "GET", NEXT)) == (401, "signature_wrong")


def test_another_body_is_refused(client: Client, dora: Pretend) -> None:
    answer = dora.call(client, "POST", OUTCOME, {"counter": 1, "opened": True}, send_body=b'{"counter":2}')
    assert refusal(answer) == (401, "signature_digest")


def test_an_unknown_reader_is_refused(client: Client, dora: Pretend) -> None:
    stranger = Pretend(dora.company, dora.key, handle=999)
    assert refusal(stranger.call(client, "GET", NEXT)) == (401, "reader_unknown")


def test_a_reader_of_another_company_is_refused(client: Client, dora: Pretend, globex: CompanyRef) -> None:
    assert refusal(dora.call(client, "GET", NEXT, host="globex.localhost")) == (401, "reader_unknown")


def test_a_clock_ten_minutes_off_is_told_ours(client: Client, dora: Pretend) -> None:
    answer = dora.call(client, "GET", NEXT, created=int(time.time()) - 600)
    assert refusal(answer) == (401, "clock_skew")
    assert abs(answer.json()["server_now"] - time.time()) < 5


def test_a_retired_reader_is_told_that_it_is(client: Client, dora: Pretend) -> None:
    """Also by the contact: it then opens nothing without network either. Nobody else learns it."""
    services.retire_reader(reader=Reader.objects.get(handle=dora.handle), by=BY)
    body = {"token": "", "nonce": b64(bytes(16)), "at_ms": 1, "queue": 0}
    for told in (dora.call(client, "GET", NEXT), dora.call(client, "POST", CONTACT, body)):
        assert refusal(told) == (403, "reader_retired")
    thief = Pretend(dora.company, handle=dora.handle)
    assert refusal(thief.call(client, "POST", CONTACT, body)) == (401, "signature_wrong")


def test_a_suspended_reader_is_refused(client: Client, dora: Pretend) -> None:
    services.suspend_reader(reader=Reader.objects.get(handle=dora.handle), by=BY)
    assert refusal(dora.call(client, "GET", NEXT)) == (403, "reader_suspended")


def test_hearing_a_reader_is_noted_at_most_twice_a_minute(client: Client, dora: Pretend) -> None:
    Reader.objects.filter(handle=dora.handle).update(last_heard=None)
    dora.call(client, "GET", NEXT)
    first = Reader.objects.get(handle=dora.handle).last_heard
    dora.call(client, "GET", NEXT)
    assert first is not None
    assert abs((timezone.now() - first).total_seconds()) < 10
    assert Reader.objects.get(handle=dora.handle).last_heard == first
