"""Readers' public keys, built once and kept: parsing a P-256 point costs as much as verifying with it."""

from functools import lru_cache

from sallyport.keys import BadKey, BadSignature, VerifyKeyLike, public_key

_LENGTHS = {"ed25519": 32, "ecdsa-p256-sha256": 65}


class VerifyKey:
    """A key that answers yes or no."""

    __slots__ = ("like",)

    def __init__(self, like: VerifyKeyLike) -> None:
        self.like = like

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        try:
            self.like.verify(message, signature)
        except BadSignature:
            return False
        return True


@lru_cache(maxsize=8192)
def verify_key(algorithm: str, raw: bytes) -> VerifyKey:
    """The ready key. Raises BadKey."""
    if len(raw) != _LENGTHS.get(algorithm):
        raise BadKey("wrong length")
    return VerifyKey(public_key(algorithm, raw))


def well_formed(algorithm: str, raw: bytes) -> bool:
    """Whether these bytes are a key of that algorithm in its one accepted spelling."""
    try:
        verify_key(algorithm, raw)
    except BadKey:
        return False
    return True
