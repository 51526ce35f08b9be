"""The wallet without signal: pass + proof of a phone that was cut off, and words where there is none."""

import pytest
from playwright.sync_api import Page, expect

from tests.credentials.wallet import NEARLY_OVER_MS, Wallet

pytestmark = pytest.mark.browser

STORE = """async ([name, change]) => {
  const { inStore } = await import("/static/wallet/store.js");
  const found = await inStore("readonly", (store) => store.get(name));
  const next = { ...found, ...change };
  await inStore("readwrite", (store) => store.put(next, name));
  return found.issued;
}"""
PROOF_SECOND = """async () => {
  const keys = await import("/static/wallet/keys.js");
  const { Passes } = await import("/static/wallet/passes.js");
  const key = await keys.kept();
  const passes = new Passes();
  await passes.load(key);
  return (await passes.proof(key)).issued;
}"""


def title(page: Page) -> str:
    return page.locator("[data-view]:not([hidden]) h1").inner_text()


@pytest.fixture
def cut_off(wallet: Wallet) -> Wallet:
    """A phone that was online once, and is no more."""
    wallet.enrol()
    expect(wallet.page.locator("[data-view=ready] [data-signal]")).to_be_visible(timeout=15_000)
    wallet.waits(lambda: wallet.page.evaluate("navigator.serviceWorker.controller !== null"))
    wallet.context.set_offline(True)
    wallet.page.reload()
    return wallet


@pytest.mark.parametrize("wallet", [("320", "de"), ("390", "en")], indirect=True)
def test_a_phone_that_was_cut_off_reopens_and_proves_itself(cut_off: Wallet) -> None:
    cut_off.shows("ready")
    cut_off.page.clock.install()
    cut_off.page.click("[data-deed=show]")
    first = cut_off.code()
    assert len(first) == 504
    cut_off.fits()
    expect(cut_off.page.locator("[data-card]")).to_have_attribute("data-kind", "pass")
    kind = {"en": "Works without signal.", "de": "Geht ohne Netz."}
    language = cut_off.page.evaluate("document.documentElement.lang")
    expect(cut_off.page.locator("[data-kind-text]")).to_have_text(kind[language])
    expect(cut_off.page.locator(".wallet-bright")).to_be_in_viewport(ratio=1)
    cut_off.shot("pass")
    expect(cut_off.page.locator("[data-deed=new]")).to_be_enabled(timeout=10_000)
    cut_off.page.click("[data-deed=new]")
    cut_off.waits(lambda: cut_off.code() != first)
    told = [cut_off.do("opened", digits) for digits in (first, cut_off.code())]
    assert told[0]["device"] == told[1]["device"]
    assert told[0]["issued"] < told[1]["issued"]
    cut_off.context.set_offline(False)
    cut_off.page.clock.fast_forward(NEARLY_OVER_MS)
    expect(cut_off.page.locator("[data-card]")).to_have_attribute("data-kind", "live", timeout=40_000)


@pytest.mark.parametrize("wallet", [("320", "fr")], indirect=True)
def test_the_number_of_a_door_is_typed_and_proved(cut_off: Wallet) -> None:
    cut_off.shows("ready")
    cut_off.page.click("[data-deed=number]")
    cut_off.shows("number")
    for key in "4712":
        cut_off.page.click(f"[data-key='{key}']")
    cut_off.shows("code")
    digits = cut_off.code()
    expect(cut_off.page.locator("[data-once]")).to_contain_text("4712")
    assert cut_off.do("opened", digits, "4712")["device"] > 0
    cut_off.page.click("[data-deed=hide]")
    cut_off.shows("ready")


# Chromium on Linux has no decoder of its own, as phones do: the page is given one, and a blind camera.
DECODER = """
  window.BarcodeDetector = class {
    constructor({ formats }) { Object.assign(this, { formats, tries: 0 }); }
    async detect(video) {
      this.tries += 1;
      if (!video.srcObject?.active || String(this.formats) !== "qr_code" || this.tries < 3) return [];
      return [{ rawValue: "3".repeat(252) }, { rawValue: "4712" }];
    }
  };
  navigator.mediaDevices.getUserMedia = async () => {
    window.stream = document.createElement("canvas").captureStream(5);
    return window.stream;
  };
"""


@pytest.mark.parametrize("wallet", [("320", "de")], indirect=True)
def test_the_number_of_a_door_is_read_by_the_phones_camera(cut_off: Wallet) -> None:
    reads = cut_off.page.locator("[data-view=number] [data-reads]")
    cut_off.page.click("[data-deed=number]")
    cut_off.shows("number")
    expect(reads).to_be_hidden()  # this browser cannot
    cut_off.context.add_init_script(DECODER)
    cut_off.page.reload()
    cut_off.shows("ready")
    cut_off.page.click("[data-deed=number]")
    reads.click()
    cut_off.shows("code")
    assert cut_off.do("opened", cut_off.code(), "4712")["device"] > 0
    assert not cut_off.page.evaluate("window.stream.active")
    cut_off.fits()


@pytest.mark.parametrize("wallet", [("320", "en")], indirect=True)
def test_without_a_camera_the_number_is_typed(cut_off: Wallet) -> None:
    refused = "navigator.mediaDevices.getUserMedia = async () => { throw new Error('no'); };"
    cut_off.context.add_init_script(DECODER + refused)
    cut_off.page.reload()
    cut_off.shows("ready")
    cut_off.page.click("[data-deed=number]")
    cut_off.page.click("[data-view=number] [data-reads]")
    expect(cut_off.page.locator("[data-view=number] [data-error]")).to_contain_text("Type the number")
    cut_off.fits()
    for key in "4712":
        cut_off.page.click(f"[data-key='{key}']")
    cut_off.shows("code")


def test_two_pages_of_one_phone_never_prove_in_the_same_second(cut_off: Wallet) -> None:
    other = cut_off.context.new_page()
    other.goto(cut_off.page.url)
    seconds = [page.evaluate(PROOF_SECOND) for page in (cut_off.page, other) * 2]
    assert seconds == sorted(set(seconds))
    begin = f"() => ({{ proof: ({PROOF_SECOND})() }})"
    started = [page.evaluate_handle(begin) for page in (other, cut_off.page)]
    both = [handle.evaluate("async (made) => await made.proof") for handle in started]
    assert both[0] != both[1]


@pytest.mark.parametrize("wallet", [("320", "en")], indirect=True)
def test_it_says_what_is_wrong(cut_off: Wallet) -> None:
    page = cut_off.page
    cut_off.shows("ready")
    issued = page.evaluate(STORE, ["pass", {}])
    page.evaluate(STORE, ["pass", {"issued": issued - 90_000, "expires": issued - 3600}])
    page.reload()
    cut_off.shows("offline")
    assert title(page) == "Too long without signal"
    page.evaluate(STORE, ["pass", {"issued": issued + 3600, "expires": issued + 7200}])
    page.reload()
    cut_off.shows("offline")
    assert title(page) == "This phone’s clock is wrong"
    cut_off.shot("clock")
    page.evaluate(STORE, ["device", {"privateKey": None}])
    page.reload()
    cut_off.shows("stopped")
    assert title(page) == "This phone’s key is not here"
    page.evaluate("async () => indexedDB.deleteDatabase('sallyport-wallet')")
    page.reload()
    cut_off.shows("stopped")
    assert title(page) == "This phone’s key was cleared"
    cut_off.shot("cleared")
    page.click("[data-deed=again]")
    cut_off.shows("enrol")


@pytest.mark.parametrize("wallet", [("320", "es")], indirect=True)
def test_without_a_pass_it_says_so_and_comes_back(cut_off: Wallet) -> None:
    cut_off.shows("ready")
    cut_off.page.evaluate(STORE, ["pass", {"keyid": "another"}])
    cut_off.page.reload()
    cut_off.shows("offline")
    cut_off.context.set_offline(False)  # it looks again by itself
    cut_off.shows("ready")
