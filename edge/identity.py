"""Who this reader is: a key that never leaves its disk, and whom it believes since its pairing."""

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx

from edge import trust
from edge.encoding import b64, unb64
from edge.files import claim, read_private, sync_folder, write_private
from edge.line import Transport
from edge.ownkey import KEY, forget_others
from edge.store import CUT, FLOOR, Store, finish_wipe, put
from sallyport import reader_protocol as wire
from sallyport.keys import BadKey, Ed25519Public, Ed25519Signer

IDENTITY: Final = "identity.json"
NEW_KEY: Final = "reader.key.new"
ANSWER: Final = "paired.json"  # what pairing goes over to, until all of it is on the disk
_PAIR: Final = "/api/v1/readers/pair"
_PATIENCE: Final = 15.0  # seconds
# What is known of one reader's place and means nothing at another.
_OF_THE_PLACE: Final = (
    "bundle",
    "bundle_number",
    "bundle_epoch",
    "fresh",
    "checkpoint",
    "pending",
    "door_number",
    "door_asked",
    CUT,
)


class NotPaired(Exception):  # noqa: N818 - named for what happened
    """There is no identity in this folder, or half of one."""


class PairingRefused(Exception):  # noqa: N818 - named for what happened
    """The server did not pair it: a stable code, and a text for whoever stands in front of it."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Identity:
    """What pairing left: where the server is, who this is there, and the two keys it believes."""

    origin: str  # https://acme.example.com, no slash at the end
    company_id: int
    company_uid: str  # 32 hexadecimal digits
    reader: int
    access_point: int
    name: str
    answer_key: str  # base64
    checkpoint_key: str  # base64
    ca: str = ""  # PEM: certificates to believe beside the system's

    @property
    def company(self) -> bytes:
        """The company's 16 bytes."""
        return bytes.fromhex(self.company_uid)

    def keyid(self, key: Ed25519Public) -> str:
        """Under which it signs requests with one of its keys."""
        return f"reader:{self.company_id}:{self.reader}:{wire.key_print(key.raw)}"

    @property
    def book(self) -> str:
        """Which journal is its own: one disk may have served another reader before."""
        return f"{self.company_uid}:{self.reader}"

    @property
    def answers(self) -> Ed25519Public:
        """The key that signs answers and vouches for the bundle key."""
        return Ed25519Public(unb64(self.answer_key))

    @property
    def checkpoints(self) -> Ed25519Public:
        """The key that signs the ledger's checkpoints."""
        return Ed25519Public(unb64(self.checkpoint_key))


def load(folder: Path) -> tuple[Identity, Ed25519Signer]:
    """The identity and its key. Raises NotPaired, PermissionError for a folder of somebody else's."""
    try:
        identity = Identity(**json.loads((folder / IDENTITY).read_text(encoding="utf-8")))
        key = Ed25519Signer(read_private(folder / KEY, 32))
        if len(identity.company) != 16 or not identity.answers.raw or not identity.checkpoints.raw:
            raise NotPaired("the identity is not whole")
    except PermissionError:
        raise
    except (OSError, ValueError, TypeError) as error:
        raise NotPaired(f"{folder} holds no identity: pair this reader first") from error
    return identity, key


def pair(
    folder: Path, address: str, code: str, *, ca: str = "", client: httpx.Client | None = None
) -> Identity:
    """Pair with the code that an operator drew, and keep what comes back; the journal stays. `ca` (PEM) is
    believed beside the system's store, from now on.

    The key is on the disk before it is sent: when the answer is lost, the same code pairs the same key again.
    Raises TrustRefused, PairingRefused, InUse, httpx.HTTPError without an answer, StoreFailed when the disk
    refused.
    """
    origin = trust.safe_origin(address)
    claimed = claim(folder)
    try:
        finish_wipe(folder)
        if not (folder / NEW_KEY).exists():
            finish_pairing(folder)  # its key is in place: a fresh one must not be taken for it
        key = _new_key(folder)
        line = Transport(trust.context(ca))
        with client or httpx.Client(timeout=_PATIENCE, trust_env=False, transport=line) as asking:
            found = _ask(asking, origin, typed(code), key)
        identity = replace(_identity(origin, found), ca=ca)
        answer = {"identity": asdict(identity), "counter": int(found["counter"])}
        write_private(folder / ANSWER, json.dumps(answer, indent=1).encode())
        finish_pairing(folder)
    finally:
        os.close(claimed)
    return identity


def finish_pairing(folder: Path) -> None:
    """Become whom the server has answered for, after a power cut too; nothing where there is no answer.

    Store, identity and key change one after the other: half of them would be one reader with another's count
    or another's key. Can be repeated. Raises StoreFailed.
    """
    path = folder / ANSWER
    if not path.exists():
        return
    answer = json.loads(path.read_text(encoding="utf-8"))
    identity = Identity(**answer["identity"])
    store = Store(folder)
    try:
        _settle(store, _former(folder), identity, answer["counter"])
    finally:
        store.close()
    forget_others(folder)
    write_private(folder / IDENTITY, json.dumps(asdict(identity), indent=1).encode())
    if (folder / NEW_KEY).exists():
        (folder / NEW_KEY).replace(folder / KEY)
        sync_folder(folder)
    path.unlink()
    sync_folder(folder)


def typed(code: str) -> str:
    """A pairing code as it is signed: capitals, no hyphen, no letters that look like digits."""
    plain = "".join(code.split()).replace("-", "").upper()
    return plain.translate(str.maketrans("OIL", "011"))


def _new_key(folder: Path) -> Ed25519Signer:
    """The key of a pairing whose answer was lost, else a fresh one."""
    path = folder / NEW_KEY
    if not path.exists():
        write_private(path, Ed25519Signer.generate().seed)
    return Ed25519Signer(read_private(path, 32))


def _ask(line: httpx.Client, origin: str, code: str, key: Ed25519Signer) -> dict[str, Any]:
    whose = _said(line.get(f"{origin}{_PAIR}"))
    try:
        company = bytes.fromhex(whose["company_uid"])
        nonce = secrets.token_bytes(16)
        signed = wire.pair_bytes(
            company=company,
            code_hash=hashlib.sha256(code.encode("ascii", "replace")).digest(),
            public_key=key.public.raw,
            nonce=nonce,
        )
    except (KeyError, TypeError, ValueError):
        raise PairingRefused("not_sallyport", f"{origin} is no company's address") from None
    body = {
        "code": code,
        "public_key": b64(key.public.raw),
        "algorithm": key.algorithm,
        "nonce": b64(nonce),
        "proof": b64(key.sign(signed)),
    }
    return _said(line.post(f"{origin}{_PAIR}", json=body))


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise PairingRefused("not_sallyport", f"no answer of a reader's server (status {answer.status_code})")
    if answer.status_code not in {200, 201}:
        raise PairingRefused(str(found.get("code", answer.status_code)), str(found.get("text", "")))
    return found


def _identity(origin: str, found: dict[str, Any]) -> Identity:
    try:
        identity = Identity(
            origin=origin,
            company_id=int(found["company_id"]),
            company_uid=str(found["company_uid"]),
            reader=int(found["reader"]),
            access_point=int(found["access_point"]),
            name=str(found["name"]),
            answer_key=str(found["answer_key"]),
            checkpoint_key=str(found["checkpoint_key"]),
        )
        if len(identity.company) != 16 or not identity.answers.raw or not identity.checkpoints.raw:
            raise ValueError
        int(found["counter"])
    except (KeyError, TypeError, ValueError, BadKey):
        raise PairingRefused("not_understood", "the server's answer is not whole") from None
    return identity


def _former(folder: Path) -> Identity | None:
    try:
        return load(folder)[0]
    except NotPaired:
        return None


def _settle(store: Store, former: Identity | None, identity: Identity, counter: int) -> None:
    """A pairing lowers the floor of time and begins the contact anew; the journal stays.

    A disk that comes to another reader counts anew and holds no policy; its entries stay under the old book.
    """
    same = former is not None and former.book == identity.book
    counter = max(counter, store.number("counter")) if same else counter
    with store.write() as db:
        for name in (
            "token",
            "nonce",
            "suspended",
            "key_since_ms",
            *(() if same else _OF_THE_PLACE),
        ):
            db.execute("delete from meta where name = ?", (name,))
        if not same:
            db.execute("delete from changes")
            db.execute("delete from door")
        put(db, "counter", counter)
        put(db, FLOOR, 0)
