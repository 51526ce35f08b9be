"""What this room does when credentials announces."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from access import services
from credentials.models import Holder
from credentials.signals import profile_found_stale


@receiver(profile_found_stale, dispatch_uid="access.refresh_stale_profile")
def refresh_stale_profile(holder: Holder, **_: Any) -> None:
    """A phone asked for a code after its holder's levels had changed by the clock."""
    services.refresh_profile(holder=holder, now=timezone.now(), by="system")
