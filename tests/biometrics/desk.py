"""An operator's browser at a desk, before it a person who has agreed, and a clock that is moved by hand."""

import json
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from biometrics.frames import Frame, write_frame
from compliance.models import NoticeVersion
from credentials.models import Holder
from tenants import context
from tests.compliance.build import publish, ready, somebody
from tests.fixtures.console import sign_in_as

PICTURE = b"\xff\xd8\xff a frame that only a mirror looks at"


@dataclass
class Clock:
    """In place of django.utils.timezone in a view."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.at

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Desk:
    """`who` sits at it. Raises nothing: answers are looked at by the test."""

    holder: Holder
    clock: Clock
    who: str = "alice"
    begun: dict[str, Any] = field(default_factory=dict)
    sign_in: Callable[[str], Client] = sign_in_as

    def path(self, rest: str = "") -> str:
        return f"/people/{self.holder.pk}/face/{rest}"

    def get(self, rest: str = "") -> str:
        client = self.sign_in(self.who)
        with context.leave():
            answer = client.get(self.path(rest))
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    def post(self, rest: str, told: dict[str, Any] | None = None) -> HttpResponse:
        client = self.sign_in(self.who)
        with context.leave():
            return client.post(self.path(rest), told or {})  # type: ignore[return-value]

    def agree(self, notice: NoticeVersion, **other: Any) -> HttpResponse:
        """The person presses the button under this text."""
        told = {"record": uuid.uuid4(), "language": notice.language, "sha256": notice.sha256}
        return self.post("consent/", told | {"pressed": "I agree", "signed_name": ""} | other)

    def begin(self) -> tuple[int, dict[str, Any]]:
        answer = self.post("sessions/")
        told = json.loads(answer.content)
        if answer.status_code == 201:
            self.begun = told
        return answer.status_code, told

    def frame(
        self, picture: bytes = PICTURE, *, language: str = "en", **other: Any
    ) -> tuple[int, dict[str, Any]]:
        """The next frame, a second later; `other` says parts of it otherwise."""
        self.clock.on(1)
        said = {
            "session": uuid.UUID(self.begun["session"]),
            "nonce": urlsafe_b64decode(self.begun["nonce"] + "=="),
            "sequence": self.begun["sequence"],
            "picture": picture,
        }
        client = self.sign_in(self.who)
        with context.leave():
            answer = client.post(
                self.path("frames/"),
                write_frame(Frame(**(said | other))),
                content_type="application/octet-stream",
                headers={"accept-language": language},
            )
        told: dict[str, Any] = json.loads(answer.content)
        self.begun["sequence"] = told.get("sequence", self.begun["sequence"])
        return answer.status_code, told

    def enrol(self, *pictures: bytes) -> dict[str, Any]:
        """Begin, and a frame after the other; the last answer."""
        assert self.begin()[0] == 201
        told: dict[str, Any] = {}
        for picture in pictures or (PICTURE,) * 3:
            status, told = self.frame(picture)
            assert status == 200, told
        return told


def lay_desk(clock: Clock, **policy: Any) -> tuple[Desk, NoticeVersion]:
    """A company that has opened faces, and somebody who has not said anything yet."""
    ready(**policy)
    notices = publish(profile=policy.get("profile", "gdpr"))
    return Desk(somebody(), clock), next(one for one in notices if one.language == "en")
