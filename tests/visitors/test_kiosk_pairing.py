"""A tablet becomes a kiosk, speaks by its key alone, and is one no more when it was unpaired."""

import datetime as dt
import json
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ledger.models import LedgerEntry
from readers import limits
from readers.models import PAIRING_ATTEMPTS
from sallyport.keys import Ed25519Signer, P256Signer
from tests.visitors.build import BY, Reception
from tests.visitors.kiosk import EXIT_CODE, Tablet, ticket
from visitors import services
from visitors.models import Arrival, Flow, Kiosk, KioskPairing
from visitors.refusals import Refused
from visitors.services.kiosks import WRONG_EXITS


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    limits.forget()


def refusal(tablet: Tablet, code: str, now: dt.datetime | None = None, **other: object) -> str:
    """The code with which a try to pair is refused."""
    with pytest.raises(Refused) as refused:
        services.pair(
            company=tablet.company.uid, proof=tablet.proof(code, **other), now=now or timezone.now()
        )
    return refused.value.code


def new(desk: Reception) -> Tablet:
    return Tablet(Tablet.paired(desk.place.site, "Another").company)


def post_pair(tablet: Tablet, code: str) -> tuple[int, dict[str, Any]]:
    answer = Client().post(
        "/api/v1/kiosks/pair",
        json.dumps(tablet.pair_body(code)),
        content_type="application/json",
        headers={"host": tablet.company.host},
    )
    return answer.status_code, answer.json()


def test_a_tablet_is_paired_by_its_code(desk: Reception) -> None:
    tablet = new(desk)
    drawn = ticket(desk.place.site, languages=("fr", "en"), printer=True)
    status, told = post_pair(tablet, drawn.shown.lower().replace("0", "o"))
    assert status == 201
    kiosk = Kiosk.objects.get(handle=told["kiosk"])
    assert (kiosk.name, kiosk.languages, kiosk.printer) == ("Lobby", ["en", "fr"], True)
    assert bytes(kiosk.public_key) == tablet.key.public.raw
    assert told["company_uid"] == tablet.company.uid.hex()
    assert told["server_now"] <= time.time() < told["server_now"] + 60
    assert LedgerEntry.objects.filter(verb="kiosk_paired", handle=kiosk.handle).count() == 1
    # Asked again by the same key, as after a lost answer, it is the same kiosk; another key gets nothing.
    assert post_pair(tablet, drawn.code) == (201, told | {"server_now": pytest.approx(time.time(), abs=60)})
    assert post_pair(new_key(tablet), drawn.code)[1]["code"] == "code_used"


def new_key(tablet: Tablet) -> Tablet:
    return Tablet(tablet.company, P256Signer.generate())


def test_what_is_wrong_is_said_and_counted(desk: Reception) -> None:
    tablet = new(desk)
    drawn = ticket(desk.place.site)
    wrong = drawn.code[:7] + ("0" if drawn.code[7] != "0" else "1")
    assert refusal(tablet, drawn.code, signature=bytes(64)) == "proof_wrong"
    assert refusal(tablet, drawn.code, now=timezone.now() + dt.timedelta(minutes=11)) == "code_expired"
    for _ in range(PAIRING_ATTEMPTS - 2):
        assert refusal(tablet, wrong) == "code_wrong"
    assert refusal(tablet, wrong) == "too_many_attempts"
    assert refusal(tablet, drawn.code) == "too_many_attempts"
    assert KioskPairing.objects.get(pk=drawn.pairing.pk).attempts == PAIRING_ATTEMPTS
    assert LedgerEntry.objects.filter(verb="kiosk_pairing_locked").count() == 1
    assert refusal(tablet, "") == "code_wrong"


def test_only_p256_keys_are_taken(desk: Reception) -> None:
    tablet = new(desk)
    drawn = ticket(desk.place.site)
    other = Ed25519Signer.generate()
    assert refusal(tablet, drawn.code, public_key=other.public.raw, algorithm="ed25519") == "key_malformed"
    assert refusal(tablet, drawn.code, public_key=b"\x04" + bytes(64)) == "key_malformed"


def test_a_proof_for_another_company_or_as_a_reader_is_none(desk: Reception) -> None:
    tablet = new(desk)
    drawn = ticket(desk.place.site)
    with pytest.raises(Refused) as refused:
        services.pair(company=bytes(16), proof=tablet.proof(drawn.code), now=timezone.now())
    assert refused.value.code == "proof_wrong"


def test_a_key_is_a_kiosk_once(desk: Reception) -> None:
    tablet = Tablet.paired(desk.place.site)
    services.unpair_kiosk(kiosk=tablet.kiosk, by=BY)
    assert refusal(tablet, ticket(desk.place.site).code) == "key_taken"


def test_one_address_waits_after_ten_wrong_codes(desk: Reception) -> None:
    tablet = new(desk)
    drawn = ticket(desk.place.site)
    for _ in range(limits.MOST_WRONG):
        assert post_pair(tablet, "ZZZZZZZZ")[0] == 403
    status, told = post_pair(tablet, drawn.code)
    assert (status, told["code"], told["retry"]) == (429, "rate_limited", True)


def test_names_are_taken_once(desk: Reception) -> None:
    Tablet.paired(desk.place.site)
    for name, code in (("Lobby", "name_taken"), ("  ", "name_malformed"), ("x" * 81, "name_malformed")):
        with pytest.raises(Refused) as refused:
            ticket(desk.place.site, name)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        ticket(desk.place.site, "Rear", languages=())
    assert refused.value.code == "no_language"


@pytest.mark.parametrize("code", ["", "12345", "1234567890123", "12345a", "١٢٣٤٥٦"])
def test_an_exit_code_has_six_digits_at_least(desk: Reception, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.start_pairing(site=desk.place.site, setting=services.Setting("Lobby"), exit_code=code, by=BY)
    assert refused.value.code == "exit_code_malformed"


def test_a_kiosk_asks_how_it_is_set_up(desk: Reception) -> None:
    tablet = Tablet.paired(desk.place.site)
    answer = tablet.call("kiosk/state", {"waiting": 3})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["name"], told["site"]) == ("Lobby", desk.place.site.name)
    assert told["types"][0]["name"] == "Meeting"
    assert told["faces_open"] is False
    assert answer["Cache-Control"] == "no-store"
    assert tablet.kiosk.waiting == 3


@pytest.mark.parametrize("told", [None, {"waiting": -1}, {"waiting": "many"}, [], "x"])
def test_a_malformed_state_is_refused(desk: Reception, told: object) -> None:
    answer = Tablet.paired(desk.place.site).call("kiosk/state", told)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_nobody_else_is_answered(desk: Reception) -> None:
    tablet = Tablet.paired(desk.place.site)
    told = {"waiting": 0}
    assert Client().post("/api/v1/kiosk/state", headers={"host": tablet.company.host}).status_code == 401
    stranger = Tablet(tablet.company, handle=tablet.handle)
    assert stranger.call("kiosk/state", told).status_code == 401
    assert tablet.call("kiosk/state", told, send_body=b'{"waiting": 1}').status_code == 401
    off = tablet.call("kiosk/state", told, created=int(time.time()) - 120)
    assert (off.status_code, off.json()["code"]) == (401, "clock_skew")
    assert off.json()["server_now"] == pytest.approx(time.time(), abs=60)
    tablet.handle += 1
    assert tablet.call("kiosk/state", told).json()["code"] == "kiosk_unknown"


def test_an_unpaired_kiosk_is_told_so_and_gets_nothing(desk: Reception) -> None:
    tablet = Tablet.paired(desk.place.site)
    now = timezone.now()
    Arrival.objects.create(kiosk=tablet.kiosk, flow=Flow.WALK_IN, begun_at=now, seen_at=now)
    services.unpair_kiosk(kiosk=tablet.kiosk, by=BY)
    services.unpair_kiosk(kiosk=tablet.kiosk, by=BY)
    answer = tablet.call("kiosk/state", {"waiting": 0})
    assert (answer.status_code, answer.json()["code"]) == (403, "kiosk_unpaired")
    assert Arrival.objects.get().outcome == "unpaired"
    assert LedgerEntry.objects.filter(verb="kiosk_unpaired").count() == 1
    with pytest.raises(Refused):
        services.edit_kiosk(kiosk=tablet.kiosk, site=desk.place.site, setting=services.Setting("Anew"), by=BY)


def test_staff_leave_by_the_exit_code(desk: Reception) -> None:
    tablet = Tablet.paired(desk.place.site)
    assert tablet.call("kiosk/exit", {"code": EXIT_CODE}).status_code == 204
    assert LedgerEntry.objects.filter(verb="kiosk_left", handle=tablet.handle).count() == 1
    for _ in range(WRONG_EXITS):
        wrong = tablet.call("kiosk/exit", {"code": "000000"})
        assert (wrong.status_code, wrong.json()["code"]) == (403, "exit_code_wrong")
    assert tablet.call("kiosk/exit", {"code": EXIT_CODE}).status_code == 429
    assert Tablet.paired(desk.place.site, "Rear").call("kiosk/exit", {"code": EXIT_CODE}).status_code == 204


def test_a_kiosk_is_set_up_anew(desk: Reception) -> None:
    tablet = Tablet.paired(desk.place.site)
    setting = services.Setting("Front", languages=("de",), printer=True)
    for _ in range(2):
        services.edit_kiosk(
            kiosk=tablet.kiosk, site=desk.place.site, setting=setting, exit_code="999999", by=BY
        )
    assert (tablet.kiosk.name, tablet.kiosk.languages) == ("Front", ["de"])
    assert tablet.call("kiosk/exit", {"code": EXIT_CODE}).status_code == 403
    assert tablet.call("kiosk/exit", {"code": "999999"}).status_code == 204
    told = LedgerEntry.objects.get(verb="kiosk_edited")
    assert "999999" not in json.dumps(told.data)
