"""A kiosk without network: sign-ins are taken, sealed, and handed in by themselves when it is back."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from playwright.sync_api import Locator, expect

from tests.visitors.kiosk_api import FakeApi
from tests.visitors.kiosk_screen import PATIENCE_MS, Screen
from tests.visitors.test_kiosk_wiped import PLANTED, in_memory, kept, nothing_left

pytestmark = pytest.mark.browser
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
NAME, FIRM, MAIL = PLANTED[:3]


def opened(api: FakeApi, item: dict[str, Any]) -> dict[str, Any]:
    """What the company's key finds in a sealed sign-in of kiosk 7."""
    info = b"sallyport/kiosk/v1" + bytes(16) + (7).to_bytes(4, "big") + uuid.UUID(item["id"]).bytes
    told: dict[str, Any] = json.loads(SUITE.decrypt(base64.b64decode(item["sealed"]), api.key, info))
    return told


def note(kiosk: Screen) -> Locator:
    """What the home screen says of the network, and of what waits."""
    return kiosk.page.locator("[data-part=note]")


def who(kiosk: Screen) -> Screen:
    """Who one is, and on."""
    kiosk.on("details")
    inputs = kiosk.page.locator(".kiosk-field input")
    for number, words in enumerate((NAME, FIRM, MAIL)):
        inputs.nth(number).fill(words)
    return kiosk.go_on()


def write_down(kiosk: Screen) -> Screen:
    """From who one is to the last word."""
    return who(kiosk).on("document").sign().go_on().on("sealed")


def by_host(kiosk: Screen) -> None:
    """The network went while the host was looked for: what was typed stands there still."""
    kiosk.choose("walk_in").on("whom")
    kiosk.page.locator("[role=combobox]").press_sequentially("Hen")
    box = kiosk.page.get_by_label("Name", exact=True)
    expect(kiosk.page.locator("[role=combobox]")).to_have_count(0, timeout=PATIENCE_MS)
    expect(box).to_have_value("Hen")
    box.fill("Henrike Holder")
    kiosk.go_on()


def by_code(kiosk: Screen) -> None:
    kiosk.choose("expected").on("code")
    kiosk.field("Code").fill("K7QM4F2P")
    kiosk.go_on().on("whom")
    kiosk.page.get_by_label("Name", exact=True).fill("Henrike Holder")
    kiosk.go_on()


@pytest.mark.parametrize(("how", "code"), [(by_host, ""), (by_code, "K7QM4F2P")])
def test_a_sign_in_is_sealed_and_handed_in(
    kiosk: Screen, api: FakeApi, how: Callable[[Screen], None], code: str
) -> None:
    kiosk.pair()
    api.down = True
    how(kiosk)
    write_down(kiosk)
    kiosk.shot("22-sealed")
    kiosk.go_on()
    nothing_left(kiosk)
    assert in_memory(kiosk) == []
    assert '"sealed", "[{' in kept(kiosk), "it is kept as ciphertext"
    expect(note(kiosk)).to_contain_text("1 written down here")
    assert api.of("kiosk/sealed") == []
    api.down = False
    expect(note(kiosk)).not_to_contain_text("written down", timeout=2 * PATIENCE_MS)
    ((item,),) = [told["items"] for told in api.of("kiosk/sealed")]
    told = opened(api, item)
    assert [told[name] for name in ("name", "firm", "email", "host_name", "language")] == [
        NAME,
        FIRM,
        MAIL,
        "Henrike Holder",
        "en",
    ]
    assert told["code"] == code
    (document,) = told["documents"]
    assert set(document) == {"version", "name", "strokes"}
    assert len(document["strokes"]) == 1
    assert kiosk.complaints == []


def test_a_company_that_takes_nobody_unannounced_takes_who_has_a_code(kiosk: Screen, api: FakeApi) -> None:
    api.walk_in = False
    kiosk.pair()
    expect(kiosk.page.locator("[data-choice=walk_in]")).to_have_count(0)
    api.down = True
    by_code(kiosk)
    expect(kiosk.page.locator(".kiosk-step")).to_have_text("Step 3 of 3")  # no document is known
    who(kiosk).on("sealed").go_on().on("home")
    kiosk.page.evaluate("dispatchEvent(new Event('offline'))")
    expect(note(kiosk)).to_contain_text("No network")
    kiosk.choose("expected").on("code").deed("no-code").on("reception")  # nothing leads to a visit
    kiosk.go_on()
    nothing_left(kiosk)
    api.down = False
    expect(note(kiosk)).not_to_contain_text("written down", timeout=2 * PATIENCE_MS)
    ((item,),) = [told["items"] for told in api.of("kiosk/sealed")]
    told = opened(api, item)
    assert (told["code"], told["type"], told["documents"]) == ("K7QM4F2P", "", [])
    assert (told["name"], told["host_name"]) == (NAME, "Henrike Holder")
    assert kiosk.complaints == []


def test_it_opens_and_works_without_any_network(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair()
    kiosk.page.wait_for_function("() => navigator.serviceWorker.controller || navigator.serviceWorker.ready")
    kiosk.page.wait_for_function(
        "async () => (await caches.keys()).some((name) => name.startsWith('sallyport-kiosk-'))"
    )
    kiosk.page.evaluate("navigator.serviceWorker.ready")
    api.down = True
    kiosk.context.set_offline(True)
    kiosk.page.reload()
    kiosk.on("home")
    expect(note(kiosk)).to_contain_text("No network. You can sign in all the same.")
    kiosk.choose("walk_in").on("whom")
    kiosk.page.get_by_label("Name", exact=True).fill("Henrike Holder")
    kiosk.go_on()
    write_down(kiosk).go_on()
    nothing_left(kiosk)
    kiosk.page.reload()
    kiosk.on("home")
    expect(note(kiosk)).to_contain_text("1 written down here")
    kiosk.choose("expected").on("code")
    expect(kiosk.page.locator("#kiosk .kiosk-lead")).to_contain_text("it is checked later")
    kiosk.field("Code").fill("k7qm-4f2p")
    kiosk.shot("23-code-offline")
    kiosk.go_on().on("whom")
    kiosk.page.get_by_label("Name", exact=True).fill("Henrike Holder")
    kiosk.go_on()
    write_down(kiosk).go_on()
    nothing_left(kiosk)
    expect(note(kiosk)).to_contain_text("2 written down here")
    kiosk.choose("expected").on("code").deed("no-code").on("whom")
    kiosk.page.click("[data-part=start-over]")
    kiosk.on("home").choose("delivery").on("reception")


def test_what_the_server_does_not_take_stays(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair()
    api.refuses = {"kiosk/arrivals": (503, "down"), "kiosk/sealed": (503, "down")}
    by_code(kiosk)
    write_down(kiosk).go_on().on("home")
    kiosk.page.wait_for_timeout(11_000)
    tries = len(api.of("kiosk/sealed"))
    assert 1 <= tries <= 4, "asked again, and not all the time"
    expect(note(kiosk)).to_contain_text("1 written down here")
    api.refuses = {}
    kiosk.page.evaluate("dispatchEvent(new Event('online'))")
    expect(note(kiosk)).not_to_contain_text("written down", timeout=PATIENCE_MS)


def test_the_network_goes_in_the_middle_and_comes_back(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().walk_in()
    kiosk.on("document").sign()
    api.down = True
    kiosk.go_on()
    expect(kiosk.page.locator(".kiosk-wrong")).to_contain_text("The server does not answer.")
    api.down = False
    kiosk.go_on().on("waiting")
    api.down = True
    kiosk.page.wait_for_timeout(2500)
    kiosk.on("waiting")
    api.down = False
    kiosk.on("way")


def test_a_stolen_kiosk_keeps_no_sealed_sign_in_either(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair()
    api.refuses = {"kiosk/arrivals": (503, "down"), "kiosk/sealed": (503, "down")}
    by_code(kiosk)
    write_down(kiosk).go_on().on("home")
    api.unpaired = True
    kiosk.page.evaluate("dispatchEvent(new Event('online'))")
    kiosk.on("unpaired")
    kiosk.page.wait_for_timeout(1000)
    assert kiosk.page.evaluate("async () => (await indexedDB.databases()).length") == 0
