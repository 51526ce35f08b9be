"""How the description of the API names the ways in which callers prove who they are."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ReaderSignature(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A reader's HTTP message signature (RFC 9421)."""

    target_class = "readers.api.authentication.ReaderSigned"
    name = "readerSignature"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        """The header that carries the signature; Signature-Input and Content-Digest go with it."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "RFC 9421: @method, @target-uri, content-digest; keyid reader:<company>:<handle>.",
        }


class ReaderSignatureInAnyState(ReaderSignature):  # type: ignore[no-untyped-call]
    """The same of a reader that may be suspended: a wipe must reach it."""

    target_class = "readers.api.contact.SignedInAnyState"
    name = "readerSignatureInAnyState"


class ReaderSignatureToRenew(ReaderSignature):  # type: ignore[no-untyped-call]
    """The same under the key in force or the one that is to follow it."""

    target_class = "readers.api.renewal.SignedToRenew"
    name = "readerSignatureToRenew"


class KioskSignature(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A kiosk's HTTP message signature (RFC 9421)."""

    target_class = "visitors.api.kiosk_auth.KioskSigned"
    name = "kioskSignature"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        """The header that carries the signature; Signature-Input and Content-Digest go with it."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "RFC 9421: @method, @target-uri, content-digest; keyid kiosk:<company>:<handle>.",
        }
