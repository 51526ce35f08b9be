"""Which addresses can be had."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.refs import CompanyRef
from tenants.services import SignUpRefused, check_subdomain
from tenants.subdomains import RESERVED, SubdomainRefused, clean, skeleton


@pytest.mark.parametrize("raw", ["acme", " Acme ", "a-b-c", "studio54", "x" * 40, "abc"])
def test_good_ones(raw: str) -> None:
    assert clean(raw) == raw.strip().lower()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("ab", "malformed"),
        ("x" * 41, "malformed"),
        ("-acme", "malformed"),
        ("acme-", "malformed"),
        ("ac--me", "malformed"),
        ("ac_me", "malformed"),
        ("ac.me", "malformed"),
        ("acme/", "malformed"),
        ("ac me", "malformed"),
        ("acme\nevil", "malformed"),
        ("12345", "malformed"),
        ("'; drop schema public", "malformed"),
        ("xn--acme-9d0b", "look_alike"),
        ("аcme", "look_alike"),  # Cyrillic a
        ("ａcme", "look_alike"),  # full width
        ("www", "reserved"),
        ("platform", "reserved"),
        ("template", "reserved"),
        ("public", "reserved"),
        ("p1atform", "look_alike"),
        ("adrnin", "look_alike"),
        ("sign1n", "look_alike"),
    ],
)
def test_bad_ones(raw: str, code: str) -> None:
    with pytest.raises(SubdomainRefused) as refused:
        clean(raw)
    assert refused.value.code == code
    assert refused.value.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("acme", "acm3"),
        ("globex", "g1obex"),
        ("globex", "gl0bex"),
        ("modern", "modem"),
        ("ac-me", "acme"),
        ("vvidget", "widget"),
        ("clark", "dark"),
        ("studio", "stud1o"),
        ("boss", "b055"),
    ],
)
def test_look_alikes_share_a_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_others_do_not() -> None:
    assert len({skeleton(name) for name in ("acme", "globex", "initech", "umbrella", "hooli")}) == 5


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer(raw: str) -> None:
    try:
        name = clean(raw)
    except SubdomainRefused:
        return
    assert name.isascii()
    assert name not in RESERVED
    assert skeleton(name)


@pytest.mark.parametrize(
    ("raw", "code"), [("acme", "taken"), ("ACME", "taken"), ("acm3", "look_alike"), ("g1obex", "look_alike")]
)
def test_names_of_other_companies(acme: CompanyRef, globex: CompanyRef, raw: str, code: str) -> None:
    with pytest.raises(SignUpRefused) as refused:
        check_subdomain(raw)
    assert (refused.value.code, refused.value.field, refused.value.retry) == (code, "subdomain", False)
