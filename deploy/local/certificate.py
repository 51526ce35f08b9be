"""A certificate for the local network, so that a phone gets the secure context its key needs."""

import datetime
import ipaddress
import socket
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.failure import LaunchError
from deploy.local.files import private_folder, write_private

# Apple's limit for certificates that a user has trusted is 825 days.
LIFE = datetime.timedelta(days=800)


def lan_address() -> str:
    """This machine's address in the local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737 documentation address: only the route is looked up
            address: str = probe.getsockname()[0]
        except OSError:
            raise LaunchError("This machine is in no network: LAN=1 needs one.") from None
    return address


def make(folder: Path, names: list[str], address: str, now: datetime.datetime) -> tuple[Path, Path, Path]:
    """Certificate, key and authority for these names and the address; made anew when the address changed.

    So they are when one of them is missing, damaged or no longer fits the others.

    The authority's key signs this one certificate and is forgotten: nobody can sign another with it.
    """
    private_folder(folder)
    leaf, key, authority = folder / "server.pem", folder / "server.key", folder / "authority.pem"
    made_for = folder / "made-for"
    wanted = " ".join([*names, address])
    if _read(made_for) == wanted and _still_good(leaf, key, authority, now):
        return leaf, key, authority
    root, certificate, secret = _issue(names, address, now)
    # The stamp goes first and comes last: an end in between leaves nothing that looks finished.
    made_for.unlink(missing_ok=True)
    write_private(authority, _pem(root))
    write_private(leaf, _pem(certificate) + _pem(root))
    private = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key, private.decode())
    write_private(made_for, wanted)
    return leaf, key, authority


def _issue(
    names: list[str], address: str, now: datetime.datetime
) -> tuple[x509.Certificate, x509.Certificate, ec.EllipticCurvePrivateKey]:
    """An authority, one certificate under it, and that one's key."""
    root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Sallyport demo at {address}")])
    root = (
        _builder(root_name, root_name, root_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives.append(x509.IPAddress(ipaddress.ip_address(address)))
    # RFC 5280, 4.2.1.1: a strict verifier, such as Python's from 3.13 on, refuses a certificate without.
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    certificate = (
        _builder(subject, root_name, leaf_key.public_key(), now)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(issuer, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return root, certificate, leaf_key


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + LIFE)
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        key_cert_sign=sign,
        crl_sign=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def public_part(authority: Path) -> tuple[bytes, str]:
    """The authority's certificate as a phone takes it, and its fingerprint as a phone shows it.

    It is taken apart and written anew: whatever else the file may hold does not leave this machine.
    """
    certificate = x509.load_pem_x509_certificate(authority.read_bytes())
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex(" ").upper()
    return certificate.public_bytes(serialization.Encoding.PEM), fingerprint


def _still_good(leaf: Path, key: Path, authority: Path, now: datetime.datetime) -> bool:
    """Whether the three files are whole, belong together and hold for a while; else all are made anew."""
    try:
        certificate, root = (x509.load_pem_x509_certificate(one.read_bytes()) for one in (leaf, authority))
        secret = serialization.load_pem_private_key(key.read_bytes(), None)
        certificate.verify_directly_issued_by(root)
    except (OSError, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return secret.public_key() == certificate.public_key() and (
        certificate.not_valid_after_utc > now + datetime.timedelta(days=7)
    )


def _read(path: Path) -> str:
    """What a file says; nothing when it is missing or damaged."""
    try:
        return path.read_text()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
