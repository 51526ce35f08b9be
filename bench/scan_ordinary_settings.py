"""Settings of the contrast: Sallyport's own, with an ordinary view for scans."""

# ruff: noqa: F403
from config.settings.dev import *

RAW_ROUTES = {}
ROOT_URLCONF = "bench.scan_ordinary"
