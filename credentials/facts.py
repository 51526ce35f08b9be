"""How many people, by kind, for the papers."""

from collections.abc import Iterator

from credentials.models import Device, DeviceState, Holder, HolderKind, HolderState
from vault.facts import Fact, Topic, tells


@tells("credentials")
def facts() -> Iterator[Fact]:
    """Counts only."""
    present = Holder.objects.exclude(state=HolderState.OFFBOARDED)
    for kind in HolderKind:
        yield Fact(Topic.PEOPLE, f"{kind.label}s", str(present.filter(kind=kind).count()))
    gone = Holder.objects.filter(state=HolderState.OFFBOARDED, subject__destroyed_at=None).count()
    yield Fact(Topic.PEOPLE, "Off-boarded and not yet erased", str(gone))
    phones = Device.objects.filter(state=DeviceState.ACTIVE).count()
    yield Fact(Topic.PEOPLE, "Phones in use", str(phones))
