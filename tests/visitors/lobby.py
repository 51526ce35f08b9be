"""A lobby with a kiosk: what tests of arrivals begin with."""

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from compliance.law import PURPOSES, Act, Purpose
from credentials.models import Holder
from ledger.models import Outbox
from tests.compliance.build import publish, ready
from tests.visitors.build import BY, Reception
from tests.visitors.kiosk import Tablet
from visitors.arrival_receivers import follow
from visitors.models import Arrival, Document, DocumentVersion, Visit
from visitors.services.arrivals import NAMED
from visitors.services.codes import code_of
from visitors.services.documents import add_document, publish_version

SIGNATURE = [[[10, 20, 0], [60, 40, 80], [120, 15, 160]], [[40, 60, 400], [90, 62, 480]]]
BODY = "Keep to the marked ways.\n\nTell nobody what you see."


def document(desk: Reception, name: str = "House rules", *, signed: bool = True) -> Document:
    """A document in English and German that the desk's type asks for."""
    row = add_document(name=name, signed=signed, by=BY)
    publish_version(document=row, texts={"en": (name, BODY), "de": (f"{name} (de)", BODY)}, by=BY)
    desk.type.documents.add(row)
    return row


def jpeg(width: int = 900, height: int = 700, *, exif: bool = False) -> bytes:
    """A photograph; with `exif` it says where it was taken."""
    out, image = io.BytesIO(), Image.new("RGB", (width, height), (90, 120, 150))
    told = Image.Exif()
    told[0x010E] = "taken at home"
    image.save(out, "JPEG", **({"exif": told} if exif else {}))
    return out.getvalue()


@dataclass
class Lobby:
    """A desk with a kiosk, and the arrival that was begun at it."""

    desk: Reception
    tablet: Tablet
    view: dict[str, Any] = field(default_factory=dict)
    status: int = 0

    @property
    def arrival(self) -> Arrival:
        return Arrival.objects.get(pk=self.view["id"])

    @property
    def visit(self) -> Visit:
        found = self.arrival.visit
        assert found is not None
        return found

    def begin(self, **told: Any) -> dict[str, Any]:
        """Begin; the view, or the refusal."""
        return self._keep(self.tablet.call("kiosk/arrivals", {"language": "en", **told}))

    def expected(self, visit: Visit, **more: Any) -> dict[str, Any]:
        """With the code of a visit."""
        return self.begin(flow="expected", code=code_of(visit), **more)

    def walk_in(self, **more: Any) -> dict[str, Any]:
        """Not announced."""
        told = {"name": "Wanda Walker", "email": "wanda@away.example", "firm": "Away"}
        told |= {"type": str(self.desk.type.pk), "host": str(self.desk.host.pk)}
        return self.begin(flow="walk_in", **(told | more))

    def by_name(self, name: str, day: str) -> dict[str, Any]:
        """By name and date; whoever is to be told of it is told."""
        view = self.begin(flow="expected", name=name, date=day)
        for due in Outbox.objects.filter(topic=NAMED, done=None):
            follow(due.data)
            due.delete()
        return view

    def look(self) -> dict[str, Any]:
        """How it stands."""
        return self.do("")

    def do(self, step: str, **told: Any) -> dict[str, Any]:
        """A step, as JSON; the view after it, or the refusal."""
        return self._keep(self.tablet.call(self._path(step), told))

    def send(self, step: str, told: bytes) -> dict[str, Any]:
        """A step, as bytes."""
        return self._keep(self.tablet.send(self._path(step), told))

    def sign(self, version: DocumentVersion | str | None = None, **more: Any) -> dict[str, Any]:
        """Sign the first text that is open."""
        shown = str(getattr(version, "pk", version or self.view["documents"][0]["version"]))
        return self.do("documents", **({"version": shown, "name": "", "strokes": SIGNATURE} | more))

    def agree(self, **more: Any) -> dict[str, Any]:
        """Say yes to the notice that is asked."""
        asked = self.view["consent"]
        told = {name: asked[name] for name in ("purpose", "language", "sha256")}
        told |= {"record": str(uuid.uuid4()), "pressed": "I agree", "signed_name": ""}
        return self.do("consent", **(told | more))

    def decline(self, purpose: str = "") -> dict[str, Any]:
        """Say no to the notice that is asked."""
        return self.do("consent", purpose=purpose or self.view["consent"]["purpose"], declined=True)

    def _path(self, step: str) -> str:
        return f"kiosk/arrivals/{self.view['id']}" + (f"/{step}" if step else "")

    def _keep(self, answer: Any) -> dict[str, Any]:
        self.status = answer.status_code
        told: dict[str, Any] = answer.json() if answer.content else {}
        if "state" in told:
            self.view = told
        return told


def lobby(desk: Reception, **kiosk: Any) -> Lobby:
    """One more kiosk at the desk's site."""
    return Lobby(desk, Tablet.paired(desk.place.site, **kiosk))


def notices(*purposes: Purpose) -> None:
    """The company may ask for these."""
    ready()
    for purpose in purposes:
        publish(purpose)


def is_consent(purpose: str) -> bool:
    return PURPOSES[Purpose(purpose)].act is Act.CONSENT


def through(lobby: Lobby, **answers: Callable[[], Any]) -> list[str]:
    """Do the steps as they come until none is open; which they were. `answers` replace a step's deed."""
    done: list[str] = []
    deeds: dict[str, Callable[[], Any]] = {
        "details": lambda: lobby.do("details", name="", email="", firm="Guest & Sons"),
        "documents": lobby.sign,
        "consent": lobby.agree,
        "photo": lambda: lobby.send("photo", jpeg()),
        "face": lambda: lobby.do("face/skip"),
        "way": lambda: lobby.do("way", way="escort"),
    }
    while lobby.view["state"] == "steps" and lobby.view["step"] in deeds:
        step = lobby.view["step"]
        done.append(step)
        told = (deeds | answers)[step]()
        assert lobby.status == 200, (step, told)
    return done


def host_of(desk: Reception) -> Holder:
    return desk.host
