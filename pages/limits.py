"""How often one place may ask for what anybody may ask for."""

import logging
from hashlib import sha256
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from tenants.cachekeys import key

logger = logging.getLogger(__name__)

MOST: Final = 30
WINDOW_SECONDS: Final = 3600
PUBLIC: Final = 0


def sign_up_allowed(place: str) -> bool:
    """Count one attempt to sign up. Without Valkey nothing is counted: a nuisance must not close the door."""
    return allowed("sign-up", place, company=PUBLIC, most=MOST, seconds=WINDOW_SECONDS)


def allowed(what: str, place: str, *, company: int, most: int, seconds: int) -> bool:
    """Count one request of a place within the window. Without Valkey nothing is counted."""
    counter = key(company, what, sha256(place.encode()).hexdigest()[:16])
    try:
        cache.add(counter, 0, seconds)
        return int(cache.incr(counter)) <= most
    except (RedisError, OSError, ValueError):
        logger.warning("%s: requests are not counted, the cache is away", what)
        return True
