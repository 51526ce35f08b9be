"""`make demo LAN=1` as a phone meets it: by this machine's address, over https that it can verify."""

import os
import re
import shutil
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest

from deploy.local import certificate
from deploy.local.failure import LaunchError
from deploy.local.files import private_folder
from tests.launcher.launched import ROOT, Launched, launch, run

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("launcher")]
PATIENCE_SECONDS = 300  # the first start makes everything and takes the tour
WALLET = re.compile(r"https?://\S+/wallet/")


@pytest.fixture
def var() -> Iterator[Path]:
    home = private_folder(ROOT / "var" / f"lan-{os.getpid()}")
    yield home / "var"
    for link in home.glob("**/elsewhere"):
        shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(home)


@contextmanager
def started(var: Path, *arguments: str) -> Iterator[Launched]:
    """The demo, ready."""
    launcher = launch(var, "demo", *arguments)
    try:
        launcher.wait_for("Ctrl-C ends it.", PATIENCE_SECONDS)
        yield launcher
    finally:
        if launcher.process.poll() is None:
            assert launcher.end() == 0


def own_address() -> str | None:
    """This machine's address in its network."""
    try:
        return certificate.lan_address()
    except LaunchError:
        return None


def phone(var: Path | None) -> httpx.Client:
    """A client that trusts the demo's authority, or what everybody trusts."""
    authority = var / "lan" / "authority.pem" if var else None
    return httpx.Client(verify=ssl.create_default_context(cafile=authority), trust_env=False, timeout=10)


def links(var: Path, person: str = "henri@acme.example") -> set[str]:
    """The wallet's addresses in the mails to a person so far."""
    found = set()
    for path in var.glob("mail/*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if person in str(mail["To"]):
            body = mail.get_body(("plain",))
            assert body is not None
            found |= set(WALLET.findall(body.get_content()))
    return found


def wait_for_link(var: Path, wanted: str, seconds: float = 60) -> None:
    """Until a mail leads there."""
    limit = time.monotonic() + seconds
    while wanted not in links(var):
        assert time.monotonic() < limit, f"no mail leads to {wanted}: {links(var)}"
        time.sleep(0.1)


def test_a_phone_in_the_network_and_the_address_that_changes(var: Path) -> None:
    """One story, since its first start takes long."""
    address = own_address()
    if address is None:
        status, said = run(var, "demo", "--lan")
        assert status == 1
        assert "LAN=1 needs one" in said
        pytest.skip("THIS MACHINE IS IN NO NETWORK: LAN=1 refuses, as it should; nothing else can be seen")
    with started(var, "--lan") as first:
        assert "the whole tour" in first.lines
        assert "✗" not in first.lines
        assert "an address made of numbers has none below it" in first.lines
        wallet = f"https://{address}:{first.port}/wallet/"
        assert wallet in first.lines
        wallet_opens(var, wallet)
        wait_for_link(var, wallet)
        assert links(var) == {wallet}
        certificate_is_given(var, first)
        outbox_is_for_this_machine(var, first, address)
    with started(var, "--no-tour") as again:
        former_address_ends(again, address)
        wait_for_link(var, f"http://acme.localhost:{again.port}/wallet/")


def wallet_opens(var: Path, wallet: str) -> None:
    """For whoever trusts the authority, and for nobody else."""
    with phone(var) as trusting:
        assert trusting.get(wallet).status_code == 200
    with phone(None) as stranger, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        stranger.get(wallet)


def certificate_is_given(var: Path, first: Launched) -> None:
    """Before the phone trusts anything, and nothing is given with it."""
    told = re.search(r"First +(http://\S+)/ ", first.lines)
    assert told, first.lines
    authority = var / "lan" / "authority.pem"
    with phone(None) as stranger:
        page = stranger.get(told[1] + "/")
        assert page.status_code == 200
        paths = re.findall(r'href="(/[^"]+)"', page.text)
        given = {path: stranger.get(told[1] + path) for path in paths}
        assert {one.status_code for one in given.values()} == {200}
        found = [one for path, one in given.items() if path.endswith(".crt")]
        assert [one.headers["content-type"] for one in found] == ["application/x-x509-ca-cert"]
        assert found[0].content == authority.read_bytes()
        for path in ("/server.key", "/lan/server.key", "/%2e%2e/server.key", "/css/"):
            assert stranger.get(told[1] + path).status_code == 404
    fingerprint = certificate.public_part(authority)[1]
    assert fingerprint in page.text
    assert fingerprint in first.lines


def outbox_is_for_this_machine(var: Path, first: Launched, address: str) -> None:
    """A neighbour who writes the right name over the wrong address sees no mail."""
    assert f"https://localhost:{first.port}/outbox/" in first.lines
    host, told = {"Host": f"localhost:{first.port}"}, {"sni_hostname": "localhost"}
    with phone(var) as client:
        answers = [
            client.get(f"https://{where}:{first.port}/outbox/", headers=host, extensions=told)
            for where in ("127.0.0.1", address)
        ]
    assert [answer.status_code for answer in answers] == [200, 404]
    assert f"https://{address}:{first.port}/wallet/" in answers[0].text


def former_address_ends(again: Launched, address: str) -> None:
    """Started for this machine alone, as after a new address: the former one leads nowhere."""
    assert "First " not in again.lines
    here = f"http://127.0.0.1:{again.port}/wallet/"
    with phone(None) as client:
        for host, status in (("acme.localhost", 200), (address, 404)):
            assert client.get(here, headers={"Host": f"{host}:{again.port}"}).status_code == status
