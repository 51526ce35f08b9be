"""Cookies, headers and what a browser may do."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import environment
from config.settings.tenancy import PUBLIC_SCHEME

SECURE = PUBLIC_SCHEME == "https"
# RFC 6265bis: `__Host-` binds a cookie to one host, so that no sibling company can plant it. Browsers accept
# the prefix with Secure only, hence plain names where the demo speaks http on this machine.
PREFIX = "__Host-" if SECURE else ""

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"{PREFIX}session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = f"{PREFIX}csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "pages.errors.csrf_failed"
LANGUAGE_COOKIE_NAME = f"{PREFIX}language"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER: tuple[str, str] | None = None
# How many proxies of ours stand in front: each is believed its X-Forwarded-For entry, the outer ones nothing.
PROXY_HOPS = environment.number("SALLYPORT_PROXY_HOPS", 0)
if PROXY_HOPS < 0:
    raise ImproperlyConfigured("SALLYPORT_PROXY_HOPS counts proxies: it cannot be negative.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Only the pages at a door and at reception run WebAssembly: it decodes pictures.
CONTENT_SECURITY_WASM_PATHS = ("/reader/", "/kiosk/")
# Only the kiosk's page has a frame: a badge that it holds in memory is printed from there.
CONTENT_SECURITY_FRAME_PATHS = ("/kiosk/",)
PERMISSIONS_POLICY = (
    "camera=(self), screen-wake-lock=(self), fullscreen=(self), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self), microphone=(), geolocation=(), payment=(), usb=()"
)
