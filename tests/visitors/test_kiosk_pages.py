"""The console's pages about kiosks: paired, set up, unpaired, and what they took without network."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from tenants import context
from tests.fixtures.console import sign_in_as
from tests.visitors.build import Reception
from tests.visitors.kiosk import EXIT_CODE, Tablet
from visitors import services
from visitors.models import Kiosk, KioskPairing, KioskState, SealedSignIn
from visitors.refusals import Refused

PAIR = "/visitors/kiosks/pair/"


def form(desk: Reception, **other: Any) -> dict[str, Any]:
    given = {"name": "Lobby", "site": desk.place.site.pk, "languages": ["de", "en"], "exit_code": EXIT_CODE}
    return given | other


def said(answer: Any) -> str:
    content: bytes = answer.content
    return content.decode()


def test_from_the_form_to_a_kiosk_that_is_heard(desk: Reception) -> None:
    olga = sign_in_as("olga")
    page = olga.post(PAIR, form(desk, printer="on"))
    assert page.status_code == 200
    assert "acme.localhost/kiosk/" in said(page)
    pairing = KioskPairing.objects.get()
    assert (pairing.languages, pairing.printer) == (["en", "de"], True)
    assert EXIT_CODE not in said(page)
    progress = f"{PAIR}{pairing.pk}/"
    assert "Waiting for the tablet" in said(olga.get(progress))
    code = said(page).split('pair-code figure" aria-label="')[1].split('"')[0]
    tablet = Tablet(context.current())
    wrong = tablet.proof(code, signature=bytes(64))
    with pytest.raises(Refused):
        services.pair(company=tablet.company.uid, proof=wrong, now=timezone.now())
    assert "1 wrong try" in said(olga.get(progress))
    services.pair(company=tablet.company.uid, proof=tablet.proof(code), now=timezone.now())
    assert "Paired." in said(olga.get(progress))
    listed = said(olga.get("/visitors/kiosks/"))
    assert "Lobby" in listed
    assert "Ready" in listed
    Kiosk.objects.update(last_heard=timezone.now() - dt.timedelta(hours=1), waiting=2)
    listed = said(olga.get("/visitors/kiosks/", headers={"HX-Request": "true"}))
    assert "Not heard" in listed
    assert "2 sign-ins" in listed


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "This field is required."),
        ("name", "Rear", "Another kiosk has this name."),
        ("site", "999", "Select a valid choice."),
        ("languages", [], "This field is required."),
        ("exit_code", "12ab", "An exit code has 6 to 12 digits."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Reception, field: str, value: object, words: str
) -> None:
    Tablet.paired(desk.place.site, "Rear")
    page = sign_in_as("olga").post(PAIR, form(desk, **{field: value}))
    assert page.status_code == 422
    assert words in said(page)
    assert KioskPairing.objects.count() == 1


def test_a_kiosk_is_set_up_anew_and_unpaired(desk: Reception) -> None:
    olga, tablet = sign_in_as("olga"), Tablet.paired(desk.place.site)
    address = f"/visitors/kiosks/{tablet.handle}/"
    assert 'value="Lobby"' in said(olga.get(address))
    assert olga.post(address, form(desk, name="Front", exit_code="")).status_code == 302
    assert tablet.kiosk.name == "Front"
    assert tablet.call("kiosk/exit", {"code": EXIT_CODE}).status_code == 204
    assert olga.post(f"{address}unpair/").status_code == 302
    assert tablet.kiosk.state == KioskState.UNPAIRED
    assert tablet.call("kiosk/state", {"waiting": 0}).json()["code"] == "kiosk_unpaired"
    assert "never comes back" in said(olga.get(address))
    assert olga.post(address, form(desk)).status_code == 422
    assert "1 unpaired" in said(olga.get("/visitors/kiosks/"))


def test_reception_sees_what_was_taken_without_network(desk: Reception) -> None:
    rita, tablet, now = sign_in_as("rita"), Tablet.paired(desk.place.site), timezone.now()
    visit = desk.visit(name="<b>Vera</b>")
    found: list[dict[str, Any]] = [{"visit": visit}, {"code": "cannot_open"}]
    rows = [
        SealedSignIn.objects.create(
            id=uuid.uuid4(), kiosk=tablet.kiosk, taken_at=now, handed_in_at=now, **more
        )
        for more in found
    ]
    listed = said(rita.get("/visitors/kiosks/"))
    assert "&lt;b&gt;Vera&lt;/b&gt;" in listed
    assert "It could not be opened" in listed
    assert "Pair a kiosk" not in listed
    for row in rows:
        assert rita.post(f"/visitors/kiosks/sign-ins/{row.pk}/seen/").status_code == 302
    assert "without network" not in said(rita.get("/visitors/kiosks/"))
