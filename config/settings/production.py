"""Production: everything from the environment, https only, nothing assumed."""

# ruff: noqa: F403, F405
from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.environment import database, secret_key, text

DEBUG = False
SECRET_KEY = secret_key(required=True)
for _name in ("SALLYPORT_DATABASE_URL", "KEYS_DATABASE_URL"):
    database(_name)
for _name in (
    "SALLYPORT_VALKEY_URL",
    "SALLYPORT_ROOT_KEY_FILE",
    "SALLYPORT_BASE_DOMAIN",
    "SALLYPORT_MAIL_HOST",
):
    text(_name)
if not SECURE:
    raise ImproperlyConfigured("SALLYPORT_SCHEME must be https in production.")

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if PROXY_HOPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
