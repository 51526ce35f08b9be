"""A visitor's phone: bound by the picture on the kiosk's screen, or at home by the link in the mail.

Either token works once. A phone bound so awaits its confirmation and opens nothing before: `choose_way` gives
it, at a kiosk after somebody has compared two digits on both screens.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils import timezone

from credentials.models import Device, DeviceState, Holder
from credentials.proofs import SignedHttp
from credentials.services import bind_phone
from credentials.services.phones import check_proof
from credentials.services.tries import count_wrong, refuse_noisy
from operators.addresses import page_address
from sallyport.keys import P256Public, b64url, thumbprint
from vault.services import hash_token
from visitors.models import OPEN_STATES, Arrival, Visit, VisitLink, VisitState
from visitors.models.visits import LinkPurpose
from visitors.refusals import Refused
from visitors.services import links
from visitors.services.moving import accept_visit, locked, sign_out

OFFERED: Final = dt.timedelta(minutes=2)
TOKEN_BYTES: Final = 16
WRONG_TOKENS: Final = 30  # an hour and address
HERE: Final = "/wallet/#here="
PREPARE: Final = "/wallet/#visit="


@dataclass(frozen=True, slots=True)
class Hand:
    """What a phone hands in: its new key, the request signed by it, its name, from where it came."""

    public_key: P256Public
    proof: SignedHttp = field(repr=False)
    label: str = ""
    source: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Bound:
    """A phone, the visit it is for, and the digits where a kiosk shows the same."""

    visit: Visit
    device: Device
    digits: str = ""


@transaction.atomic
def offer(arrival: Arrival) -> tuple[str, int]:
    """The address to show as a picture, and for how many seconds it binds a phone; the one before is void.

    Raises Refused: link_over where nobody is at the kiosk any more.
    """
    row = Arrival.objects.select_for_update(of=("self",)).select_related("visit").get(pk=arrival.pk)
    if row.ended_at is not None or row.visit is None or not row.visit.is_open:
        raise _over()
    token = b64url(secrets.token_bytes(TOKEN_BYTES))
    row.bind_hash, row.bind_until = _hash(token), timezone.now() + OFFERED
    row.save(update_fields=["bind_hash", "bind_until"])
    arrival.bind_hash, arrival.bind_until = row.bind_hash, row.bind_until
    return page_address(HERE + token), int(OFFERED.total_seconds())


def prepare_address(link: VisitLink) -> str:
    """The address under which a PREPARE link binds a phone at home."""
    return page_address(PREPARE + links.token_of(link))


def bind(*, token: str, hand: Hand) -> Bound:
    """Bind the phone to the visitor whom the token is of; must not run inside a transaction.

    Asked again by the same phone the answer is the same. Raises Refused: clock_skew, bad_signature,
    too_many_tries, link_wrong, link_used, link_over, key_already_enrolled, key_revoked, holder_inactive.
    """
    check_proof(hand.public_key, hand.proof, timezone.now())
    arrival = Arrival.objects.filter(bind_hash=_hash(token)).select_related("visit").first()
    if arrival is not None and arrival.visit is not None:
        return _at_kiosk(arrival, arrival.visit, hand)
    link = links.known(token, LinkPurpose.PREPARE)
    if link is not None:
        return _at_home(link, hand)
    # A right token of 128 bits is never held up: guests share an address, and one of them may guess.
    source = hash_token("visit.bind.source", hand.source)
    refuse_noisy(source, most=WRONG_TOKENS)
    count_wrong(source)
    raise Refused("link_wrong", "This link is not valid.", status=404)


@transaction.atomic
def _at_kiosk(arrival: Arrival, visit: Visit, hand: Hand) -> Bound:
    held = locked(visit)
    row = Arrival.objects.select_for_update(of=("self",)).select_related("device").get(pk=arrival.pk)
    if row.ended_at is not None or not held.is_open:
        raise _over()
    if row.device is not None and _is_of(row.device, hand):
        return Bound(held, row.device, row.digits)
    now = timezone.now()
    if row.bind_hash != arrival.bind_hash or row.bind_until is None or now >= row.bind_until:
        raise _over() if row.device is None else _used()
    row.device = _device(held.holder, hand)
    row.digits, row.bind_until = f"{secrets.randbelow(100):02}", now
    row.save(update_fields=["device", "digits", "bind_until"])
    return Bound(held, row.device, row.digits)


@transaction.atomic
def _at_home(link: VisitLink, hand: Hand) -> Bound:
    held = locked(link.visit)
    if not held.is_open or timezone.now() >= link.expires_at:
        raise _over()
    if not links.use_up(link):
        again = _own(held.holder, hand)
        if again is None:
            raise _used()
        return Bound(held, again)
    device = _device(held.holder, hand)
    return Bound(accept_visit(visit=held, by=_actor(device)), device)


def _device(holder: Holder, hand: Hand) -> Device:
    """The phone that was bound to this visitor before, or it is bound now."""
    return _own(holder, hand) or bind_phone(
        holder=holder, public_key=hand.public_key, proof=hand.proof, label=hand.label
    )


def _own(holder: Holder, hand: Hand) -> Device | None:
    held = Device.objects.filter(holder=holder, thumbprint=thumbprint(hand.public_key))
    return held.exclude(state=DeviceState.REVOKED).first()


def _is_of(device: Device, hand: Hand) -> bool:
    return device.thumbprint == thumbprint(hand.public_key) and device.state != DeviceState.REVOKED


def standing_of(device: Device) -> Bound:
    """The visit that a phone is for: the one it stands at a kiosk with, the one under way, or the next.

    Raises Refused("no_such_visit") where there is none.
    """
    here = Arrival.objects.filter(device=device, ended_at=None, visit__isnull=False)
    row = here.select_related("visit__host", "visit__site", "visit__type").first()
    if row is not None and row.visit is not None and row.visit.is_open:
        return Bound(row.visit, device, row.digits)
    visits = Visit.objects.filter(holder_id=device.holder_id, state__in=OPEN_STATES)
    found = list(visits.select_related("host", "site", "type").order_by("begins"))
    found.sort(key=lambda one: one.state != VisitState.ON_SITE)
    if not found:
        raise Refused("no_such_visit", "You have no visit here.", status=404)
    return Bound(found[0], device)


def leave(device: Device) -> None:
    """The visitor leaves, and says so on their confirmed phone: every visit that is under way ends at once.

    Raises Refused: device_awaiting, visit_not_open.
    """
    if device.state != DeviceState.ACTIVE:
        raise Refused("device_awaiting", "This phone is not confirmed yet.", status=403)
    under_way = list(Visit.objects.filter(holder_id=device.holder_id, state=VisitState.ON_SITE))
    if not under_way:
        raise Refused("visit_not_open", "You are not on a visit at the moment.")
    for visit in under_way:
        sign_out(visit=visit, by=_actor(device))


def _actor(device: Device) -> str:
    return f"holder:{device.holder.handle}"


def _used() -> Refused:
    return Refused("link_used", "This was used already. Each works for one phone, once.", status=410)


def _over() -> Refused:
    return Refused("link_over", "This has run out. Ask for a new one at the reception.", status=410)


def _hash(token: str) -> bytes:
    return hash_token("arrival.bind", token)
