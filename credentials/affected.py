"""Whose data of this room lay open: everybody on the books then; and who a subject is."""

from collections.abc import Collection, Mapping
from uuid import UUID

from credentials.models import Device, Holder
from credentials.names import holder_names
from vault.affected import Exposure, naming, source
from vault.holdings import Known


@source("persons", title="Names, mail addresses and rights of cardholders and visitors")
def persons(exposure: Exposure) -> Mapping[UUID, int]:
    """Those who were there before it ended; one who was erased has no name to lose."""
    there = Holder.objects.filter(created_at__lt=exposure.ends, subject__destroyed_at=None)
    return dict.fromkeys(there.values_list("subject_id", flat=True), 1)


@source("phones", title="Phones: labels and public keys")
def phones(exposure: Exposure) -> Mapping[UUID, int]:
    """A phone each."""
    there = Device.objects.filter(enrolled_at__lt=exposure.ends, holder__subject__destroyed_at=None)
    found: dict[UUID, int] = {}
    for subject in there.values_list("holder__subject_id", flat=True):
        found[subject] = found.get(subject, 0) + 1
    return found


@naming("credentials")
def holders(subjects: Collection[UUID]) -> Mapping[UUID, Known]:
    """Names come from the index, mail addresses are opened: ask for a page of people, or for a download."""
    rows = Holder.objects.filter(subject__in=subjects, subject__destroyed_at=None)
    names = holder_names.names({row.handle for row in rows})
    return {
        row.subject_id: Known(
            source="credentials",
            subject=row.subject_id,
            number=row.handle,
            kind=row.get_kind_display(),
            name=names.get(row.handle, ""),
            email=row.email,
            address=f"/people/{row.pk}/",
        )
        for row in rows
    }
