"""What can go wrong at the server that stands in."""

from dataclasses import dataclass, field

from tests.edge.lines import Answer


@dataclass
class Faults:
    """What goes wrong at the server."""

    status: int = 0  # of every answer to what begins with `only`
    only: str = ""
    refused: list[str] = field(default_factory=list)
    portal: bytes = b""  # answers everything in the server's place
    forged: dict[str, Answer] = field(default_factory=dict)  # by method and path: what somebody else says
    scan_delay: float = 0.0  # seconds
    scan_lies: bool = False  # grants under a key of its own
    no_socket: bool = False
    most_entries: int = 500
    journal_gaps: int = 0  # so many hand-ins are answered with a gap
    journal_breaks: int = 0  # so many hand-ins are taken, and the answer is 500
    renewal: Answer | None = None  # to a new key, which is not taken
    contact_late: bool = False  # a contact tells how far the journal was at first
