"""Opening a live code against a raw libsodium Ed25519 verify, and what fails before the signature.

`python -m bench.open`: one JSON line per figure on standard output. Rounds alternate between code and
baseline, and the best round of each counts: other work on the machine can only make a round slower.
"""

import json
import os
import time
from collections.abc import Callable

from nacl.bindings import crypto_sign_open

from sallyport.codes import CodeRefused, LiveContents, MintingKeys, OpeningKeys, mint_live, open_code
from sallyport.http_signatures import parse_asgi, sign_request, signature_base, verify
from sallyport.keys import Ed25519Signer, P256Signer
from sallyport.rules import (
    Assurance,
    CredentialFacts,
    DeviceFacts,
    DoorPolicy,
    GrantFacts,
    Interval,
    Presentation,
    Schedule,
    decide,
)

ROUNDS, CALLS = 40, 500
NOW = 1_772_000_000
URL = "https://acme.example.com/api/v1/scans"
COMPANY, SEAL, SEED = os.urandom(16), os.urandom(64), os.urandom(32)
MINTING = MintingKeys(7, COMPANY, SEAL, SEED)
KEYS = {7: OpeningKeys(7, COMPANY, SEAL, MINTING.verify_key, 0, None)}
CODE = mint_live(LiveContents(1, 2, 3, 0, NOW, 4), MINTING)


def micros(work: Callable[[], object]) -> float:
    """Microseconds of CPU a call takes in one round."""
    begun = time.process_time_ns()
    for _ in range(CALLS):
        work()
    return (time.process_time_ns() - begun) / CALLS / 1000


def compare(work: Callable[[], object], baseline: Callable[[], object]) -> tuple[float, float]:
    """Best rounds of both, in alternation."""
    rounds = [(micros(work), micros(baseline)) for _ in range(ROUNDS)]
    return min(one for one, _ in rounds), min(other for _, other in rounds)


def tell(bench: str, value: float, baseline: float, **more: float) -> None:
    """One JSON line."""
    figures = {"bench": bench, "value": round(value, 2), "baseline": round(baseline, 2)}
    figures |= {"ratio": round(value / baseline, 3), "unit": "us"} | more
    print(json.dumps(figures), flush=True)


def opening(text: str) -> Callable[[], object]:
    """Open a text, good or bad."""

    def work() -> object:
        try:
            return open_code(text, keys=KEYS, foreign=lambda key_id: key_id == 9, now=NOW, life=30)
        except CodeRefused as refused:
            return refused.reason

    return work


def codes() -> None:
    """A good code, and each way to fail before the signature."""
    signed = Ed25519Signer(SEED).sign(bytes(63)) + bytes(63)

    def raw() -> object:
        return crypto_sign_open(signed, MINTING.verify_key)

    tell("open", *compare(opening(CODE), raw))
    number = int(CODE[3:])
    before = {
        "length": CODE[:-1],
        "letters": "x" * 252,
        "overflow": "101" + "9" * 249,
        "unknown_key": "101" + "0" * 249,
        "bad_seal": "101" + str(number ^ 1).zfill(249),
    }
    for name, text in before.items():
        tell(f"refuse_{name}", *compare(opening(text), raw))


def requests() -> None:
    """Reading and verifying a signed request, beside its bare signature."""
    body = os.urandom(300)
    for key in (Ed25519Signer.generate(), P256Signer.generate()):
        made = sign_request(
            method="POST", url=URL, body=body, key=key, keyid="reader:1:3", created=NOW, nonce="n" * 22
        )
        headers = [(name.lower().encode(), value.encode()) for name, value in made.items()]
        parsed = parse_asgi(headers)
        base = signature_base(method="POST", url=URL, digest=parsed.content_digest, params=parsed.params)

        def whole(
            headers: list[tuple[bytes, bytes]] = headers, key: Ed25519Signer | P256Signer = key
        ) -> None:
            verify(parse_asgi(headers), method="POST", url=URL, body=body, public=key.public)

        def bare(
            base: bytes = base, signature: bytes = parsed.signature, key: Ed25519Signer | P256Signer = key
        ) -> None:
            key.public.verify(base, signature)

        tell(f"request_{key.algorithm}", *compare(whole, bare))


def decision() -> None:
    """A grant by schedule, its facts written, beside an empty call."""
    hours = Schedule(1, tuple(Interval(day, 0, 1440) for day in range(7)))
    door = DoorPolicy(
        access_point=1,
        door=1,
        area=1,
        site_zone="Europe/Berlin",
        special_days=frozenset(),
        mode="normal",
        unlock_schedule=None,
        area_lockdown=False,
        assurance=Assurance.CODE,
        levels={1: (hours,)},
    )
    opened = open_code(CODE, keys=KEYS, foreign=lambda key_id: False, now=NOW, life=30)
    shown = Presentation(opened, Assurance.CODE)
    credential = CredentialFacts(1, "ACTIVE", "ACTIVE", "EMPLOYEE", None, None, 3, (GrantFacts(1),))
    device = DeviceFacts(2, "ACTIVE", 1)

    def work() -> object:
        return decide(now=NOW, door=door, presentation=shown, credential=credential, device=device)

    value, empty = compare(work, lambda: None)
    tell("decide", value, empty)


if __name__ == "__main__":
    codes()
    requests()
    decision()
