"""Dropping what has run out: counted attempts, links, sessions."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Final

from django.conf import settings

from operators.models import PasswordLink
from operators.services import throttling

KEEP_LINKS: Final = timedelta(days=7)


def sweep() -> int:
    """Drop it; returns how many attempts and links went. Safe to repeat."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    old = PasswordLink.objects.filter(expires_at__lt=datetime.now(UTC) - KEEP_LINKS)
    return throttling.sweep() + old.delete()[0]
