"""A looker without processes, for what is measured and tested in one."""

from dataclasses import dataclass

from biometrics.engine.interface import FaceEngine, Model
from biometrics.engine.looking import Found, Want, look


@dataclass(frozen=True)
class InProcess:
    """See biometrics.watching.Looker. `deadline` is for those who divide it: nothing here is hurried."""

    engine: FaceEngine
    deadline: float = 600.0

    @property
    def model(self) -> Model | None:
        """The engine's."""
        return self.engine.model

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        """See Looker."""
        return look(self.engine, data, want)
