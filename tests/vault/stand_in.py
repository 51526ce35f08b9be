"""A stand-in for HashiCorp Vault's transit engine: its addresses, headers, bodies and errors, over TLS."""

import base64
import binascii
import datetime as dt
import ipaddress
import json
import os
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

TOKEN = "hvs.stand-in"


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 and its key in one file, valid for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "vault.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Engine:
    """Named keys, a token, and what is wrong at the moment."""

    def __init__(self, pem: Path) -> None:
        self.keys = {"sallyport": AESGCM(os.urandom(32))}
        self.sealed = False
        self.slow = 0.0
        self.answer: tuple[int, bytes] | None = None
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.pem = pem
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                engine.asked.append((self.path, body))
                time.sleep(engine.slow)
                status, told = engine.told(self.path, self.headers.get("X-Vault-Token"), body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *args: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def told(self, path: str, token: str | None, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body as Vault gives them."""
        if self.answer is not None:
            return self.answer
        if self.sealed:
            return _errors(503, "Vault is sealed")
        if token != TOKEN:
            return _errors(403, "permission denied")
        _, version, mount, verb, name = path.split("/")
        if (version, mount) != ("v1", "transit"):
            return _errors(404, f"no handler for route {path!r}")
        box = self.keys.get(name)
        if box is None:
            return _errors(400 if verb == "decrypt" else 404, "encryption key not found")
        return _encrypt(box, body) if verb == "encrypt" else _decrypt(box, body)


def _errors(status: int, *texts: str) -> tuple[int, bytes]:
    return status, json.dumps({"errors": list(texts)}).encode()


def _data(**data: object) -> tuple[int, bytes]:
    whole = {"request_id": "r", "lease_id": "", "renewable": False, "lease_duration": 0, "data": data}
    return 200, json.dumps(whole).encode()


def _encrypt(box: AESGCM, body: dict[str, Any]) -> tuple[int, bytes]:
    try:
        plain = base64.b64decode(body["plaintext"], validate=True)
    except (KeyError, binascii.Error):
        return _errors(400, "failed to base64-decode plaintext")
    nonce = os.urandom(12)
    sealed = base64.b64encode(nonce + box.encrypt(nonce, plain, None)).decode()
    return _data(ciphertext=f"vault:v1:{sealed}", key_version=1)


def _decrypt(box: AESGCM, body: dict[str, Any]) -> tuple[int, bytes]:
    text = body.get("ciphertext", "")
    if not text.startswith("vault:v1:"):
        return _errors(400, "invalid ciphertext: no prefix")
    try:
        raw = base64.b64decode(text.removeprefix("vault:v1:"), validate=True)
        plain = box.decrypt(raw[:12], raw[12:], None)
    except (InvalidTag, ValueError):
        return _errors(400, "cipher: message authentication failed")
    return _data(plaintext=base64.b64encode(plain).decode())
