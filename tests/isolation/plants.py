"""Things that must never lie anywhere in the clear, put there by the rooms' own services."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from access.models import AccessPoint
from access.services import add_area, add_door, add_site
from compliance.law import Purpose
from compliance.services import Said, give_consent, publish_notice, save_draft, set_policy, withdraw
from compliance.wording import digest
from credentials.lost_links import LostLink
from credentials.models import Device, DeviceState, HolderKind
from credentials.services import (
    Window,
    add_holder,
    digits_of,
    edit_holder,
    invite_holder,
    issue_day_pass,
    lost,
    mint_live_code,
)
from credentials.services.consents import person_of
from ledger import services as ledger
from ledger.models import StreamKind
from ledger.streams.services import add_stream
from operators.models import Operator, PasswordLink, Role
from operators.services.operators import create_operator
from operators.services.passwords import send_link, token_of
from operators.services.second_factor import enrol_totp, make_recovery_codes, plain_secret
from readers.models import ReaderKind
from readers.services import start_pairing
from sallyport.keys import P256Signer, thumbprint
from tenants.refs import CompanyRef
from vault import envelope, keys, selectors, services
from vault.models import KeySet, SigningKey
from visitors.services.codes import code_of
from visitors.services.inviting import invite
from visitors.services.links import token_of as link_token
from visitors.services.planning import Guest, Plan
from visitors.services.types import add_type
from visitors.services.watching import Watched, add_entry

OWNER = ("Zebulon Quartzmann", "zebulon.q@secretmail.example", "tulip-Obelisk-9471-x")
BY = "operator:1"


def people() -> list[str | bytes]:
    """A holder added, changed, invited; a phone with a name of its own; a minted code."""
    holder = add_holder(name="Wilhelmina Ostrakova", email="mina.o@secretmail.example", by=BY)
    edit_holder(holder=holder, name="Wilhelmina Dragunova", email="mina.d@secretmail.example", by=BY)
    add_holder(name="Balthazar Nightengale", kind=HolderKind.CONTRACTOR, by=BY)
    invited = invite_holder(holder=holder, by=BY, at_desk=True)
    invite_holder(holder=holder, by=BY)
    key = P256Signer.generate()
    with transaction.atomic():
        device = Device.objects.create(
            handle=ledger.next_handle("device"),
            holder=holder,
            public_key=key.public.raw,
            thumbprint=thumbprint(key.public),
            label="Minas turquoise telephone",
            state=DeviceState.ACTIVE,
            enrolled_at=timezone.now(),
        )
    device.refresh_from_db()
    minted = mint_live_code(device=device)
    lost.ask_for_link(email="mina.d@secretmail.example", place="192.0.2.5")
    token = lost.token_of(LostLink.objects.get(holder=holder))
    secret = lost.use_link(token=token)
    assert invited.code
    now = timezone.now()
    window = Window(now, now + timedelta(hours=8), "Europe/Berlin")
    # Six digits alone would be found by chance: as JSON would write them.
    made = issue_day_pass(holder=holder, window=window, by=BY, mail=True)
    return [
        digits_of(made.day_pass), f'"{made.pin}"',
        "Wilhelmina", "Ostrakova", "Dragunova", "mina.o@secretmail", "mina.d@secretmail", "Balthazar",
        "Nightengale", "turquoise telephone", invited.code, minted.code, token,
        secret,
    ]  # fmt: skip


def operators() -> list[str | bytes]:
    """An operator with every secret that one can have."""
    operator = create_operator(
        name="Perpetua Lindqvist", email="perpetua@secretmail.example", role=Role.SECURITY, by=BY
    )
    secret = b"SpringfieldTotpSecrt"
    device = enrol_totp(operator=operator, secret=secret)
    codes = make_recovery_codes(operator=operator, by=BY)
    with transaction.atomic():
        token = token_of(send_link(operator, PasswordLink.Purpose.RESET))
    operator.set_password("Violet-Harpsichord-33")
    operator.save()
    return [
        "Perpetua", "Lindqvist", "perpetua@secretmail", secret, plain_secret(device), *codes, token,
        "Violet-Harpsichord-33",
    ]  # fmt: skip


def readers() -> list[str | bytes]:
    """A pairing code."""
    return [start_pairing(name="Front", access_point=door(), kind=ReaderKind.PROGRAM, by=BY).code]


def door() -> AccessPoint:
    site = add_site(name="Site", time_zone="Europe/Berlin", by=BY)
    area = add_area(site=site, name="Area", assurance=1, by=BY)
    return add_door(area=area, name="Door", by=BY).access_points.get()


def opened_keys() -> list[str | bytes]:
    """Every key of the company as it is when opened."""
    found: list[str | bytes] = [keys.company_keys().blind, keys.company_keys().tokens]
    box = keys.company_keys().codes
    for row in KeySet.objects.all():
        for part, wrapped in (("seal", row.seal_wrapped), ("sign", row.sign_wrapped)):
            found.append(envelope.open_sealed(box, bytes(wrapped), services.key_set_place(row.key_id, part)))
    found += [selectors._load_signer(purpose).seed for purpose in SigningKey.Purpose]
    return found


def consents() -> list[str | bytes]:
    """An answer to a notice, signed with a name."""
    set_policy(by=BY, profile="none", equal_way=True)
    words = {"title": "Photo", "text": "We print your photo."}
    save_draft(purpose=Purpose.PHOTO, profile="none", language="en", **words)
    seen = {"en": digest(**words)}
    (notice,) = publish_notice(purpose=Purpose.PHOTO, profile="none", changed=[], seen=seen, by=BY)
    holder = add_holder(name="Apollonia Vandersteen", by=BY)
    said = Said(
        record=uuid.uuid4(),
        purpose=Purpose.PHOTO,
        language="en",
        sha256=notice.sha256,
        pressed="Yes, says Apollonia",
        signed_name="Apollonia Vandersteen",
        device=1,
        key_print="k" * 43,
        proof={"body": '{"signed_name": "Apollonia Vandersteen"}'},
    )
    record = give_consent(person=person_of(holder), said=said)
    withdraw(person=person_of(holder), record=record.pk, by=BY)
    return ["Apollonia", "Vandersteen"]


def streams() -> list[str | bytes]:
    """A webhook: its secret, and what in its address is one."""
    where = "https://8.8.8.8/in?key=saffron-harbour-77"
    _, secret = add_stream(kind=StreamKind.WEBHOOK, address=where, by=BY)
    return [secret, "saffron-harbour-77"]


def guests() -> list[str | bytes]:
    """Somebody invited by mail, and one looked out for: names, firm, reasons, the mail's code and link."""
    kind = add_type(name="Plant meeting", by=BY)
    begins = timezone.now() + timedelta(minutes=5)
    plan = Plan(
        type=kind,
        site=add_site(name="Plant hall", time_zone="Europe/Berlin", by=BY),
        begins=begins,
        ends=begins + timedelta(hours=1),
        subject="Talks on the obsidian merger",
    )
    name, email, firm = "Xanthippe Umberto", "x.umberto@secretmail.example", "Umberto Vineyards"
    (visit,) = invite(guests=[Guest(name=name, email=email, firm=firm)], plan=plan, by=BY)
    told = ("Xantippe Umberta", "Overturned the aquarium", "Umberta the Elder", "umberta@secretmail.example")
    until = begins.date() + timedelta(days=30)
    owner = Operator.objects.filter(role=Role.OWNER)[:1]
    add_entry(watched=Watched(told[0], told[1], until, told[2], told[3], told=owner), by=BY)
    links = [link_token(link) for link in visit.links.all()]
    return [*name.split(), email, firm, plan.subject, code_of(visit), *links, *told]


ROOMS: list[Callable[[], list[str | bytes]]] = [
    *(people, operators, readers, consents, streams, opened_keys, guests),
]


def plant(company: CompanyRef) -> list[str | bytes]:
    """Let every room do its deeds in the entered company; what must be found nowhere."""
    return [secret for room in ROOMS for secret in room()]
