"""A certificate for the local network, so that a phone gets the secure context its key needs."""

import datetime
import ipaddress
import socket
from pathlib import Path

from cryptography import x509
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

    The authority's key signs this one certificate and is forgotten: nobody can sign another with it.
    """
    private_folder(folder)
    leaf, key, authority = folder / "server.pem", folder / "server.key", folder / "authority.pem"
    made_for = folder / "made-for"
    wanted = " ".join([*names, address])
    if made_for.exists() and made_for.read_text() == wanted and _still_good(leaf, now):
        return leaf, key, authority
    root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Sallyport demo at {address}")])
    root = (
        _builder(root_name, root_name, root_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives.append(x509.IPAddress(ipaddress.ip_address(address)))
    certificate = (
        _builder(subject, root_name, leaf_key.public_key(), now)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    write_private(authority, _pem(root))
    write_private(leaf, _pem(certificate) + _pem(root))
    secret = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key, secret.decode())
    write_private(made_for, wanted)
    return leaf, key, authority


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


def _still_good(leaf: Path, now: datetime.datetime) -> bool:
    if not leaf.exists():
        return False
    certificate = x509.load_pem_x509_certificate(leaf.read_bytes())
    return certificate.not_valid_after_utc > now + datetime.timedelta(days=7)
