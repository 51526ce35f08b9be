"""Mail leaves through the outbox's worker only. Without a server it becomes files under var/mail."""

from config.settings import environment

_HOST = environment.text("SALLYPORT_MAIL_HOST", "")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if _HOST else "config.mail.FolderBackend"
EMAIL_HOST = _HOST
EMAIL_PORT = environment.number("SALLYPORT_MAIL_PORT", 587)
EMAIL_HOST_USER = environment.text("SALLYPORT_MAIL_USER", "")
EMAIL_HOST_PASSWORD = environment.text("SALLYPORT_MAIL_PASSWORD", "")
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = str(environment.VAR / "mail")
DEFAULT_FROM_EMAIL = environment.text("SALLYPORT_MAIL_FROM", "Sallyport <no-reply@localhost>")
# Where the page of the demo's mails reads them; only the demo's settings can name a folder.
OUTBOX_FOLDER = ""
