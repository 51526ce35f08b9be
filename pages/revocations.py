"""How far a revocation has come: which readers have acknowledged it, and which were last heard when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from credentials.models import Device, DeviceState
from ledger.models import PolicyChange
from readers.selectors import Progress, revocation_progress

WATCH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spread:
    """One revoked phone and the readers."""

    device: Device
    progress: Progress | None

    @property
    def pending(self) -> bool:
        """Whether a reader is still to acknowledge."""
        return self.progress is None or not self.progress.complete

    @property
    def sentence(self) -> str:
        """In one line: "Dead at 2 of 3 readers, 84 ms"."""
        if self.progress is None:
            return "Being told to the readers"
        if self.progress.total == 0:
            return "Dead: no reader is active"
        said = f"Dead at {len(self.progress.dead)} of {self.progress.total} readers"
        slowest = self.progress.slowest_ms
        return said if slowest is None else f"{said}, {slowest} ms"


def is_watched(device: Device, now: datetime) -> bool:
    """Whether the phone's revocation is recent enough to be shown as it spreads."""
    return (
        device.state == DeviceState.REVOKED
        and device.revoked_at is not None
        and now - device.revoked_at < WATCH
    )


def spread(device: Device) -> Spread:
    """The newest change of this phone and the readers' word on it."""
    seq = (
        PolicyChange.objects.filter(kind="device", handle=device.handle)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
    return Spread(device, None if seq is None else revocation_progress(seq))


def watched(devices: list[Device]) -> dict[str, Spread]:
    """Phone id → how far its revocation has come, for the recent ones."""
    now = datetime.now(UTC)
    return {str(device.pk): spread(device) for device in devices if is_watched(device, now)}
