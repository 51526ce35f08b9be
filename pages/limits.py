"""How often one place may ask for a company."""

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
    counter = key(PUBLIC, "sign-up", sha256(place.encode()).hexdigest()[:16])
    try:
        cache.add(counter, 0, WINDOW_SECONDS)
        return int(cache.incr(counter)) <= MOST
    except (RedisError, OSError, ValueError):
        logger.warning("sign-ups are not counted: the cache is away")
        return True
