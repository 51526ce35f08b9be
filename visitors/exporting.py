"""What this room holds of a person: as a visitor, as a host, as somebody on the watch list.

A host is told of visits, not of visitors. The watch list is not exempt from access by itself: each of its
cells is put before the officer, who withholds what would harm others or a proceeding, and says so.
"""

from collections.abc import Iterator

from django.db.models import Q

from credentials.models import Holder, Language
from ledger.telling import deeds_naming
from vault.holdings import Asking, Cell, Table, exporter
from vault.telling import doer, moment, table, word, yes_no
from visitors import exporting_texts as texts
from visitors.models import (
    Arrival,
    HostChoice,
    PushSubscription,
    SignedDocument,
    Visit,
    VisitGroup,
    VisitPhoto,
    WatchEntry,
    WatchMatch,
)

Row = tuple[Cell, ...]


@exporter("visitors", title="Visits", order=20)
def tables(asking: Asking) -> Iterator[Table]:
    """Tables of each role that the person has; an empty role yields none."""
    holder = Holder.objects.filter(subject=asking.subject).select_related("subject").first()
    if holder is not None and Visit.objects.filter(holder=holder).exists():
        yield from _as_visitor(asking, holder)
    if holder is not None:
        yield from _as_host(asking, holder)
    entry = WatchEntry.objects.select_related("subject").filter(subject=asking.subject).first()
    if entry is not None:
        yield _watched(asking, entry)


def _as_visitor(asking: Asking, holder: Holder) -> Iterator[Table]:
    you = {f"holder:{holder.handle}"}
    columns = "number kind site state from until arrived admitted by ended way photo firm language purpose*"
    yield table(
        asking,
        "visits",
        texts.VISITS,
        columns,
        _visits(asking, holder, you),
        said=texts.VISITS_SAID,
        given=True,
    )
    signed = SignedDocument.objects.filter(visit__holder=holder).order_by("signed_at")
    rows: Iterator[Row] = (
        (
            *(one.visit.handle, moment(one.signed_at), one.version.title, one.version.number),
            *(Language(one.version.language).label, one.name, yes_no(bool(one.strokes), asking.language)),
            yes_no(bool(one.pdf), asking.language),
        )
        for one in signed.select_related("version", "visit__holder__subject")
    )
    columns = "number at title version language signed drawn file"
    yield table(asking, "signed_documents", texts.SIGNED, columns, rows, said=texts.SIGNED_SAID, given=True)
    yield _arrivals(asking, holder)
    yield _matches(asking, holder)
    named = Q(subject_kind="visit", handle__in=Visit.objects.filter(holder=holder).values("handle"))
    yield deeds_naming(asking, named, you, "visit_deeds", texts.DEEDS)


def _visits(asking: Asking, holder: Holder, you: set[str]) -> Iterator[Row]:
    with_photo = set(VisitPhoto.objects.filter(visit__holder=holder).values_list("visit", flat=True))
    found = Visit.objects.filter(holder=holder).select_related("type", "site", "holder__subject")
    for one in found.order_by("begins", "handle"):
        yield (
            *(one.handle, one.type.name, one.site.name, word(texts.STATES, one.state, asking.language)),
            *(moment(one.begins), moment(one.ends), moment(one.arrived_at), moment(one.admitted_at)),
            *(doer(one.admitted_by, you, asking.language), moment(one.ended_at)),
            *(word(texts.WAYS, one.way, asking.language), yes_no(one.pk in with_photo, asking.language)),
            *(one.firm, Language(one.language).label, one.subject),
        )


def _arrivals(asking: Asking, holder: Holder) -> Table:
    found = Arrival.objects.filter(visit__holder=holder).select_related("kiosk").order_by("begun_at")
    rows = (
        (
            *(moment(one.begun_at), moment(one.ended_at), one.kiosk.name),
            *(word(texts.FLOWS, one.flow, asking.language), one.outcome.replace("_", " ")),
        )
        for one in found
    )
    return table(asking, "kiosks", texts.KIOSKS, "from until where kind result", rows)


def _matches(asking: Asking, holder: Holder) -> Table:
    """Every cell before the officer: that somebody is looked for may be what must not be said."""
    found = WatchMatch.objects.filter(visit__holder=holder).select_related("visit").order_by("found_at")
    rows = (
        (
            *(one.visit.handle, moment(one.found_at), word(texts.HOW, one.how, asking.language)),
            word(texts.VERDICTS, one.verdict, asking.language),
        )
        for one in found
    )
    return table(asking, "compared", texts.MATCHES, "number* at* kind* result*", rows)


def _as_host(asking: Asking, holder: Holder) -> Iterator[Table]:
    hosted = Visit.objects.filter(host=holder).select_related("site").order_by("begins", "handle")
    if hosted.exists():
        rows = (
            (
                *(one.handle, one.site.name, moment(one.begins), moment(one.ends)),
                word(texts.STATES, one.state, asking.language),
            )
            for one in hosted
        )
        columns = "number site from until state"
        yield table(asking, "visits_received", texts.HOSTED, columns, rows, said=texts.HOSTED_SAID)
    groups = VisitGroup.objects.filter(host=holder).order_by("created_at")
    if groups.exists():
        told = (
            (moment(one.created_at), word(texts.GROUPS_OF, one.kind, asking.language), one.name, one.rows)
            for one in groups
        )
        yield table(asking, "groups_invited", texts.GROUPS, "created kind name* people", told, given=True)
    choice = HostChoice.objects.filter(holder=holder).first()
    browsers = PushSubscription.objects.filter(device__holder=holder).count()
    if choice is not None or browsers:
        mail, push = (choice.mail, choice.push) if choice is not None else (None, None)
        row: Row = (
            *("" if one is None else yes_no(one, asking.language) for one in (mail, push)),
            browsers,
        )
        yield table(asking, "visit_notices", texts.NOTICES, "by_mail by_push browsers", [row], given=True)


def _watched(asking: Asking, entry: WatchEntry) -> Table:
    row: Row = (
        *(entry.name, entry.others, entry.email, entry.why, moment(entry.added_at)),
        *(doer(entry.added_by, (), asking.language), entry.until.isoformat(), moment(entry.removed_at)),
    )
    columns = "name* other_names* email* reason* since* by* until* ended*"
    return table(asking, "watch_list", texts.WATCHED, columns, [row], said=texts.WATCHED_SAID)
