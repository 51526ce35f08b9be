"""Base64 with padding, as everything between readers and the server is written."""

import binascii


def b64(data: bytes) -> str:
    """Text of bytes."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def unb64(text: object) -> bytes:
    """Bytes of text. Raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError("base64 is missing")
    return binascii.a2b_base64(text, strict_mode=True)
