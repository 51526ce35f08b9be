"""Minting a live code: one statement to PostgreSQL, then sign and seal. Served both by the raw callable and
by Django.

Nothing a code depends on is cached but the company's keys and a phone's public key, which never changes: a
revoked phone mints nothing from the commit of its revocation on. The statement also remembers the request's
nonce (against replay, over all processes) and when the phone was last given a code, in a row of its own
that no policy trigger watches.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from psycopg import sql

from credentials.models import CredentialState, DeviceState, HolderState, Vouching
from credentials.proofs import SKEW, not_enrolled
from credentials.refusals import Refused
from sallyport.codes.live import LiveContents, MintingKeys, mint_live

MOST_REQUESTS = 200  # of one phone inside the replay window
# A nonce is kept until its request is too old for any of our processes, whose clocks may differ by a little.
HORIZON = SKEW + 30

_STATEMENT = """
WITH facts AS (
    SELECT d.handle AS device, d.state AS device_state, h.state AS holder_state, c.handle AS credential,
           c.state AS credential_state, c.profile, c.valid_from, c.valid_until, c.fresh_until,
           coalesce(p.code_life, 30) AS life, coalesce(p.mint_interval, 5) * 1000 AS interval_ms,
           coalesce(p.vouching, 'OPERATOR') AS vouching,
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
    INSERT INTO {schema}.credentials_deviceuse AS u (device, seen_at, requests, minted_ms, minted_nonce)
    SELECT device, %(now_ms)s, jsonb_build_object(%(nonce)s::text, %(created)s::bigint),
           CASE WHEN %(mint)s THEN %(now_ms)s ELSE 0 END, CASE WHEN %(mint)s THEN %(nonce)s ELSE '' END
      FROM facts
    ON CONFLICT (device) DO UPDATE SET
        seen_at = excluded.seen_at,
        requests = excluded.requests || coalesce((
            SELECT jsonb_object_agg(key, value) FROM jsonb_each(u.requests) WHERE value::bigint >= %(horizon)s
        ), '{{}}'),
        (minted_ms, minted_nonce) = (
            SELECT CASE WHEN due THEN excluded.minted_ms ELSE u.minted_ms END,
                   CASE WHEN due THEN excluded.minted_nonce ELSE u.minted_nonce END
              FROM (SELECT %(mint)s AND u.minted_ms <= %(now_ms)s - interval_ms AS due FROM facts) AS slot
        )
    WHERE NOT u.requests ? %(nonce)s AND (
        SELECT count(*) FROM jsonb_each(u.requests) WHERE value::bigint >= %(horizon)s) < %(most)s
    RETURNING minted_nonce = %(nonce)s AS due, minted_ms
)
SELECT facts.*, used.due, used.minted_ms FROM facts LEFT JOIN used ON true
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a phone whose signature was good, or one that this house makes itself."""

    device: int
    created: int
    nonce: str
    now_ms: int
    mint: bool = True

    def parameters(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "created": self.created,
            "nonce": self.nonce,
            "now_ms": self.now_ms,
            "mint": self.mint,
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
    had_phone: bool
    due: bool | None
    minted_ms: int | None

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

    def settled(self, *, confirmed: bool) -> "Facts":
        """The same once its first use was judged under lock: what was true before it no longer counts."""
        return replace(self, device_state=DeviceState.ACTIVE) if confirmed else replace(self, had_phone=True)


@dataclass(frozen=True, slots=True)
class Minted:
    """A live code and its life, in unix seconds."""

    code: str
    issued: int
    life: int

    def as_dict(self, server_now: int) -> dict[str, str | int]:
        return {
            "code": self.code,
            "kind": "live",
            "issued": self.issued,
            "life": self.life,
            "expires": self.issued + self.life,
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


def window(facts: Facts, now_ms: int) -> tuple[int, int]:
    """(issued, life) of the code: it ends no later than the credential and the next change of its levels.

    Readers know the life and not the end, so a code that must end early is dated back. Raises Refused.
    """
    now = now_ms / 1000
    if facts.valid_from is not None and now < facts.valid_from.timestamp():
        raise Refused("not_yet_valid", "Your access has not begun yet.", status=403, retry=True)
    if facts.valid_until is not None and now >= facts.valid_until.timestamp():
        raise Refused("credential_expired", "Your access has ended.", status=403)
    if facts.fresh_until is not None and now >= facts.fresh_until.timestamp():
        text = "Your access is being brought up to date. Try again in a moment."
        raise Refused("profile_stale", text, status=503, retry=True, wait=2)
    if not facts.due:
        wait = max(1, ceil(((facts.minted_ms or 0) + facts.interval_ms - now_ms) / 1000))
        text = "A new code was given a moment ago."
        raise Refused("too_soon", text, status=429, retry=True, wait=wait)
    ends = [int(end.timestamp()) for end in (facts.valid_until, facts.fresh_until) if end is not None]
    return min([int(now), *(end - facts.life for end in ends)]), facts.life


def mint(facts: Facts | None, keys: MintingKeys, now_ms: int) -> Minted:
    """Judge what the statement found and make the code. Raises Refused."""
    if facts is None:
        raise not_enrolled()
    check_request(facts)
    check_states(facts)
    issued, life = window(facts, now_ms)
    contents = LiveContents(
        credential=facts.credential or 0,
        device=facts.device,
        profile=facts.profile or 0,
        flags=0,
        issued=issued,
        nonce=secrets.randbits(32),
    )
    return Minted(mint_live(contents, keys), issued, life)
