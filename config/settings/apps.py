"""Installed apps: shared ones live in the public schema, a company's in its own."""

from config.rooms import OTHER_ROOMS, SHARED_ROOMS, TENANT_ROOMS, standing

SHARED_APPS = [
    *standing(SHARED_ROOMS),
    "django_tenants",
    "django_celery_beat",
    "django.contrib.contenttypes",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    *standing(TENANT_ROOMS),
]
PLAIN_APPS = [
    "config",
    *standing(OTHER_ROOMS),
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]
INSTALLED_APPS = list(dict.fromkeys([*SHARED_APPS, *TENANT_APPS, *PLAIN_APPS]))
