"""Minting a live code: one statement to PostgreSQL, then sign and seal. Served both by the raw callable and
by Django.

Nothing a code depends on is cached but the company's keys and a phone's public key, which never changes: a
revoked phone mints nothing from the commit of its revocation on. The statement also remembers the request's
nonce (against replay, over all processes) and when the phone was last given a code, in a row of its own
that no policy trigger watches.
"""

import datetime as dt
import secrets
import struct
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Literal

from psycopg import sql

from credentials.models import CredentialState, DeviceState, HolderState, Vouching
from credentials.proofs import SKEW, not_enrolled
from credentials.refusals import Refused
from sallyport.codes.layout import unlock_flags
from sallyport.codes.live import LiveContents, MintingKeys, mint_live
from sallyport.keys import b64url

Wanted = Literal["code", "pass", "nothing"]

MOST_REQUESTS = 200  # of one phone inside the replay window
_MARKED = struct.Struct(">II")
# A nonce is kept until its request is too old for any of our processes, whose clocks may differ by a little.
HORIZON = SKEW + 30

_STATEMENT = """
WITH facts AS (
    SELECT d.handle AS device, d.state AS device_state, h.state AS holder_state, c.handle AS credential,
           c.state AS credential_state, c.profile, c.valid_from, c.valid_until, c.fresh_until,
           coalesce(p.code_life, 30) AS life, coalesce(p.mint_interval, 5) * 1000 AS interval_ms,
           CASE WHEN h.kind = 'VISITOR' THEN 'OPERATOR' ELSE coalesce(p.vouching, 'OPERATOR') END AS vouching,
           (h.unlock_required OR coalesce(p.unlock_required, false)) AS unlock_required,
           coalesce(p.unlock_minutes, 5) AS unlock_minutes, coalesce(p.pass_hours, 12) AS pass_hours,
           CASE WHEN d.state = 'AWAITING' THEN EXISTS (
               SELECT 1 FROM {schema}.credentials_device o WHERE o.holder_id = d.holder_id AND o.id <> d.id
                  AND (o.vouched_at IS NOT NULL OR o.state = 'ACTIVE'))
           ELSE false END AS had_phone
      FROM {schema}.credentials_device d
      JOIN {schema}.credentials_holder h ON h.id = d.holder_id
      LEFT JOIN {schema}.credentials_credential c
             ON c.holder_id = h.id AND c.state IN ('ISSUED', 'ACTIVE', 'SUSPENDED')
      LEFT JOIN {schema}.credentials_codepolicy p ON p.id = 1
     WHERE d.handle = %(device)s
), used AS (
    INSERT INTO {schema}.credentials_deviceuse AS u (
        device, seen_at, requests, minted_ms, minted_nonce, passed_ms, passed_nonce)
    SELECT device, %(now_ms)s, jsonb_build_object(%(nonce)s::text, %(created)s::bigint),
           CASE WHEN code THEN %(now_ms)s ELSE 0 END, CASE WHEN code THEN %(nonce)s ELSE '' END,
           CASE WHEN pass THEN %(now_ms)s ELSE 0 END, CASE WHEN pass THEN %(nonce)s ELSE '' END
      FROM (SELECT device, %(want)s = 'code' AND NOT unlock_required AS code,
                   %(want)s = 'pass' AND NOT unlock_required AS pass FROM facts) AS first
    ON CONFLICT (device) DO UPDATE SET
        seen_at = excluded.seen_at,
        requests = excluded.requests || coalesce((
            SELECT jsonb_object_agg(key, value) FROM jsonb_each(u.requests) WHERE value::bigint >= %(horizon)s
        ), '{{}}'),
        -- What is refused for want of an unlock takes no turn: after the unlock it may be asked for at once.
        (minted_ms, minted_nonce, passed_ms, passed_nonce) = (
            SELECT CASE WHEN code THEN %(now_ms)s ELSE u.minted_ms END,
                   CASE WHEN code THEN %(nonce)s ELSE u.minted_nonce END,
                   CASE WHEN pass THEN %(now_ms)s ELSE u.passed_ms END,
                   CASE WHEN pass THEN %(nonce)s ELSE u.passed_nonce END
              FROM (SELECT open AND %(want)s = 'code' AND u.minted_ms <= %(now_ms)s - interval_ms AS code,
                           open AND %(want)s = 'pass' AND u.passed_ms <= %(now_ms)s - interval_ms AS pass
                      FROM (SELECT interval_ms, NOT unlock_required
                                   OR u.unlocked_ms > %(now_ms)s - unlock_minutes * 60000 AS open
                              FROM facts) AS how) AS slot
        )
    WHERE NOT u.requests ? %(nonce)s AND (
        SELECT count(*) FROM jsonb_each(u.requests) WHERE value::bigint >= %(horizon)s) < %(most)s
    RETURNING CASE WHEN %(want)s = 'pass' THEN passed_nonce ELSE minted_nonce END = %(nonce)s AS due,
              CASE WHEN %(want)s = 'pass' THEN passed_ms ELSE minted_ms END AS given_ms, unlocked_ms
)
SELECT facts.*, used.due, used.given_ms, used.unlocked_ms FROM facts LEFT JOIN used ON true
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a phone whose signature was good, or one that this house makes itself."""

    device: int
    created: int
    nonce: str
    now_ms: int
    want: Wanted = "code"

    def parameters(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "created": self.created,
            "nonce": self.nonce,
            "now_ms": self.now_ms,
            "want": self.want,
            "horizon": self.now_ms // 1000 - HORIZON,
            "most": MOST_REQUESTS,
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """The statement's row, in its order. `due` is None for a nonce that was seen before."""

    device: int
    device_state: str
    holder_state: str
    credential: int | None
    credential_state: str | None
    profile: int | None
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    fresh_until: dt.datetime | None
    life: int
    interval_ms: int
    vouching: str
    unlock_required: bool
    unlock_minutes: int
    pass_hours: int
    had_phone: bool
    due: bool | None
    given_ms: int | None  # when the phone was last given what it asks for
    unlocked_ms: int | None

    @property
    def confirms_itself(self) -> bool:
        """Whether asking for the first code confirms this phone: the company chose so, and it is the first.

        A further one needs an operator: a stolen second invitation would confirm itself otherwise.
        """
        return (
            self.device_state == DeviceState.AWAITING
            and self.vouching == Vouching.FIRST_USE
            and not self.had_phone
            and self.holder_state == HolderState.ACTIVE
        )

    def unlocked_until(self, now_ms: int) -> int:
        """Unix second at which the unlock in force ends; 0 where there is none."""
        ends_ms = (self.unlocked_ms or 0) + self.unlock_minutes * 60_000
        return ends_ms // 1000 if self.unlocked_ms and ends_ms > now_ms else 0

    def unlock_minutes_at(self, issued: int, now_ms: int) -> int | None:
        """Minutes from the unlock in force to `issued`, rounded up; None where there is none."""
        if not self.unlocked_until(now_ms):
            return None
        return max(0, ceil((issued - (self.unlocked_ms or 0) / 1000) / 60))

    def settled(self, *, confirmed: bool) -> "Facts":
        """The same once its first use was judged under lock: what was true before it no longer counts."""
        return replace(self, device_state=DeviceState.ACTIVE) if confirmed else replace(self, had_phone=True)


@dataclass(frozen=True, slots=True)
class Minted:
    """A live code and its life, in unix seconds; when the phone's unlock ends, 0 where there is none; the
    mark that a pass made now would carry.
    """

    code: str
    issued: int
    life: int
    unlocked_until: int
    pass_mark: str

    def as_dict(self, server_now: int) -> dict[str, str | int]:
        return {
            "code": self.code,
            "kind": "live",
            "issued": self.issued,
            "life": self.life,
            "expires": self.issued + self.life,
            "unlocked_until": self.unlocked_until,
            "pass_mark": self.pass_mark,
            "server_now": server_now,
        }


def statement(schema: str) -> sql.Composed:
    """The one statement; `schema` is a company's, from the registry."""
    return sql.SQL(_STATEMENT).format(schema=sql.Identifier(schema))


def check_request(facts: Facts) -> None:
    """Raises Refused unless the request is new."""
    if facts.due is None:
        text = "This request was already made. Try again."
        raise Refused("request_replayed", text, status=401, retry=True)


def check_not_revoked(facts: Facts) -> None:
    """Raises Refused for a phone whose time has ended."""
    if facts.device_state == DeviceState.REVOKED:
        raise Refused("device_revoked", "This phone was revoked. Ask for a new invitation.", status=403)


def check_states(facts: Facts) -> None:
    """Raises Refused unless phone, person and credential stand."""
    check_not_revoked(facts)
    if facts.holder_state == HolderState.OFFBOARDED:
        raise Refused("holder_offboarded", "You no longer have access here.", status=403)
    if facts.holder_state == HolderState.SUSPENDED:
        raise Refused("holder_suspended", "Your access is suspended.", status=403, retry=True)
    if facts.device_state == DeviceState.AWAITING and not facts.confirms_itself:
        raise Refused("device_awaiting", "This phone has yet to be confirmed.", status=403, retry=True)
    if facts.credential_state == CredentialState.SUSPENDED:
        raise Refused("credential_suspended", "Your access is suspended.", status=403, retry=True)
    if facts.credential_state != CredentialState.ACTIVE:
        raise Refused("no_credential", "You have no access at the moment.", status=403, retry=True)


def check_unlocked(facts: Facts, now_ms: int) -> None:
    """Raises Refused where the company, or this person's visit, asks for an unlock and none is in force."""
    if facts.unlock_required and not facts.unlocked_until(now_ms):
        raise Refused("unlock_required", "Unlock with this phone's fingerprint or face first.", status=403)


def check_times(facts: Facts, now_ms: int) -> list[int]:
    """The unix seconds at which what is given must end, for it is given now. Raises Refused."""
    now = now_ms / 1000
    if facts.valid_from is not None and now < facts.valid_from.timestamp():
        raise Refused("not_yet_valid", "Your access has not begun yet.", status=403, retry=True)
    if facts.valid_until is not None and now >= facts.valid_until.timestamp():
        raise Refused("credential_expired", "Your access has ended.", status=403)
    if facts.fresh_until is not None and now >= facts.fresh_until.timestamp():
        text = "Your access is being brought up to date. Try again in a moment."
        raise Refused("profile_stale", text, status=503, retry=True, wait=2)
    if not facts.due:
        wait = max(1, ceil(((facts.given_ms or 0) + facts.interval_ms - now_ms) / 1000))
        text = "A new code was given a moment ago."
        raise Refused("too_soon", text, status=429, retry=True, wait=wait)
    return [int(end.timestamp()) for end in (facts.valid_until, facts.fresh_until) if end is not None]


def window(facts: Facts, now_ms: int) -> tuple[int, int]:
    """(issued, life) of the code: it ends no later than the credential and the next change of its levels.

    Readers know the life and not the end, so a code that must end early is dated back. Raises Refused.
    """
    ends = check_times(facts, now_ms)
    return min([now_ms // 1000, *(end - facts.life for end in ends)]), facts.life


def judged(facts: Facts | None, now_ms: int) -> Facts:
    """The facts of a phone that may be given what it asks for. Raises Refused."""
    if facts is None:
        raise not_enrolled()
    check_request(facts)
    check_states(facts)
    check_unlocked(facts, now_ms)
    return facts


def pass_mark(facts: Facts, keys: MintingKeys) -> str:
    """What a pass stands on beside its times: the credential, its levels, and the keys in force.

    A phone that holds a pass under another mark has one that doors may refuse, and fetches a new one.
    """
    return b64url(keys.mark(_MARKED.pack(facts.credential or 0, facts.profile or 0)))


def mint(found: Facts | None, keys: MintingKeys, now_ms: int) -> Minted:
    """Judge what the statement found and make the code. Raises Refused."""
    facts = judged(found, now_ms)
    issued, life = window(facts, now_ms)
    contents = LiveContents(
        credential=facts.credential or 0,
        device=facts.device,
        profile=facts.profile or 0,
        flags=unlock_flags(facts.unlock_minutes_at(issued, now_ms)),
        issued=issued,
        nonce=secrets.randbits(32),
    )
    return Minted(
        mint_live(contents, keys), issued, life, facts.unlocked_until(now_ms), pass_mark(facts, keys)
    )
