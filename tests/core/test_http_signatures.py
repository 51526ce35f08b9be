"""HTTP message signatures: the one accepted form goes through, everything near it is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.http_signatures import (
    SignatureCode,
    SignatureRefused,
    SignedRequest,
    content_digest,
    parse,
    parse_asgi,
    parse_fields,
    sign_request,
    verify,
)
from sallyport.keys import Ed25519Signer, P256Signer

URL = "https://acme.example.com/api/v1/scans"
BODY = json.dumps({"counter": 7, "code": "101"}).encode()
ED25519 = Ed25519Signer(bytes(range(32)))
P256 = P256Signer(bytes(range(32)))
KEYS: dict[str, Ed25519Signer | P256Signer] = {"ed25519": ED25519, "p256": P256}


def headers(key: Ed25519Signer | P256Signer = ED25519) -> dict[str, str]:
    made = sign_request(
        method="POST",
        url=URL,
        body=BODY,
        key=key,
        keyid="reader:1:3",
        created=1_772_000_000,
        nonce="AAECAwQFBgcICQoLDA0ODw",
    )
    return {name.lower(): value for name, value in made.items()}


def code_of(refused: pytest.ExceptionInfo[SignatureRefused]) -> SignatureCode:
    return refused.value.code


@pytest.mark.parametrize("name", sorted(KEYS))
def test_what_is_signed_verifies(name: str) -> None:
    key = KEYS[name]
    parsed = parse(headers(key))
    assert (parsed.keyid, parsed.alg, parsed.created) == ("reader:1:3", key.algorithm, 1_772_000_000)
    assert parsed.nonce == "AAECAwQFBgcICQoLDA0ODw"
    verify(parsed, method="POST", url=URL, body=BODY, public=key.public)


@pytest.mark.parametrize("name", sorted(KEYS))
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"method": "PUT"}, SignatureCode.WRONG),
        ({"method": "post"}, SignatureCode.WRONG),
        ({"url": URL + "/"}, SignatureCode.WRONG),
        ({"url": URL.replace("acme", "globex")}, SignatureCode.WRONG),
        ({"url": URL.replace("https", "http")}, SignatureCode.WRONG),
        ({"body": BODY + b" "}, SignatureCode.DIGEST),
        ({"body": b""}, SignatureCode.DIGEST),
    ],
)
def test_every_covered_part_counts(name: str, changed: dict[str, object], code: SignatureCode) -> None:
    request = {"method": "POST", "url": URL, "body": BODY} | changed
    with pytest.raises(SignatureRefused) as refused:
        verify(parse(headers(KEYS[name])), **request, public=KEYS[name].public)  # type: ignore[arg-type]
    assert code_of(refused) is code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("created=1772000000", "created=1772000001"),
        ("reader:1:3", "reader:1:4"),
        ("AAECAwQ", "BAECAwQ"),
    ],
)
def test_every_parameter_counts(before: str, after: str) -> None:
    given = headers()
    given["signature-input"] = given["signature-input"].replace(before, after)
    with pytest.raises(SignatureRefused) as refused:
        verify(parse(given), method="POST", url=URL, body=BODY, public=ED25519.public)
    assert code_of(refused) is SignatureCode.WRONG


def test_another_key_and_another_algorithm() -> None:
    with pytest.raises(SignatureRefused) as refused:
        verify(parse(headers()), method="POST", url=URL, body=BODY, public=Ed25519Signer(bytes(32)).public)
    assert code_of(refused) is SignatureCode.WRONG
    with pytest.raises(SignatureRefused) as refused:
        verify(parse(headers()), method="POST", url=URL, body=BODY, public=P256.public)
    assert code_of(refused) is SignatureCode.ALGORITHM
    claimed = headers(P256)
    claimed["signature-input"] = claimed["signature-input"].replace("ecdsa-p256-sha256", "ed25519")
    with pytest.raises(SignatureRefused) as refused:
        verify(parse(claimed), method="POST", url=URL, body=BODY, public=P256.public)
    assert code_of(refused) is SignatureCode.ALGORITHM


INPUT = headers()["signature-input"]
BAD_INPUTS = {
    "empty": "",
    "another label": "other" + INPUT[3:],
    "two labels": INPUT + ", two" + INPUT[3:],
    "no digest covered": INPUT.replace(' "content-digest"', ""),
    "nothing covered": INPUT.replace('"@method" "@target-uri" "content-digest"', ""),
    "another order": INPUT.replace('"@method" "@target-uri"', '"@target-uri" "@method"'),
    "more covered": INPUT.replace('"content-digest"', '"content-digest" "host"'),
    "path instead of target": INPUT.replace("@target-uri", "@path"),
    "a parameter on a component": INPUT.replace('"content-digest"', '"content-digest";bs'),
    "no created": INPUT.replace(";created=1772000000", ""),
    "no nonce": INPUT.replace(';nonce="AAECAwQFBgcICQoLDA0ODw"', ""),
    "no keyid": INPUT.replace(';keyid="reader:1:3"', ""),
    "no alg": INPUT.replace(';alg="ed25519"', ""),
    "hmac": INPUT.replace('alg="ed25519"', 'alg="hmac-sha256"'),
    "an expiry": INPUT + ";expires=1772000100",
    "a tag": INPUT + ';tag="x"',
    "a nonce too short": INPUT.replace("AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQo"),
    "a nonce too long": INPUT.replace("AAECAwQFBgcICQoLDA0ODw", "A" * 65),
    "a quote in the keyid": INPUT.replace("reader:1:3", 'reader\\"'),
    "an empty keyid": INPUT.replace("reader:1:3", ""),
    "a keyid too long": INPUT.replace("reader:1:3", "r" * 129),
    "a negative time": INPUT.replace("1772000000", "-1"),
    "a leading zero": INPUT.replace("1772000000", "01772000000"),
    "a broken time": INPUT.replace("1772000000", "1772000000.5"),
    "a time too long": INPUT.replace("1772000000", "17720000000"),
    "foreign digits": INPUT.replace("1772000000", "١٧٧٢٠٠٠٠٠٠"),
    "a line end": INPUT + "\n",
    "a blank in front": " " + INPUT,
    "blanks doubled": INPUT.replace('" "', '"  "'),
    "capitals": INPUT.upper(),
}


@pytest.mark.parametrize("name", sorted(BAD_INPUTS))
def test_only_our_own_form_is_read(name: str) -> None:
    given = headers() | {"signature-input": BAD_INPUTS[name]}
    assert given["signature-input"] != INPUT
    with pytest.raises(SignatureRefused) as refused:
        parse(given)
    assert code_of(refused) is SignatureCode.MALFORMED


SIGNATURE = headers()["signature"]
BAD_SIGNATURES = {
    "empty": "",
    "another label": "two" + SIGNATURE[3:],
    "no colons": SIGNATURE.replace(":", ""),
    "short": SIGNATURE[:-5] + ":",
    "characters outside base64": SIGNATURE[:10] + "*" + SIGNATURE[11:],
    "base64url": SIGNATURE[:10] + "_" + SIGNATURE[11:],
    "padding inside": SIGNATURE[:10] + "=" + SIGNATURE[11:],
    "not ASCII": SIGNATURE[:10] + "é" + SIGNATURE[11:],
    "no padding": SIGNATURE[:-3] + "AA:",
}


@pytest.mark.parametrize("name", sorted(BAD_SIGNATURES))
def test_bad_signature_fields(name: str) -> None:
    with pytest.raises(SignatureRefused) as refused:
        parse(headers() | {"signature": BAD_SIGNATURES[name]})
    assert code_of(refused) is SignatureCode.MALFORMED


def test_a_digest_has_one_spelling() -> None:
    good = headers()["content-digest"]
    with pytest.raises(SignatureRefused) as refused:
        parse(headers() | {"content-digest": "sha-512=:AAAA:"})
    assert code_of(refused) is SignatureCode.MALFORMED
    # The spare bits of the last character are set: the same bytes to a lax decoder.
    other = good[:-3] + chr(ord(good[-3]) + 1) + good[-2:]
    parsed = parse(headers() | {"content-digest": other})
    with pytest.raises(SignatureRefused) as refused:
        verify(parsed, method="POST", url=URL, body=BODY, public=ED25519.public)
    assert code_of(refused) is SignatureCode.DIGEST
    assert content_digest(b"").startswith("sha-256=:47DEQpj8HBSa")


@pytest.mark.parametrize("missing", ["signature-input", "signature", "content-digest"])
def test_a_missing_field(missing: str) -> None:
    given = headers()
    del given[missing]
    asgi = [(name.encode(), value.encode()) for name, value in given.items()]
    with pytest.raises(SignatureRefused) as refused:
        parse(given)
    assert code_of(refused) is SignatureCode.MISSING
    with pytest.raises(SignatureRefused) as refused:
        parse_asgi(asgi)
    assert code_of(refused) is SignatureCode.MISSING


def test_asgi_headers() -> None:
    asgi = [(name.encode(), value.encode()) for name, value in headers().items()]
    assert parse_asgi([(b"host", b"acme.example.com"), *asgi]) == parse(headers())
    for name, value in asgi:
        with pytest.raises(SignatureRefused) as refused:
            parse_asgi([*asgi, (name, value)])
        assert code_of(refused) is SignatureCode.MALFORMED
        with pytest.raises(SignatureRefused):
            parse_asgi([*(pair for pair in asgi if pair[0] != name), (name, b"\xff\xfe")])


@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=60))
def test_any_text_is_refused_and_never_fails(given_input: str, signature: str, digest: str) -> None:
    for fields in (
        (given_input, signature, digest),
        (INPUT, signature, digest),
        (given_input, SIGNATURE, digest),
    ):
        with pytest.raises(SignatureRefused):
            parse_fields(*fields)


def test_signing_refuses_what_the_other_side_would_not_read() -> None:
    for wrong in ({"keyid": 'a"b'}, {"nonce": "short"}, {"created": -1}):
        asked = {"keyid": "reader:1:3", "nonce": "A" * 22, "created": 1_772_000_000} | wrong
        with pytest.raises(ValueError, match="may carry"):
            sign_request(method="GET", url=URL, body=b"", key=ED25519, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "fresh"), [(969, False), (970, True), (1000, True), (1030, True), (1031, False)]
)
def test_freshness_on_both_sides(now: int, fresh: bool) -> None:
    parsed = SignedRequest("reader:1:3", "ed25519", 1000, "n" * 22, "", "", b"")
    assert parsed.is_fresh(now=now, tolerance=30) is fresh


def test_a_long_hostile_field_takes_no_long_time() -> None:
    for shape in ('sig=("@method" ' * 20_000, INPUT[:-1] + "9" * 1_000_000, "sig=" + "(" * 1_000_000):
        with pytest.raises(SignatureRefused):
            parse_fields(shape, SIGNATURE, "")
