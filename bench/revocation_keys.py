"""Keys of the bench's readers: made from their number, so that no process has to hand them to another."""

from hashlib import sha256

from sallyport.keys import Ed25519Signer


def signer(handle: int) -> Ed25519Signer:
    """The key of reader `handle`."""
    return Ed25519Signer(sha256(b"bench reader %d" % handle).digest())
