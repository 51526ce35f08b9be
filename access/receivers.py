"""What this room does when rooms below announce something."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone

from access import services
from biometrics.signals import face_locked_out, template_unreadable
from credentials.models import Holder
from credentials.signals import profile_found_stale


@receiver(profile_found_stale, dispatch_uid="access.refresh_stale_profile")
def refresh_stale_profile(holder: Holder, **_: Any) -> None:
    """A phone asked for a code after its holder's levels had changed by the clock."""
    services.refresh_profile(holder=holder, now=timezone.now(), by="system")


@receiver(face_locked_out, dispatch_uid="access.tell_face_lockout")
def tell_face_lockout(person: int, where: str, until: dt.datetime, **_: Any) -> None:
    """A person failed before a camera so often that no face of theirs is looked at for a while."""
    services.raise_face_lockout(person=person, where=where, until=until)


@receiver(template_unreadable, dispatch_uid="access.tell_unreadable_template")
def tell_unreadable_template(person: int, template: UUID, **_: Any) -> None:
    """What was kept of a face does not open with its owner's key."""
    services.raise_template_unreadable(person=person, template=template)
