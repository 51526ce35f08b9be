"""The kiosk's own modules in a real Chromium against a running server: key, requests, sealing, unpairing."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
HOST, DEEDS = "acme.localhost", "tests.visitors.kiosk_deeds"
# RFC 9180, A.3.1 and A.3.1.1, sequence number 0.
A_3 = {
    "ephemeral": "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
    "enc": "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900b"
    "e863c403ce65c9bfcb9382657222d18c4",
    "recipient": "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62"
    "fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "aad": "436f756e742d30",
    "plain": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
}
SEAL_A_3 = """async (given) => {
  const { seal } = await import("/static/kiosk/hpke.js");
  const { hex, toHex } = await import("/static/reader/bytes.js");
  const base64 = (part) => btoa(String.fromCharCode(...part));
  const url = (part) => base64(part).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const enc = hex(given.enc);
  const point = { kty: "EC", crv: "P-256", x: url(enc.slice(1, 33)), y: url(enc.slice(33)) };
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const own = { ...point, d: url(hex(given.ephemeral)) };
  const ephemeral = {
    privateKey: await crypto.subtle.importKey("jwk", own, curve, false, ["deriveBits"]),
    publicKey: await crypto.subtle.importKey("jwk", point, curve, true, []),
  };
  const [recipient, info, aad, plain] = ["recipient", "info", "aad", "plain"].map((name) => hex(given[name]));
  return toHex(await seal({ recipient, info, aad, plain, ephemeral, keyBytes: 16 }));
}"""
PAIR = """async (code) => {
  const { pair } = await import("/static/kiosk/pairing.js");
  const { toHex } = await import("/static/reader/bytes.js");
  const asked = await (await fetch("/api/v1/readers/pair")).json();
  const { kiosk, name, privateKey, companyId, sealKey } = await pair(asked.company_uid, code);
  return { kiosk, name, companyId, sealKey: toHex(sealKey), extractable: privateKey.extractable };
}"""
CALL = """async ([path, told]) => {
  const { call } = await import("/static/kiosk/requests.js");
  try {
    return { answer: await call(path, told) };
  } catch (error) {
    return { code: error.code ?? error.constructor.name, status: error.status };
  }
}"""
SEALED = """async (plain) => {
  const { sealed } = await import("/static/kiosk/sealing.js");
  const { identity } = await import("/static/kiosk/requests.js");
  const store = await import("/static/kiosk/store.js");
  const item = await sealed(await identity(), plain, Date.now() / 1000);
  await store.keepSealed(item);
  return (await store.someSealed(5))[0];
}"""
HAND_IN = """async () => {
  const { handIn } = await import("/static/kiosk/handing.js");
  const { countSealed } = await import("/static/kiosk/store.js");
  return [await countSealed(), await handIn(), await countSealed()];
}"""
LEFT = """async () => {
  const held = (await indexedDB.databases()).map((one) => one.name);
  return held.filter((name) => name === "sallyport-kiosk");
}"""


@pytest.fixture
def page(live_stack: Live, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = browser.new_page()
        made.goto(f"{live_stack.address('acme')}/reader/")
        yield made
        browser.close()


def do(live: Live, *words: str | int) -> Any:
    return live.office(DEEDS, HOST).do(*words)


def test_sealing_is_that_of_the_rfc(page: Page) -> None:
    assert page.evaluate(SEAL_A_3, A_3) == A_3["enc"] + A_3["ct"]


def test_a_tablet_from_its_pairing_to_its_end(live_stack: Live, page: Page) -> None:
    code = do(live_stack, "ticket", f"Lobby {secrets.token_hex(3)}")
    me = page.evaluate(PAIR, f"{code[:4]}-{code[4:]}".lower())
    assert me["extractable"] is False
    state = page.evaluate(CALL, ["kiosk/state", {"waiting": 0}])
    assert state["answer"]["name"] == me["name"]
    assert page.evaluate(CALL, ["kiosk/exit", {"code": "240611"}]) == {"answer": None}
    assert page.evaluate(CALL, ["kiosk/exit", {"code": "000000"}]) == {
        "code": "exit_code_wrong",
        "status": 403,
    }
    # It is the same kiosk after a reload, and its clock may be wrong.
    page.add_init_script("const now = Date.now; Date.now = () => now() + 300_000;")
    page.reload()
    assert page.evaluate(CALL, ["kiosk/state", {"waiting": 2}])["answer"]["name"] == me["name"]
    assert do(live_stack, "told", me["kiosk"])["waiting"] == 2
    plain = {"name": "Zoë <b>O’Brien</b> 你好", "documents": [{"strokes": [[[1, 2, 3]]]}]}
    item = page.evaluate(SEALED, plain)
    assert "Brien" not in json.dumps(item)
    assert json.loads(do(live_stack, "opened", me["kiosk"], item["id"], item["sealed"])) == plain
    assert page.evaluate(HAND_IN) == [1, 0, 0]
    assert do(live_stack, "handed_in", me["kiosk"]) == [item["id"]]
    do(live_stack, "unpair", me["kiosk"])
    assert page.evaluate(CALL, ["kiosk/state", {"waiting": 1}]) == {"code": "kiosk_unpaired", "status": 403}
    assert page.evaluate(LEFT) == []
    page.reload()
    assert page.evaluate(CALL, ["kiosk/state", {"waiting": 1}])["code"] == "kiosk_unpaired"
