"""What reads at the doors, for the papers."""

from collections.abc import Iterator

from readers.models import Reader, ReaderState
from vault.facts import Fact, Topic, tells


@tells("readers")
def facts() -> Iterator[Fact]:
    """Counts only."""
    active = Reader.objects.filter(state=ReaderState.ACTIVE).count()
    yield Fact(Topic.PLACES, "Readers in use", str(active))
    yield Fact(
        Topic.MEASURES,
        "Readers",
        "hold public keys, sealing keys and handles; no names, no faces; each answers with its own key",
    )
