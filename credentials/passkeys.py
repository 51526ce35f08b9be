"""Passkey ceremonies (WebAuthn level 2) of one host: what a phone is asked, and whether its answer holds.

The relying party is the company's own host, never the domain above it: there a passkey of one company would
answer for all others.
"""

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from credentials.refusals import Refused
from sallyport.keys import b64url_decode

Json = dict[str, Any]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the phone calls: scheme, and host as it was sent (with a port where there is one)."""

    scheme: str
    host: str

    @property
    def origin(self) -> str:
        """What a browser says of its page."""
        return f"{self.scheme}://{self.host}"

    @property
    def rp_id(self) -> str:
        """The relying party: the host without its port."""
        return self.host.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Registered:
    """A new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def registration_options(
    site: Site, *, company: str, user: bytes, known: Iterable[bytes], challenge: bytes
) -> Json:
    """What `navigator.credentials.create` is given. Names end up in the phone's keeping and in its clouds, so
    they are the company's and never a person's.
    """
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=company,
        user_id=user,
        user_name=company,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # The phone's own, not a key on a ring; an honest browser keeps to it, and no server can tell.
            authenticator_attachment=AuthenticatorAttachment.PLATFORM,
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json_dict(options)


def unlock_options(site: Site, *, known: Iterable[bytes], challenge: bytes) -> Json:
    """What `navigator.credentials.get` is given."""
    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def read_registration(site: Site, credential: Json, challenge: bytes) -> Registered:
    """The passkey that was made. Raises Refused."""
    _check_page(site, credential, challenge)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # noqa: BLE001  (a stranger's bytes in a parser: whatever it raises is a no)
        raise _not_verified(error) from None
    return Registered(made.credential_id, made.credential_public_key, made.sign_count)


def credential_id(assertion: Json) -> bytes:
    """Which passkey says that it answers. Raises Refused."""
    try:
        return b64url_decode(assertion["id"])
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise _not_verified(error) from None


def check_assertion(site: Site, assertion: Json, challenge: bytes, public_key: bytes) -> int:
    """The counter of an answer that is really this passkey's, to this challenge. Raises Refused.

    Whether the counter went on is for the caller to see: a good signature with an old counter is news.
    """
    _check_page(site, assertion, challenge)
    _check_party(site, assertion)
    try:
        told = verify_authentication_response(
            credential=assertion,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:  # noqa: BLE001  (as above)
        raise _not_verified(error) from None
    return told.new_sign_count


def user_of(assertion: Json) -> bytes | None:
    """The user that the authenticator says the passkey is for, where it says one. Raises Refused."""
    try:
        handle = assertion["response"].get("userHandle")
        return b64url_decode(handle) if handle else None
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise _not_verified(error) from None


def _check_page(site: Site, answer: Json, challenge: bytes) -> None:
    """That our own page asked, and for this: what the browser itself says under the signature."""
    try:
        told = json.loads(b64url_decode(answer["response"]["clientDataJSON"]))
        origin, framed = told["origin"], told.get("crossOrigin", False)
        answered = b64url_decode(told["challenge"])
    except (KeyError, AttributeError, TypeError, ValueError, RecursionError) as error:
        raise _not_verified(error) from None
    if origin != site.origin or framed:
        raise wrong_host()
    if not compare_digest(answered, challenge):
        raise ticket_void()


def _check_party(site: Site, assertion: Json) -> None:
    try:
        party = b64url_decode(assertion["response"]["authenticatorData"])[:32]
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise _not_verified(error) from None
    if party != hashlib.sha256(site.rp_id.encode()).digest():
        raise wrong_host()


def _not_verified(error: Exception) -> Refused:
    logger.info("a passkey's answer was refused: %s", type(error).__name__)
    text = "The phone could not confirm that it is you. Try again."
    return Refused("unlock_not_verified", text, status=403, retry=True)


def ticket_void() -> Refused:
    return Refused("unlock_ticket_void", "This took too long. Try again.", retry=True)


def unknown() -> Refused:
    return Refused("passkey_unknown", "This passkey does not belong to this phone.", status=403)


def wrong_host() -> Refused:
    text = "This passkey belongs to another address. Register a new one."
    return Refused("passkey_wrong_host", text, status=403)


def counter_back() -> Refused:
    text = "This passkey may have been copied. Ask your security desk."
    return Refused("passkey_counter_back", text, status=403)
