"""Telling a host: by mail, to the company's webhook, to the host's browser.

`tell_host` and `tell_delivery` write one outbox row per way, in the caller's transaction, so that each way
retries by itself. A row carries ids alone; what is told is read when it is told.
"""

from visitors.notices.kinds import Kind
from visitors.notices.telling import tell_delivery, tell_host

__all__ = ["Kind", "tell_delivery", "tell_host"]
