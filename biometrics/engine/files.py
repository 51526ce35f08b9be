"""Model files: read once, and only used when their hash is the one that is expected."""

import hashlib
from pathlib import Path

from biometrics.engine.codes import EngineUnavailable


def read_model(path: Path, sha256: str) -> bytes:
    """The bytes of a model file, which are the ones that were hashed. Raises EngineUnavailable."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EngineUnavailable(f"{path.name}: {error.strerror}") from None
    found = hashlib.sha256(data).hexdigest()
    if found != sha256.lower():
        raise EngineUnavailable(f"{path.name}: its SHA-256 is {found}, not {sha256.lower()}")
    return data


def version_of(*sha256: str) -> str:
    """A short name for models that are used together: vectors of another version are of another kind."""
    return hashlib.sha256("".join(sha256).lower().encode()).hexdigest()[:16]
