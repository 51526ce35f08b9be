"""A relay in the network that speaks Shelly's RPC (second generation): `Switch.Set` with `toggle_after`.

https, or http with digest authentication by SHA-256 (RFC 7616); nothing less. Everything that is asked stands
in the address, since a digest covers the address and not the body. By http the relay's answer can be forged
by whoever stands between, though not the order to open: the guide says so and prefers https.
"""

import ssl
from collections.abc import Generator
from typing import Any, Final

import httpx

from edge.door import DoorFailed, DoorState
from edge.doors.wiring import Relay, safe_address

PATIENCE: Final = 2.0  # seconds for the whole request: later nobody stands at the door any more
_LONGEST_ANSWER: Final = 64 * 1024


class NotSafe(Exception):  # noqa: N818 - named for what happened
    """The relay asked for less than it must."""


class _Digest(httpx.DigestAuth):
    """Digest by SHA-256 and `qop=auth` alone: MD5 is what an attacker in between would ask for."""

    asked = False  # whether the relay has ever asked for the password

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = super().auth_flow(request)
        request = next(flow)
        while True:
            response = yield request
            if response.status_code == httpx.codes.UNAUTHORIZED:
                _only_sha256(response)
                self.asked = True
            try:
                request = flow.send(response)
            except StopIteration:
                return


def _only_sha256(response: httpx.Response) -> None:
    offers = response.headers.get_list("www-authenticate")
    digests = [offer for offer in offers if offer.lower().startswith("digest ")]
    said = [part.strip().lower().replace('"', "") for part in digests[0][7:].split(",")] if digests else []
    if "algorithm=sha-256" not in said or not any(part.startswith("qop=") for part in said):
        raise NotSafe("the relay offers no digest by SHA-256")


class HttpDoor:
    """One relay. It checks the password with each order; redirects and proxies are not followed."""

    def __init__(
        self, relay: Relay, password: str = "", *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Raises DoorFailed for an address that is not safe."""
        wrong = safe_address(relay.url, password=bool(password))
        if wrong:
            raise DoorFailed(wrong)
        self._relay = relay
        self._state = DoorState.AWAY  # until it has answered
        self._digest = _Digest(relay.user, password) if password else None
        self._client = httpx.AsyncClient(
            base_url=relay.url,
            auth=self._digest,
            verify=ssl.create_default_context(cafile=relay.ca or None),  # else the system's store
            timeout=PATIENCE,
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )

    @property
    def state(self) -> DoorState:
        """As the last order or look found it."""
        return self._state

    async def open(self, pulse_ms: int) -> None:
        """See DoorOutput. The relay itself ends the pulse: it locks again though we or the network fail.

        A relay that has never asked for its password is only looked at: anybody could order it about.
        """
        if self._digest is not None and not self._digest.asked:
            await self.look()
        await self._ask(
            "Switch.Set", id=str(self._relay.switch), on="true", toggle_after=f"{pulse_ms / 1000:.3f}"
        )

    async def look(self) -> DoorState:
        """Ask the relay how it is, without driving it: for the doctor and the start."""
        await self._ask("Switch.GetStatus", id=str(self._relay.switch))
        return self._state

    async def close(self) -> None:
        """The relay ends its pulse by itself."""
        await self._client.aclose()

    async def _ask(self, method: str, **parameters: str) -> dict[str, Any]:
        try:
            response = await self._client.get(f"/rpc/{method}", params=parameters)
        except NotSafe as error:
            self._state = DoorState.UNSAFE
            raise DoorFailed(str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            self._state = DoorState.AWAY
            raise DoorFailed(f"no answer from the relay: {type(error).__name__}") from error
        if response.status_code != httpx.codes.OK or len(response.content) > _LONGEST_ANSWER:
            self._state = DoorState.AWAY
            raise DoorFailed(f"the relay answered {response.status_code}")
        if self._digest is not None and not self._digest.asked:
            self._state = DoorState.UNSAFE
            raise DoorFailed("the relay asks for no password: anybody in its network can open the door")
        try:
            answer = response.json()
        except ValueError as error:
            self._state = DoorState.AWAY
            raise DoorFailed("the relay's answer is no JSON") from error
        self._state = DoorState.READY
        return answer if isinstance(answer, dict) else {}
