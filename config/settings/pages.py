"""Templates, static files and languages."""

from pathlib import Path

from config.rooms import present
from config.settings.environment import ROOT, VAR

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *(["pages.context.console"] if present("pages.context") else []),
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
