"""The test suite. tests/conftest.py starts the servers and fills in their addresses."""

# ruff: noqa: F403
import os

from tests import servers

if "PYTEST_VERSION" in os.environ:
    servers.reserve()

from config.settings.base import *

DEBUG = False
SECRET_KEY = "only the tests use this"  # noqa: S105
BASE_DOMAIN = "localhost"
ALLOWED_HOSTS = [".localhost", "localhost", "testserver"]
PASSWORD_HASHERS = ["tests.hashers.CheapArgon2"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "tenants.cachekeys.make_key",
    }
}
CELERY_TASK_ALWAYS_EAGER = False
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
