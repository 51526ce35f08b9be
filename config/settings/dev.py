"""The machine of a developer, and the demo."""

# ruff: noqa: F403
from config.settings.base import *
from config.settings.environment import secret_key, text

DEBUG = False
SECRET_KEY = secret_key(required=False)
# Files are served from where they lie; a name without a hash is asked for again each time.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0
OUTBOX_FOLDER = text("SALLYPORT_OUTBOX", "")
