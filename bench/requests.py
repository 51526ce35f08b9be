"""Reading a signed request against its bare signature, and deciding by the rules.

`python -m bench.requests`: one JSON line per figure on standard output.
"""

import os

from bench.rounds import compare, tell
from sallyport.codes import LiveContents, OpenedCode
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

NOW = 1_772_000_000
URL = "https://acme.example.com/api/v1/scans"


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

        value, baseline = compare(whole, bare)
        tell(f"request_{key.algorithm}", value, baseline)


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
    opened = OpenedCode("live", LiveContents(1, 2, 3, 0, NOW, 4), NOW, 7)
    shown = Presentation(opened, Assurance.CODE)
    credential = CredentialFacts(1, "ACTIVE", "ACTIVE", "EMPLOYEE", None, None, 3, (GrantFacts(1),))
    device = DeviceFacts(2, "ACTIVE", 1)

    def work() -> object:
        return decide(now=NOW, door=door, presentation=shown, credential=credential, device=device)

    value, empty = compare(work, lambda: None)
    tell("decide", value, empty)


if __name__ == "__main__":
    requests()
    decision()
