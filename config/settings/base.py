"""Collects the concerns; dev, test and production start from here."""

# ruff: noqa: F403, F405
import django_stubs_ext

from config.rooms import present
from config.settings.api import *
from config.settings.apps import *
from config.settings.auth import *
from config.settings.biometrics import *
from config.settings.celery import *
from config.settings.databases import *
from config.settings.environment import number
from config.settings.keys import *
from config.settings.logs import *
from config.settings.mail import *
from config.settings.pages import *
from config.settings.readers import *
from config.settings.security import *
from config.settings.streams import *
from config.settings.tenancy import *

# Django's generic classes take a type parameter only when told so; the rooms write them as they are checked.
django_stubs_ext.monkeypatch()

MIDDLEWARE = [
    "config.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "config.static.StaticFiles",
    *(["tenants.middleware.CompanyMiddleware"] if present("tenants.middleware") else []),
    "config.headers.OwnOriginOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ASGI_APPLICATION = "config.asgi.application"
# Routes answered in front of Django: path -> ASGI callable.
RAW_ROUTES = {
    path: dotted
    for path, dotted in {
        "/api/v1/scans": "readers.scanning.asgi.application",
        "/api/v1/scans/frames": "readers.scanning.asgi.application",
        "/api/v1/wallet/codes": "credentials.asgi.application",
    }.items()
    if present(dotted.rpartition(".")[0])
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": VALKEY_URL,
        "KEY_PREFIX": "cache",
        "KEY_FUNCTION": "tenants.cachekeys.make_key",
    }
}
DEMO = number("SALLYPORT_DEMO", 0) == 1
