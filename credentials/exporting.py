"""What this room holds of a person, as the person is told. Never a key, a hash, a code or a PIN."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from credentials import exporting_texts as texts
from credentials.lost_links import LostLink
from credentials.models import Credential, Device, DeviceUse, Holder, Invitation, Language, Passkey
from credentials.paper import DayPass
from ledger.telling import deeds_about, deeds_by
from vault.holdings import Asking, Cell, Table, exporter
from vault.telling import doer, moment, table, word

Row = tuple[Cell, ...]


@exporter("credentials", title="Person, phones and passes", order=10)
def tables(asking: Asking) -> Iterator[Table]:
    """Identity, phones, passes, invitations, day passes, links, and the deeds that name them."""
    holder = Holder.objects.filter(subject=asking.subject).select_related("subject").first()
    if holder is None:
        return
    yield _person(asking, holder)
    yield _passes(asking, holder)
    yield from _phones(asking, holder)
    yield _invitations(asking, holder)
    yield _day_passes(asking, holder)
    yield _lost(asking, holder)
    selves = {f"holder:{holder.handle}"}
    yield deeds_about(asking, _named(holder), selves)
    yield deeds_by(asking, selves)


def _named(holder: Holder) -> Q:
    """Deeds that name the person, or what they carry, by its handle."""
    handles = {
        "holder": [holder.handle],
        "device": Device.objects.filter(holder=holder).values("handle"),
        "credential": Credential.objects.filter(holder=holder).values("handle"),
        "visit": DayPass.objects.filter(holder=holder).values("handle"),
    }
    found = Q()
    for kind, of in handles.items():
        found |= Q(subject_kind=kind, handle__in=of)
    return found


def _person(asking: Asking, holder: Holder) -> Table:
    language = asking.language
    row: Row = (
        *(holder.name, holder.email, Language(holder.language).label),
        *(word(texts.KINDS, holder.kind, language), word(texts.STATES, holder.state, language)),
        *(holder.handle, moment(holder.created_at), moment(holder.changed_at)),
    )
    columns = "name email language kind state number created changed"
    return table(asking, "person", texts.PERSON, columns, [row], given=True)


def _passes(asking: Asking, holder: Holder) -> Table:
    rows = (
        (
            *(one.handle, word(texts.STATES, one.state, asking.language), moment(one.created_at)),
            *(moment(one.valid_from), moment(one.valid_until), moment(one.ended_at)),
        )
        for one in holder.credentials.order_by("handle")
    )
    return table(asking, "passes", texts.PASSES, "number state created from until ended", rows)


def _phones(asking: Asking, holder: Holder) -> Iterator[Table]:
    phones = list(holder.devices.select_related("holder").order_by("handle"))
    handles = [one.handle for one in phones]
    uses = dict(DeviceUse.objects.filter(device__in=handles).values_list("device", "seen_at"))
    you = {f"holder:{holder.handle}"} | {f"device:{one}" for one in handles}
    rows = (
        (
            *(one.handle, one.label, word(texts.STATES, one.state, asking.language)),
            *(moment(one.enrolled_at), moment(one.vouched_at), doer(one.vouched_by, you, asking.language)),
            *(_of_ms(uses.get(one.handle)), moment(one.revoked_at), one.revoked_reason.replace("_", " ")),
        )
        for one in phones
    )
    columns = "number label state since confirmed by last_used ended reason"
    yield table(asking, "phones", texts.PHONES, columns, rows, said=texts.PHONES_SAID, given=True)
    keys = Passkey.objects.filter(device__holder=holder).order_by("created_at")
    made = (
        (number, where, moment(at), moment(used))
        for number, where, at, used in keys.values_list(
            "device__handle", "rp_id", "created_at", "last_used_at"
        )
    )
    yield table(asking, "passkeys", texts.PASSKEYS, "number where created last_used", made)


def _of_ms(at: int | None) -> str | None:
    return moment(dt.datetime.fromtimestamp(at / 1000, dt.UTC)) if at else None


def _invitations(asking: Asking, holder: Holder) -> Table:
    you = {f"holder:{holder.handle}"}
    rows = (
        (
            *(moment(one.created_at), doer(one.created_by, you, asking.language)),
            *(word(texts.STATES, one.state, asking.language), one.attempts),
            *(moment(one.expires_at), moment(one.closed_at)),
        )
        for one in Invitation.objects.filter(holder=holder).order_by("created_at")
    )
    return table(asking, "invitations", texts.INVITATIONS, "created by state tries until ended", rows)


def _day_passes(asking: Asking, holder: Holder) -> Table:
    you = {f"holder:{holder.handle}"}
    rows = (
        (
            *(one.handle, moment(one.begins), moment(one.ends)),
            *(word(texts.STATES, one.state, asking.language), one.tries, moment(one.created_at)),
            *(doer(one.created_by, you, asking.language), moment(one.revoked_at)),
        )
        for one in DayPass.objects.filter(holder=holder).order_by("handle")
    )
    columns = "number from until state tries created by ended"
    return table(asking, "day_passes", texts.DAY_PASSES, columns, rows)


def _lost(asking: Asking, holder: Holder) -> Table:
    links = LostLink.objects.filter(holder=holder).order_by("expires_at")
    rows = ((moment(until), moment(used)) for until, used in links.values_list("expires_at", "used_at"))
    return table(asking, "lost_links", texts.LOST, "until last_used", rows)
