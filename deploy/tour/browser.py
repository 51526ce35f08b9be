"""A browser without a screen: cookies, forms, redirects, one host at a time."""

import http.cookiejar
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from deploy.tour.forms import Page
from deploy.tour.report import Mismatch

HERE = "127.0.0.1"
SECONDS = 30.0
MOST_HOPS = 5


@dataclass(frozen=True)
class Site:
    """Where the system serves. Hosts are told in the Host header: `*.localhost` need not resolve."""

    scheme: str
    domain: str
    port: int
    authority: Path | None = None

    @classmethod
    def at(cls, address: str, authority: Path | None) -> Self:
        """The site of an address such as `http://localhost:8000`."""
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname or "localhost", port, authority)

    def host(self, subdomain: str = "") -> str:
        """The Host header of a company; without a name that of the public host."""
        name = f"{subdomain}.{self.domain}" if subdomain else self.domain
        usual = {"http": 80, "https": 443}[self.scheme]
        return name if self.port == usual else f"{name}:{self.port}"

    def address(self, subdomain: str = "") -> str:
        """The address of a host, without a path."""
        return f"{self.scheme}://{self.host(subdomain)}"

    def trust(self) -> ssl.SSLContext | bool:
        """How the certificate is checked."""
        return ssl.create_default_context(cafile=self.authority) if self.authority else True

    def client(self, subdomain: str = "") -> httpx.Client:
        """A client for one host of the site."""
        # The demo speaks http on this machine; its cookies must travel all the same.
        policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("https", "http"))
        return httpx.Client(
            base_url=f"{self.scheme}://{HERE}:{self.port}",
            headers={"Host": self.host(subdomain)},
            cookies=http.cookiejar.CookieJar(policy),
            timeout=SECONDS,
            verify=self.trust(),
            trust_env=False,
        )


class Browser:
    """One person at one host."""

    def __init__(self, site: Site, subdomain: str = "") -> None:
        self.site = site
        self.origin = site.address(subdomain)
        self.http = site.client(subdomain)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def open(self, path: str) -> Page:
        """The page at a path, redirects followed."""
        page, _ = self._settle(self._send("GET", path))
        return page

    def submit(self, path: str, *needed: str, action: str = "", **values: str) -> tuple[Page, str]:
        """Fill in a form of the page at `path` and send it; the page that follows and its path.

        The form is the first with the fields of `values` and `needed` and `action` in its address. A page
        that comes back with a status of refusal raises Mismatch with what it says.
        """
        return self.filled(path, *needed, action=action, **values)()

    def filled(
        self, path: str, *needed: str, action: str = "", **values: str
    ) -> Callable[[], tuple[Page, str]]:
        """The same with the page already open: calling the result presses the button."""
        form = self.open(path).form(*values, *needed, action=action)
        target, data = local(path, form.action or path), form.fill(**values)
        return lambda: self._settle(self._send("POST", target, data))

    def _send(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        told: dict[str, Any] = {"headers": {"Origin": self.origin}} if method == "POST" else {}
        extensions = {"sni_hostname": self.site.domain}
        return self.http.request(method, path, data=data, extensions=extensions, **told)

    def _settle(self, response: httpx.Response) -> tuple[Page, str]:
        path = response.url.raw_path.decode()
        for _ in range(MOST_HOPS):
            if not response.is_redirect:
                break
            path = (
                urlsplit(urljoin(path, response.headers["location"]))._replace(scheme="", netloc="").geturl()
            )
            response = self._send("GET", path)
        page = Page(response.text)
        if response.status_code >= 400:
            raise Mismatch(f"{path} answers {response.status_code}: {page.text[:300]}")
        return page, path


def local(path: str, reference: str) -> str:
    """Where a reference on the page at `path` leads, without scheme and host."""
    return urlsplit(urljoin(path, reference))._replace(scheme="", netloc="").geturl()
