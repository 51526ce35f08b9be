"""The page from which a phone takes the demo's authority: plain http, since the phone trusts nothing yet.

`python -m deploy.local.trust --authority FILE --port N --leads-to ADDRESS`, started by the launcher for
LAN=1 alone. It holds one public certificate and a few files of the look; it is no part of the application.
"""

import argparse
import html
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import ClassVar

from deploy.local import certificate, stack
from deploy.local.failure import LaunchError
from deploy.local.processes import answers, free_port, last_line, require_port, wait_until
from deploy.local.system import System

PAGE = Path(__file__).with_name("trust.html")
CERTIFICATE = "/sallyport-demo.crt"
LOOK = {
    **{f"/css/{name}.css": "text/css; charset=utf-8" for name in ("tokens", "base", "device")},
    "/vendor/atkinson/latin.woff2": "font/woff2",
}
READY_SECONDS = 30


@dataclass(frozen=True)
class Offer:
    """Where the page is, and what it gives."""

    address: str
    fingerprint: str


def offer(system: System) -> Offer | None:
    """Serve the page beside the system; None where the system has no certificate of its own."""
    place = system.place
    if not place.certificate:
        return None
    authority, host = place.certificate.with_name("authority.pem"), place.extra_hosts[0]
    port = _port(place)
    command = [sys.executable, "-m", "deploy.local.trust", "--authority", str(authority)]
    command += ["--listen", place.listen, "--port", str(port), "--leads-to", place.address(host)]
    told = {**stack.inherited(), "PYTHONPATH": str(stack.ROOT)}
    service = stack.Service("trust page", command, told, place.var / "log" / "trust.log")
    system.ended.callback(service.stop)
    service.start()
    system.services.append(service)
    if not wait_until(lambda: answers(port), seconds=READY_SECONDS, alive=service.alive):
        raise LaunchError(f"The trust page does not start: {last_line(service.log)} (see {service.log}).")
    return Offer(f"http://{host}:{port}/", certificate.public_part(authority)[1])


def _port(place: stack.Place) -> int:
    """The port after the system's own where it is free: an address that stays is easier to type again."""
    try:
        require_port(place.port + 1, place.listen)
    except (LaunchError, OverflowError):
        return free_port()
    return place.port + 1


def answers_for(authority: Path, leads_to: str) -> dict[str, tuple[str, bytes]]:
    """Path to type and body: all that the page's server ever gives."""
    public, fingerprint = certificate.public_part(authority)
    filled = Template(PAGE.read_text()).substitute(
        certificate=CERTIFICATE, fingerprint=fingerprint, leads_to=html.escape(leads_to)
    )
    found = {path: (kind, (stack.ROOT / "static" / path[1:]).read_bytes()) for path, kind in LOOK.items()}
    found["/"] = ("text/html; charset=utf-8", filled.encode())
    found[CERTIFICATE] = ("application/x-x509-ca-cert", public)
    return found


class Handler(BaseHTTPRequestHandler):
    """Gives what is held, by exact path."""

    held: ClassVar[dict[str, tuple[str, bytes]]] = {}
    timeout = 10

    def do_GET(self) -> None:
        """The page, the certificate, or 404."""
        found = self.held.get(self.path.partition("?")[0])
        kind, body = found or ("text/plain", b"There is nothing at this address.\n")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; font-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """No versions are told."""
        return "Sallyport"


def main() -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.trust", description=__doc__)
    parser.add_argument("--authority", type=Path, required=True)
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--leads-to", required=True)
    options = parser.parse_args()
    Handler.held = answers_for(options.authority, options.leads_to)
    with ThreadingHTTPServer((options.listen, options.port), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
