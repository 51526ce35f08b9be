"""Web push against the vectors of its standards, and against an own reading of what a browser does."""

import json

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sallyport.keys import b64url, b64url_decode
from tests.visitors.browser_push import Subscriber
from visitors.notices import webpush

# RFC 8291, Appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_POINT = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT, AUTH = "DGv6ra1nlYgDCS1FRnbzlw", "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru"
    "3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
# RFC 8292, section 2.4.
TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6"
    "Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSS"
    "HzvoD1oA"
)
OF_ZEROS = "BLNtRzkv40AHaXjbVOb62boLhoj-Nc2XErr46IV5EDmd5L2m89csC7Zj6y_bRQWma4avFXcq-OO-EEsqN7FmNIY"
TOKEN_KEY = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"


def key_of(scalar: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(b64url_decode(scalar)), ec.SECP256R1())


def verify(token: str, key: str) -> None:
    signed, _, mark = token.rpartition(".")
    mark_bytes = b64url_decode(mark)
    r, s = int.from_bytes(mark_bytes[:32]), int.from_bytes(mark_bytes[32:])
    webpush.point(b64url_decode(key)).verify(
        encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256())
    )


def test_the_vector_of_rfc_8291() -> None:
    once = key_of(SENDER)
    assert b64url(webpush.raw(once.public_key())) == SENDER_POINT
    assert b64url(webpush.raw(key_of(BROWSER).public_key())) == BROWSER_POINT
    keys = webpush.Keys(b64url_decode(BROWSER_POINT), b64url_decode(AUTH))
    body = webpush.encrypt(PLAIN, keys, salt=b64url_decode(SALT), once=once)
    assert b64url(body) == BODY
    assert Subscriber(key_of(BROWSER), b64url_decode(AUTH)).read(b64url_decode(BODY)) == PLAIN


def test_the_example_of_rfc_8292() -> None:
    """Its signature is drawn, so it is the claims and the form that we make alike, and both verify."""
    verify(TOKEN, TOKEN_KEY)
    key = webpush.derived_key(bytes(32))
    made = webpush.authorization(
        key, audience="https://push.example.net", contact="mailto:push@example.com", expires=1453523768
    )
    scheme, _, rest = made.partition(" t=")
    token, _, public = rest.partition(", k=")
    assert scheme == "vapid"
    assert token.rpartition(".")[0] == TOKEN.rpartition(".")[0]
    verify(token, public)
    with pytest.raises(InvalidSignature):
        verify(token, TOKEN_KEY)
    assert json.loads(b64url_decode(token.split(".")[1]))["aud"] == "https://push.example.net"


def test_a_key_is_its_secrets_alone() -> None:
    first, same, other = (webpush.derived_key(bytes([n]) * 32) for n in (1, 1, 2))
    assert webpush.raw(first.public_key()) == webpush.raw(same.public_key())
    assert webpush.raw(first.public_key()) != webpush.raw(other.public_key())
    # Of 32 zero bytes, reckoned by an HKDF of our own: another one would orphan every browser.
    assert b64url(webpush.raw(webpush.derived_key(bytes(32)).public_key())) == OF_ZEROS


def test_only_the_subscriber_reads_it() -> None:
    mine, other = Subscriber.drawn(), Subscriber.drawn()
    body = webpush.encrypt(b"{}", mine.keys, salt=bytes(16), once=ec.generate_private_key(ec.SECP256R1()))
    assert mine.read(body) == b"{}"
    with pytest.raises(InvalidTag):
        other.read(body)
    with pytest.raises(InvalidTag):
        mine.read(body[:-1] + bytes([body[-1] ^ 1]))


def test_what_is_too_long_for_one_record() -> None:
    mine, once = Subscriber.drawn(), ec.generate_private_key(ec.SECP256R1())
    most = webpush.encrypt(bytes(webpush.MOST_PLAIN), mine.keys, salt=bytes(16), once=once)
    assert len(most) == webpush.RECORD_SIZE
    with pytest.raises(ValueError, match="one record"):
        webpush.encrypt(bytes(webpush.MOST_PLAIN + 1), mine.keys, salt=bytes(16), once=once)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [(b"", bytes(16)), (b"\x04" + bytes(64), bytes(16)), (b64url_decode(BROWSER_POINT), bytes(15))],
)
def test_keys_that_are_none(p256dh: bytes, auth: bytes) -> None:
    with pytest.raises(webpush.NotASubscriptionError):
        webpush.Keys(p256dh, auth)
