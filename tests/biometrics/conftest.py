"""A browser for the journeys of this room."""

from tests.credentials.conftest import browser

__all__ = ["browser"]
