"""From where a request comes, with and without proxies of ours in front."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from tenants.client_address import client_address, client_address_of_scope, place_of

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("hops", "forwarded", "place"),
    [
        # Without proxies whatever the client says of itself is not heard.
        (0, "", PROXY),
        (0, "198.51.100.7", PROXY),
        # One proxy: the rightmost entry is what it saw; the client wrote the rest.
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        (1, " 198.51.100.7 ", "198.51.100.7"),
        # Two: the inner one appended the outer one's address.
        (2, "203.0.113.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        # Not by those proxies: the connection alone counts.
        (1, "", PROXY),
        (2, "203.0.113.1", PROXY),
        (1, "203.0.113.1,", PROXY),
        (1, "203.0.113.1, unknown", PROXY),
        (1, "203.0.113.1, _hidden", PROXY),
        (1, "203.0.113.1, 999.1.1.1", PROXY),
        (1, "203.0.113.1, 198.51.100.7 203.0.113.9", PROXY),
        # As proxies spell it.
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
    ],
)
def test_only_our_proxies_are_believed(settings: Settings, hops: int, forwarded: str, place: str) -> None:
    settings.PROXY_HOPS = hops
    assert place_of(PROXY, forwarded) == place
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)) == place
    lines = [(b"x-forwarded-for", part.encode()) for part in forwarded.split(",") if forwarded]
    assert client_address_of_scope({"client": (PROXY, 5), "headers": lines}) == place


@pytest.mark.parametrize(
    ("peer", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_network_of_one_subscriber_is_one_place(peer: str, place: str) -> None:
    assert place_of(peer, "") == place


def test_a_header_that_only_looks_like_it_is_not_read(settings: Settings) -> None:
    settings.PROXY_HOPS = 1
    headers = [(b"x-forwarded-for", b"198.51.100.7"), (b"x_forwarded_for", b"203.0.113.1")]
    assert client_address_of_scope({"client": (PROXY, 5), "headers": headers}) == "198.51.100.7"


def test_a_scope_over_a_local_socket_has_no_address(settings: Settings) -> None:
    assert client_address_of_scope({"client": None, "headers": []}) == ""
    settings.PROXY_HOPS = 1
    headers = [(b"x-forwarded-for", b"198.51.100.7")]
    assert client_address_of_scope({"client": None, "headers": headers}) == "198.51.100.7"
