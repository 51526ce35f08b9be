"""Facts this room announces inside the transaction that makes them true. Receivers do database work only."""

from django.dispatch import Signal

holder_added = Signal()  # holder, by
holder_suspended = Signal()  # holder, by
holder_resumed = Signal()  # holder, by
holder_offboarded = Signal()  # holder, by
device_enrolled = Signal()  # device, by
device_vouched = Signal()  # device, by
device_revoked = Signal()  # device, reason, by
credential_reissued = Signal()  # old, new, by
profile_found_stale = Signal()  # holder
