"""Whom a reader let in alone and the server has not been told of: all that it knows of who is inside.

It sees one side of one door. Who left by another reader is still inside for it, until the server has its
journal and decides again.
"""

import json

from sallyport.rules import Inside


class LetIn:
    """Entries by credential. Positions are those of the journal."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[int, tuple[int, int]] = {}  # credential -> (unix second, position)

    def note(self, position: int, facts: str) -> None:
        """Take up a grant by its stored facts; one that leads into no watched area is passed over."""
        if '"watch":[true' not in facts:
            return
        told = json.loads(facts)
        self._entries[told["code"][2]] = (told["now"], position)

    def forget(self, position: int) -> None:
        """The server has the journal up to here: it knows better than this reader."""
        self._entries = {who: entry for who, entry in self._entries.items() if entry[1] > position}

    def inside(self, credential: int) -> Inside:
        """What is known of the area when this credential wants in."""
        since, _ = self._entries.get(credential, (None, 0))
        return Inside(since, len(self._entries))
