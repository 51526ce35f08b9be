"""What a phone holds of its pass, read and bent in its page."""

from typing import Any

from playwright.sync_api import expect

from tests.credentials.wallet import Wallet

_HELD = """async () => {
  const { inStore } = await import("/static/wallet/store.js");
  const found = await inStore("readonly", (store) => store.get("pass"));
  return found ? { ...found, sealed: [...found.sealed], company: null } : null;
}"""
_BEND = """async (change) => {
  const { inStore } = await import("/static/wallet/store.js");
  const found = await inStore("readonly", (store) => store.get("pass"));
  await inStore("readwrite", (store) => store.put({ ...found, ...change }, "pass"));
}"""


def held(wallet: Wallet) -> dict[str, Any]:
    """The pass: its times, its mark, its sealed bytes."""
    found: dict[str, Any] = wallet.page.evaluate(_HELD)
    return found


def bend(wallet: Wallet, **change: Any) -> None:
    """Other times than it has."""
    wallet.page.evaluate(_BEND, change)


def key_of(found: dict[str, Any]) -> int:
    """The key set it was made under."""
    return int.from_bytes(bytes(found["sealed"][:4]), "big")


def prepare(wallet: Wallet) -> dict[str, Any]:
    """Enrol and wait for the first pass."""
    wallet.enrol()
    expect(wallet.page.locator("[data-view=ready] [data-signal]")).to_be_visible(timeout=15_000)
    return held(wallet)


def cut_off(wallet: Wallet) -> None:
    """No signal any more, and the page opened anew."""
    wallet.waits(lambda: wallet.page.evaluate("navigator.serviceWorker.controller !== null"))
    wallet.context.set_offline(True)
    wallet.page.reload()
    wallet.shows("ready")


def proved(wallet: Wallet) -> dict[str, int]:
    """What doors read from the pass and a proof of this phone."""
    wallet.page.click("[data-deed=show]")
    digits = wallet.code()
    assert len(digits) == 504
    told: dict[str, int] = wallet.do("opened", digits)
    return told
