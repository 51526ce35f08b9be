"""Opening codes: text in, verified contents out, or one reason. The same function for all three kinds."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from sallyport.codes.daypass import DAY_PASS, DayPassContents
from sallyport.codes.layout import (
    CLOCK_TOLERANCE,
    COMPANY_BYTES,
    LIVE,
    LIVE_CONTENTS,
    MOST_MINUTES,
    SIGNATURE_BYTES,
    CodeFormat,
    CodeRefused,
    Layout,
    associated_data,
    from_text,
    known_flags,
    minutes_of,
    signature_context,
    unlock_flags,
)
from sallyport.codes.live import LiveContents
from sallyport.codes.passes import (
    LONGEST_PASS,
    NO_CHALLENGE,
    PASS,
    PROOF,
    PROOF_NONCE,
    PROOF_STEP,
    SEALED_PASS_BYTES,
    PassContents,
    has_lower_s,
    proof_bytes,
)
from sallyport.keys import BadKey, BadSignature, Ed25519Public, P256Public
from sallyport.reasons import Reason

Kind = Literal["live", "pass", "day_pass"]
NO_CHALLENGES: Final = (NO_CHALLENGE,)  # a proof over no number
_LAYOUTS: Final[dict[str, Layout]] = {shape.prefix: shape for shape in (LIVE, PASS, DAY_PASS)}


class OpeningKeys:
    """One key set that opens codes: ready sealing key, public key, time in which it issues."""

    __slots__ = ("_bound", "_seal", "_verify", "company", "key_id", "not_after", "not_before")

    def __init__(
        self,
        key_id: int,
        company: bytes,
        seal_key: bytes,
        verify_key: bytes,
        not_before: int,
        not_after: int | None,
    ) -> None:
        """Sizes 16, 64 and 32 bytes; times are unix seconds, `not_after` None while the set is in use."""
        if len(company) != COMPANY_BYTES or len(seal_key) != 64:
            raise ValueError("company 16 bytes, seal key 64")
        self.key_id = key_id
        self.company = company
        self.not_before = not_before
        self.not_after = not_after
        self._seal = AESSIV(seal_key)
        self._verify = Ed25519Public(verify_key).raw
        self._bound = {
            int(format_): (
                [associated_data(format_, key_id, company)],
                signature_context(format_, key_id, company),
            )
            for format_ in CodeFormat
        }

    def unseal(self, format_: CodeFormat, sealed: bytes) -> bytes:
        """The contents behind SIV and ciphertext, signature verified. Raises CodeRefused."""
        associated, context = self._bound[format_]
        try:
            inner = self._seal.decrypt(sealed, associated)
        except InvalidTag:
            raise CodeRefused(Reason.BAD_SEAL) from None
        signature, contents = inner[-SIGNATURE_BYTES:], inner[:-SIGNATURE_BYTES]
        try:
            # Fixed sizes: the seal holds exactly contents and signature, so the signature has its 64 bytes.
            crypto_sign_open(signature + context + contents, self._verify)
        except BadSignatureError:
            raise CodeRefused(Reason.BAD_SIGNATURE) from None
        return contents

    def issues_at(self, issued: int) -> bool:
        """Whether the set was in use at `issued`: a retired set that leaks makes nothing new."""
        return self.not_before <= issued and (self.not_after is None or issued <= self.not_after)


class OpenedCode(NamedTuple):
    """A code that opened: its contents are the server's own words.

    All kinds are told in the terms of a live code, so that whoever decides need not tell them apart. Pass +
    proof: as if the phone had issued a live code at the time of the proof. Day pass: no device (0), issued
    when its window begins, its visit as the nonce.
    """

    kind: Kind
    contents: LiveContents
    issued: int
    key_id: int
    challenged: bool = False  # its proof is over a number that the door shows

    @property
    def use_key(self) -> tuple[int, int, int] | None:
        """What makes a code used: (device, issued, nonce). None for a day pass, which is not used up."""
        if self.kind == "day_pass":
            return None
        return (self.contents.device, self.contents.issued, self.contents.nonce)

    @property
    def unlocked_at(self) -> int | None:
        """Unix second of the phone's unlock, at most a minute early; None where there was none."""
        minutes = minutes_of(self.contents.flags)
        return None if minutes is None else self.issued - 60 * minutes


def open_code(
    text: str,
    *,
    keys: Mapping[int, OpeningKeys],
    foreign: Callable[[int], bool],
    now: int,
    life: int,
    challenges: Sequence[int] = NO_CHALLENGES,
) -> OpenedCode:
    """Open a code at unix second `now`, with the company's `life` of live codes in seconds.

    `keys` are the company's key sets by key id; `foreign(key_id)` is True for a key id of another company;
    `challenges` are the numbers that the door shows (its current and previous), any of which a proof may be
    over; 0 among them lets a proof over no number pass. Raises CodeRefused with malformed, unknown_key,
    wrong_company, bad_seal, bad_signature, not_yet_valid, expired or wrong_door (a proof over none of the
    door's numbers). Nothing else is raised, whatever the text.
    """
    shape = _LAYOUTS.get(text[:3], LIVE)
    data = from_text(shape, text)
    key_id = int.from_bytes(data[:4], "big")
    key = keys.get(key_id)
    if key is None:
        raise CodeRefused(Reason.WRONG_COMPANY if foreign(key_id) else Reason.UNKNOWN_KEY)
    if shape is LIVE:
        return _open_live(data, key, now, life)
    if shape is PASS:
        return _open_pass(data, key, now, challenges)
    return _open_day_pass(data, key, now)


def _open_live(data: bytes, key: OpeningKeys, now: int, life: int) -> OpenedCode:
    contents = LiveContents(*LIVE_CONTENTS.unpack(key.unseal(CodeFormat.LIVE, data[4:])))
    issued = contents.issued
    if not known_flags(contents.flags):
        raise CodeRefused(Reason.MALFORMED)
    if not key.issues_at(issued):
        raise CodeRefused(Reason.UNKNOWN_KEY)
    _in_time(now, issued - CLOCK_TOLERANCE, issued + life + CLOCK_TOLERANCE)
    return OpenedCode("live", contents, issued, key.key_id)


def _open_pass(data: bytes, key: OpeningKeys, now: int, challenges: Sequence[int]) -> OpenedCode:
    sealed = data[:SEALED_PASS_BYTES]
    told = PassContents.unpack(key.unseal(CodeFormat.PASS, sealed[4:]))
    if not known_flags(told.flags) or not told.issued < told.expires <= told.issued + LONGEST_PASS:
        raise CodeRefused(Reason.MALFORMED)
    if not key.issues_at(told.issued):
        raise CodeRefused(Reason.UNKNOWN_KEY)
    at, signature = PROOF.unpack(data[SEALED_PASS_BYTES:])
    digest = hashlib.sha256(sealed).digest()
    over = _proven_over(told, (at, signature), digest, key.company, challenges)
    # A phone's clock may be a step ahead of the server's when it makes its first proof over a fresh pass.
    _in_time(at, told.issued - PROOF_STEP, told.expires)
    _in_time(now, max(told.issued - CLOCK_TOLERANCE, at - PROOF_STEP), at + 2 * PROOF_STEP)
    if now > told.expires + CLOCK_TOLERANCE:
        raise CodeRefused(Reason.EXPIRED)
    if over is None:
        raise CodeRefused(Reason.WRONG_DOOR)
    shown = LiveContents(told.credential, told.device, told.profile, _proof_flags(told, at), at, PROOF_NONCE)
    return OpenedCode("pass", shown, at, key.key_id, over != NO_CHALLENGE)


def _proven_over(
    told: PassContents, proof: tuple[int, bytes], digest: bytes, company: bytes, challenges: Sequence[int]
) -> int | None:
    """The challenge that the proof is over; None where it may be over another door's number.

    A number is signed and not sent: at a door that asks for one, a forged proof and one for another door look
    the same, and only later reasons than its time may be told of it.
    """
    at, signature = proof
    try:
        device = P256Public(told.device_key)
    except BadKey:
        raise CodeRefused(Reason.MALFORMED) from None
    if not has_lower_s(signature):
        raise CodeRefused(Reason.BAD_SIGNATURE)
    for challenge in challenges:
        signed = proof_bytes(company=company, sealed_pass_hash=digest, at=at, challenge=challenge)
        try:
            device.verify(signed, signature)
        except BadSignature:
            continue
        return challenge
    if NO_CHALLENGE in challenges:
        raise CodeRefused(Reason.BAD_SIGNATURE)
    return None


def _proof_flags(told: PassContents, at: int) -> int:
    """The flags of a live code issued at the time of the proof: minutes since the unlock, rounded up."""
    lasts = minutes_of(told.flags)
    if lasts is None or at > told.unlocked_until:
        return 0
    since = max(0, -(-(at - (told.unlocked_until - 60 * lasts)) // 60))
    return unlock_flags(since) if since <= MOST_MINUTES else 0


def _open_day_pass(data: bytes, key: OpeningKeys, now: int) -> OpenedCode:
    told = DayPassContents.unpack(key.unseal(CodeFormat.DAY_PASS, data[4:]))
    if told.flags or not told.begins < told.ends:
        raise CodeRefused(Reason.MALFORMED)
    # Made ahead of its window, it does not tell when: a set that is not in use yet has made nothing so far.
    if now < key.not_before - CLOCK_TOLERANCE:
        raise CodeRefused(Reason.UNKNOWN_KEY)
    _in_time(now, told.begins, told.ends)
    shown = LiveContents(told.credential, 0, told.profile, 0, told.begins, told.visit)
    return OpenedCode("day_pass", shown, told.begins, key.key_id)


def _in_time(now: int, first: int, last: int) -> None:
    if now < first:
        raise CodeRefused(Reason.NOT_YET_VALID)
    if now > last:
        raise CodeRefused(Reason.EXPIRED)
