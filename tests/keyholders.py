"""Those of the cast who have no password but a key: Dora, a reader at Acme, and Henri with his phone.

Kim (a kiosk) is not here: there are no kiosks yet. Whoever brings them brings Kim's key and her column.
"""

import secrets
import time
from dataclasses import dataclass

from credentials import proofs
from readers.keyids import keyid
from sallyport import reader_protocol as wire
from sallyport.http_signatures import sign_request
from sallyport.keys import Ed25519Signer, P256Signer, thumbprint
from tenants.refs import CompanyRef
from tests.credentials.phone import enrolled, henri
from tests.fixtures.live import Live
from tests.readers.conftest import lay_door, lay_reader

NAMES = ("dora", "henri")
_live: dict[int, dict[str, "KeyHolder"]] = {}


@dataclass(frozen=True)
class KeyHolder:
    """A key that Acme knows under `keyid`. It signs whatever it is asked to, for any host and path."""

    key: Ed25519Signer | P256Signer
    keyid: str
    company: bytes
    reader: int = 0

    def headers(self, method: str, host: str, path: str, body: bytes = b"") -> dict[str, str]:
        return sign_request(
            method=method,
            url=f"http://{host}{path}",
            body=body,
            key=self.key,
            keyid=self.keyid,
            created=int(time.time()),
            nonce=secrets.token_urlsafe(16),
        )

    def hello(self, challenge: wire.Challenge) -> str:
        """The answer to a socket's challenge."""
        told = wire.hello_bytes(
            company=self.company, reader=self.reader, server_nonce=challenge.nonce, epoch=1, seq=0
        )
        return wire.encode(wire.Hello(self.keyid, 1, 0, self.key.sign(told)))


def laid_in(company: CompanyRef) -> dict[str, KeyHolder]:
    """Dora paired and Henri's phone confirmed, in the company that is entered."""
    dora = lay_reader(company, "Dora", lay_door("Front"))
    phone, _ = enrolled(henri())
    return {
        "dora": KeyHolder(dora.key, dora.keyid, company.uid, dora.handle),
        "henri": KeyHolder(phone.key, phone.keyid, company.uid),
    }


def laid_on(live: Live) -> dict[str, KeyHolder]:
    """The same on a running system's Acme, once for the whole run."""
    found = _live.get(live.place.port)
    if found is None:
        found = _live[live.place.port] = _lay_on(live)
    return found


def _lay_on(live: Live) -> dict[str, KeyHolder]:
    reader, phone = Ed25519Signer.generate(), P256Signer.generate()
    office = live.office("tests.readers.deeds", "acme.localhost")
    laid = office.do("lay", "Dora of the table", reader.seed.hex())
    office.do("carry", phone.public.raw.hex())
    uid = bytes.fromhex(laid["company_uid"])
    return {
        "dora": KeyHolder(reader, keyid(laid["company_id"], laid["reader"]), uid, laid["reader"]),
        "henri": KeyHolder(phone, proofs.KEYID_PREFIX + thumbprint(phone.public), uid),
    }
