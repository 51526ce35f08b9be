"""Proofs made by the wallet's scripts in Chromium are opened by the verifier in Python, digit for digit."""

import base64
import re
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page

from bench.code import CODES
from bench.readability import DRAWN_PIXELS, QUIET_ZONE, drawn
from credentials.pictures import picture_of
from sallyport.codes import CodeRefused, OpeningKeys, PassContents, open_code, seal_pass
from sallyport.codes.daypass import DAY_PASS
from sallyport.codes.layout import LIVE, Layout
from sallyport.codes.passes import HALF_ORDER, PASS
from sallyport.keys import Ed25519Signer
from sallyport.reasons import Reason
from tests.core.vector_keys import COMPANY, ISSUED, KEY_ID, KEY_SETS, minting
from tests.credentials.wallet import HOST
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
AT = ISSUED + 3600
MAKE_KEY = """async () => {
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  window.pair = await crypto.subtle.generateKey(kind, false, ["sign", "verify"]);
  return [...new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))];
}"""
PROVE = """async ([sealed, company, at, challenge]) => {
  const { prove } = await import("/static/wallet/proofs.js");
  const { fromBase64url } = await import("/static/wallet/keys.js");
  const pass = { sealed: fromBase64url(sealed), company: fromBase64url(company) };
  return await prove(pair.privateKey, pass, at, challenge);
}"""
LOWER = """async (signature) => {
  const { lowerS } = await import("/static/wallet/proofs.js");
  return [...lowerS(Uint8Array.from(signature))];
}"""
DRAW = """async (digits) => {
  const { draw } = await import("/static/wallet/picture.js");
  const place = document.createElement("div");
  place.id = "drawn";
  place.setAttribute("class", "wallet-picture");
  document.body.replaceChildren(place);
  draw(place, digits);
  return document.querySelector("#drawn svg").getAttribute("viewBox");
}"""


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def keys() -> dict[int, OpeningKeys]:
    one = KEY_SETS["in_use"]
    seed = Ed25519Signer(bytes.fromhex(one["sign_seed"]))
    seal = bytes.fromhex(one["seal_key"])
    return {KEY_ID: OpeningKeys(KEY_ID, COMPANY, seal, seed.public.raw, one["not_before"], None)}


class Prover:
    """A page with a key of its own, and a pass for it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        point = bytes(page.evaluate(MAKE_KEY))
        compressed = bytes([2 + point[64] % 2]) + point[1:33]
        contents = PassContents(7, 9, 3, 0, compressed, ISSUED, ISSUED + 12 * 3600, 0)
        self.sealed = seal_pass(contents, minting())

    def prove(self, at: int = AT, challenge: int = 0) -> str:
        told = [base64url(self.sealed), base64url(COMPANY), at, challenge]
        digits: str = self.page.evaluate(PROVE, told)
        return digits


@pytest.fixture
def prover(browser: Browser, live_stack: Live) -> Prover:
    page = browser.new_page(viewport={"width": 320, "height": 568}, device_scale_factor=2)
    page.goto(f"http://{HOST}:{live_stack.place.port}/wallet/")
    return Prover(page)


def opened(digits: str, challenges: tuple[int, ...] = (0,)) -> Any:
    return open_code(digits, keys=keys(), foreign=lambda _: False, now=AT + 5, life=30, challenges=challenges)


def test_proofs_open_and_are_spelled_the_one_way(prover: Prover) -> None:
    for step in range(24):  # half of all signatures come with the upper s
        digits = prover.prove(AT - step)
        found = opened(digits)
        assert (found.kind, found.issued, found.contents.device) == ("pass", AT - step, 9)
        assert len(digits) == 504


def test_a_proof_is_over_the_number_of_the_door(prover: Prover) -> None:
    digits = prover.prove(challenge=4711)
    assert opened(digits, (1, 4711)).kind == "pass"
    with pytest.raises(CodeRefused) as refused:
        opened(digits, (4712, 1))
    assert refused.value.reason == Reason.WRONG_DOOR


def test_the_lower_s_is_chosen_with_its_leading_zeros(prover: Prover) -> None:
    order = 2 * HALF_ORDER + 1
    for s in (1, HALF_ORDER, HALF_ORDER + 1, order - 1, order - 2**200):
        signature = bytes(range(32)) + s.to_bytes(32, "big")
        lower = bytes(prover.page.evaluate(LOWER, list(signature)))
        assert lower == bytes(range(32)) + min(s, order - s).to_bytes(32, "big")


def test_its_picture_is_read_from_the_narrowest_screen(prover: Prover) -> None:
    digits = prover.prove()
    assert prover.page.evaluate(DRAW, digits) == "0 0 65 65"  # version 10 and its quiet zone
    taken = np.frombuffer(prover.page.screenshot(), np.uint8)
    (found,) = zxingcpp.read_barcodes(cv2.imdecode(taken, cv2.IMREAD_COLOR))
    assert found.text == digits


MODULES = """async (digits) => {
  const { draw } = await import("/static/wallet/picture.js");
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  draw(place, digits);
  return place.querySelector("path").getAttribute("d");
}"""
BAR = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def modules(path: str, side: int) -> list[list[bool]]:
    """What the wallet's picture shows, module for module, its quiet zone included."""
    found = [[False] * side for _ in range(side)]
    bars = BAR.findall(path)
    assert "".join(f"M{x} {y}h{wide}v1h-{back}z" for x, y, wide, back in bars) == path
    for x, y, wide, back in bars:
        assert wide == back
        found[int(y)][int(x) : int(x) + int(wide)] = [True] * int(wide)
    return found


def measured(digits: str, mask: int | None = None) -> list[list[bool]]:
    """The picture that bench.readability measures, module for module."""
    dark: list[list[bool]] = (drawn(digits, mask) < 128)[
        DRAWN_PIXELS // 2 :: DRAWN_PIXELS, DRAWN_PIXELS // 2 :: DRAWN_PIXELS
    ].tolist()
    return dark


def mask_of(picture: list[list[bool]]) -> int:
    """Which of the eight masks lies over a picture, from its format bits (ISO/IEC 18004, 7.9)."""
    bits = picture[QUIET_ZONE + 8][QUIET_ZONE + 2 : QUIET_ZONE + 5]
    return int("".join("01"[bit] for bit in bits), 2) ^ 0b101


@pytest.mark.parametrize("kind", [LIVE, PASS], ids=["live", "pass"])
def test_the_wallet_draws_what_is_measured(prover: Prover, kind: Layout) -> None:
    """bench.readability draws with another library. The two weigh the masks differently, and differ in
    nothing else: under the same mask it is the same picture.
    """
    side = len(measured(CODES[kind]))
    shown = modules(prover.page.evaluate(MODULES, CODES[kind]), side)
    assert shown == measured(CODES[kind], mask_of(shown))


def test_paper_shows_what_is_measured() -> None:
    picture = picture_of(CODES[DAY_PASS])
    quiet = slice(picture.quiet, -picture.quiet)
    inside = [row[quiet] for row in measured(CODES[DAY_PASS])[quiet]]
    assert [list(row) for row in picture.modules] == inside
