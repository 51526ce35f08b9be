"""What readers are told of their program."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import environment
from readers.release import VERSION, Release


def release(told: str) -> Release | None:
    """`VERSION URL SIGNATURE`, three words; nothing for nothing."""
    if not told.strip():
        return None
    words = told.split()
    if len(words) != 3 or not VERSION.fullmatch(words[0]) or not words[1].startswith("https://"):
        raise ImproperlyConfigured("SALLYPORT_READER_RELEASE is not `version https://address signature`.")
    return Release(*words)


READER_RELEASE = release(environment.text("SALLYPORT_READER_RELEASE", ""))
