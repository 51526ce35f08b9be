"""Takes what a door output reports."""

from edge.doorstate import DoorKind


class Signs:
    """Writes down what was reported, in words."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def contact(self, *, is_open: bool) -> None:
        """See DoorSigns."""
        self.told.append("open" if is_open else "shut")

    def exit_button(self) -> None:
        """See DoorSigns."""
        self.told.append("exit")

    def alarm(self, kind: DoorKind) -> None:
        """See DoorSigns."""
        self.told.append(kind)
