"""The kiosk's API as a test gives it: one arrival with scripted steps, and everything that was sent."""

import base64
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import BrowserContext, Route

TEXTS: Final = {
    "en": ("House rules", "Wear your badge where it is seen.\n\nTake no photographs in the workshop."),
    "de": ("Hausordnung", "Den Ausweis sichtbar tragen.\n\nIn der Werkstatt wird nicht fotografiert."),
    "fr": ("Règlement", "Portez votre badge de façon visible.\n\nPas de photos dans l’atelier."),
    "es": ("Normas de la casa", "Lleve la tarjeta a la vista.\n\nNo haga fotos en el taller."),
}
NOTICE: Final = ("Your photo", "We take a photo for your badge. It is deleted a week after your visit.")
PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 176 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
CODE: Final = "K7QM4F2P"
EXIT: Final = "240611"
BEFORE: Final = ("details", "documents", "consent", "photo")


class Said(Exception):  # noqa: N818  (named for what happened)
    """A refusal: status and code."""


@dataclass
class FakeApi:
    """What answers a kiosk's requests. `steps` of the next arrival; `waits`: looks until somebody admits."""

    steps: list[str] = field(default_factory=lambda: ["documents", "way", "phone", "badge"])
    waits: int = 1
    printer: bool = True
    types: int = 1
    walk_in: bool = True
    photo: str = "optional"
    ways: list[str] | None = field(default_factory=lambda: ["phone", "day_pass", "escort"])
    languages: list[str] = field(default_factory=lambda: ["en", "de", "fr", "es"])
    sent: list[tuple[str, Any]] = field(default_factory=list)
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    down: bool = False
    unpaired: bool = False
    state_said: str = ""

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.view: dict[str, Any] = {}
        self.done: set[str] = set()
        self.looks = 0
        self.known = False

    def serve(self, context: BrowserContext) -> None:
        """Answer for the server from now on."""
        context.route("**/api/v1/**", self.answer)

    def paths(self) -> list[str]:
        """What was asked, in order, without the polls of the kiosk itself."""
        return [path for path, _ in self.sent if path != "kiosk/state"]

    def of(self, path: str) -> list[Any]:
        """What was sent there; `path` may end in the last part alone."""
        return [body for name, body in self.sent if name == path or name.endswith(f"/{path}")]

    def answer(self, route: Route) -> None:
        path = route.request.url.split("/api/v1/")[1]
        if self.down:
            route.abort()
            return
        raw = route.request.post_data_buffer or b""
        is_json = route.request.headers.get("content-type") == "application/json"
        body = json.loads(raw or b"{}") if is_json else raw
        self.sent.append((path, body))
        refusal = (403, "kiosk_unpaired") if self.unpaired else self._refusal(path)
        if refusal is None:
            try:
                status, told = self._told(path, body)
            except Said as said:
                refusal = said.args[0]
            else:
                if isinstance(told, bytes):
                    route.fulfill(status=status, content_type="application/pdf", body=told)
                elif told is None:
                    route.fulfill(status=204)
                else:
                    route.fulfill(status=status, json=told)
                return
        code = {"code": refusal[1], "text": refusal[1], "retry": False}
        route.fulfill(status=refusal[0], json=code)

    def _refusal(self, path: str) -> tuple[int, str] | None:
        found = (told for end, told in self.refuses.items() if path.endswith(end))
        return next(found, None)

    def _told(self, path: str, body: Any) -> tuple[int, Any]:
        plain: dict[str, Callable[[], tuple[int, Any]]] = {
            "kiosks/pair": lambda: (201, self._paired()),
            "kiosk/state": lambda: (200, self.state()),
            "kiosk/exit": lambda: self._exit(body),
            "kiosk/hosts": lambda: (200, {"hosts": self._hosts(body["term"])}),
            "kiosk/deliveries": lambda: (201, {}),
            "kiosk/leaving": lambda: (200, {"outcome": "told" if "name" in body else "signed_out"}),
            "kiosk/sealed": lambda: (200, {"taken": [one["id"] for one in body["items"]]}),
            "kiosk/arrivals": lambda: (201, self._begin(body)),
        }
        if path in plain:
            return plain[path]()
        _, _, _, *rest = path.split("/")
        return self._step("/".join(rest), body)

    def _paired(self) -> dict[str, Any]:
        return {
            "kiosk": 7,
            "name": "Lobby",
            "company_id": 1,
            "company_uid": "00" * 16,
            "company_name": "Acme",
            "seal_key": self._point(),
            "server_now": int(time.time()),
        }

    def _point(self) -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.b64encode(point).decode()

    def state(self) -> dict[str, Any]:
        """As kiosk/state tells it."""
        return {
            "name": "Lobby",
            "site": "House",
            "company": "Acme",
            "languages": self.languages,
            "printer": self.printer,
            "faces_open": True,
            "seal_key": self._point(),
            "server_now": int(time.time()),
            "types": [self._type(number) for number in range(self.types)],
        }

    def _type(self, number: int) -> dict[str, Any]:
        texts = {
            language: {"version": self._version(language), "title": title, "body": body}
            for language, (title, body) in TEXTS.items()
        }
        document = {"id": str(uuid.UUID(int=50)), "number": 1, "signed": True, "texts": texts}
        return {
            "id": str(uuid.UUID(int=100 + number)),
            "name": ("Visitor", "Contractor", "مقابلة عمل")[number],
            "walk_in": self.walk_in,
            "photo": self.photo if "photo" in self.steps else "none",
            "face": "face" in self.steps,
            "ways": self.ways,
            "escort": False,
            "badge": "label",
            "documents": [document] if "documents" in self.steps else [],
        }

    @staticmethod
    def _version(language: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"house-rules-{language}"))

    def _exit(self, body: dict[str, str]) -> tuple[int, Any]:
        if body["code"] != EXIT:
            raise Said((403, "exit_code_wrong"))
        return 204, None

    @staticmethod
    def _hosts(term: str) -> list[dict[str, str]]:
        staff = ("Henrike Holder", "Henri Haas", "שרה כהן")
        found = [name for name in staff if name.lower().startswith(term.lower())]
        return [{"id": str(uuid.UUID(int=200 + at)), "name": name} for at, name in enumerate(found)]

    def _begin(self, body: dict[str, Any]) -> dict[str, Any]:
        self.known = body["flow"] == "walk_in" or "code" in body
        if "code" in body and body["code"] != CODE:
            raise Said((403, "code_wrong"))
        self.done, self.looks = set(), 0
        self.given = body
        self.view = {"id": str(uuid.uuid4()), "flow": body["flow"], "phone": None, "pass": None}
        return self.told()

    def _open(self) -> list[str]:
        return [step for step in self.steps if step not in self.done]

    def told(self) -> dict[str, Any]:
        """The view as it stands."""
        named = self.given.get("name") or "Vera Visitor"
        waits = self.looks < self.waits and (self.given["flow"] == "walk_in" or not self.known)
        still = self._open() if not waits else [step for step in self._open() if step in BEFORE]
        state = "steps" if still else ("waiting" if waits else "done")
        if waits and not self.known:
            state, still = "waiting", []
        step = still[0] if still else None
        title, body = TEXTS[self.given["language"]]
        document = {
            "version": self._version(self.given["language"]),
            "title": title,
            "body": body,
            "signed": True,
            "language": self.given["language"],
        }
        notice = {
            "purpose": "photo",
            "act": "consent",
            "title": NOTICE[0],
            "text": NOTICE[1],
            "sha256": "0" * 64,
            "language": "en",
            "form": "press",
        }
        shows = not waits or "code" in self.given
        told = self.view | {
            "state": self.state_said or state,
            "step": step,
            "steps": self.steps,
            "name": named if shows else None,
            "host": "Henrike Holder" if shows else None,
            "until": int(time.time()) + 3600 if shows else None,
            "documents": [document] if step == "documents" else [],
            "consent": notice if step == "consent" else None,
            "photo": self.photo,
            "face": "face" in self.steps,
            "ways": self.ways,
            "badge": "badge" in self.steps and self.printer,
        }
        self.view["pass"] = None  # told once
        return told

    def _step(self, name: str, body: Any) -> tuple[int, Any]:
        if name == "":
            self.looks += self._stands()
            return 200, self.told()
        if name == "end":
            return 204, None
        if name == "phone":
            address = f"http://acme.localhost/wallet/#here={'A' * 22}"
            return 200, {"address": address, "seconds": 120}
        if name == "badge":
            self.done.add("badge")
            return 200, PDF
        getattr(self, "_" + name.replace("/", "_"), self._plain)(name, body)
        return 200, self.told()

    def _stands(self) -> int:
        """Whether this look is one of somebody who waits to be let in."""
        return int(not self.known or not [step for step in self._open() if step in BEFORE])

    def _plain(self, name: str, body: Any) -> None:
        self.done.add(name.split("/", maxsplit=1)[0])

    def _way(self, name: str, body: dict[str, str]) -> None:
        self.done.add("way")
        if body["way"] != "phone":
            self.done.add("phone")
        if body["way"] == "day_pass":
            self.view["pass"] = {"pin": "482913", "begins": 0, "ends": 0}

    def _phone_same(self, name: str, body: dict[str, bool]) -> None:
        if body["same"]:
            self.done.add("phone")
        self.view["phone"] = None

    def scan(self, digits: str = "47") -> None:
        """A phone scanned the picture."""
        self.view["phone"] = {"digits": digits, "label": "Phone"}
