"""Protected templates: a face's unit vector under a keyed orthogonal transform, as int8, sealed for a person.

    unit vector -> T -> int8 planes -> AES-256-GCM under the person's key

T is drawn from the company's secret and a salt of the enrolment (HKDF-SHA-256, RFC 5869, expanded by
ChaCha20, RFC 8439): three rounds of a permutation, sign flips and the Walsh-Hadamard transform over sqrt(d).
It is orthogonal, so distances stay as they are and a probe is transformed too: nothing is ever turned back.
Only integers are drawn, and the arithmetic is additions, so T is the same on every machine; no library's
random numbers and no decomposition, whose signs differ between builds, have a part in it.

It hides the vector while the secret is secret, and no longer: T is linear, and whoever holds secret and salt
inverts it. A new salt makes a template that cannot be linked with the old one. It is not a hash.

Pure: no database, no clock. `biometrics.sealing` brings the keys.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault import envelope

Vector = npt.NDArray[np.float64]

SALT_BYTES: Final = 32
LEAST_SECRET_BYTES: Final = 32
ROUNDS: Final = 3
LEAST_SIZE, MOST_SIZE = 16, 1024
COARSE: Final = 127  # the greatest int8
FINE: Final = 2 * COARSE  # steps of the fine plane within one of the coarse
UNIT_TOLERANCE: Final = 1e-3
FORMAT: Final = b"\x01"
LABEL: Final = "sallyport/biometrics/template/1"


class Why(StrEnum):
    """Why a template was not used: for the record and the operator's page, not for the person."""

    UNREADABLE = "unreadable"  # of another company, holder, model or salt, or altered: not told apart
    ERASED = "erased"
    OTHER_MODEL = "other_model"
    BAD_VECTOR = "bad_vector"


class TemplateRefused(ValueError):  # noqa: N818  (named for what happened)
    """A template or an embedding that is not used. `code` is stable; `why` says what to do about it."""

    code: Final = "template_refused"

    def __init__(self, why: Why) -> None:
        super().__init__(f"{self.code}: {why.value}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Model:
    """Which network made an embedding; vectors of two of them mean nothing to each other."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose template it is: the company's 16 bytes and the person."""

    company: bytes
    holder: UUID


@dataclass(frozen=True, slots=True, repr=False)
class Embedding:
    """What the engine made of a face: a unit vector (d,), d a power of two from 16 to 1024. Never printed."""

    model: Model
    vector: Vector


@dataclass(frozen=True, slots=True)
class SealedTemplate:
    """A template as it lies in a row."""

    model: Model
    salt: bytes
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class OpenTemplate:
    """A template opened for comparing, still transformed: `transform` does the same to a probe."""

    model: Model
    vector: Vector
    transform: Callable[[Vector], Vector]


@dataclass(frozen=True, slots=True, repr=False)
class TemplateKeys:
    """The company's secret for templates (>= 32 bytes) and the person's opened key."""

    secret: bytes
    box: AESGCM


def seal_template(face: Embedding, *, owner: Owner, keys: TemplateKeys, salt: bytes) -> SealedTemplate:
    """Protect a face for its owner. `salt`: 32 random bytes of this enrolment. Raises TemplateRefused."""
    protected = Transform(keys.secret, salt, owner, face.model, face.vector.size)(unit(face.vector))
    where = _place(owner, face.model, salt)
    return SealedTemplate(face.model, salt, envelope.seal(keys.box, FORMAT + pack(protected), where))


def open_template(row: SealedTemplate, *, owner: Owner, keys: TemplateKeys) -> OpenTemplate:
    """The template, still transformed. Raises TemplateRefused: `unreadable` for whatever is wrong with it."""
    try:
        plain = envelope.open_sealed(keys.box, row.sealed, _place(owner, row.model, row.salt))
    except envelope.CannotOpen:
        raise TemplateRefused(Why.UNREADABLE) from None
    if plain[:1] != FORMAT:
        raise TemplateRefused(Why.UNREADABLE)
    vector = unpack(plain[1:])
    return OpenTemplate(row.model, vector, Transform(keys.secret, row.salt, owner, row.model, vector.size))


def distance(template: OpenTemplate, probe: Embedding) -> float:
    """Cosine distance (0 to 2) of a probe to a template. Raises TemplateRefused for another model's probe."""
    if probe.model != template.model:
        raise TemplateRefused(Why.OTHER_MODEL)
    if probe.vector.shape != template.vector.shape:
        raise TemplateRefused(Why.BAD_VECTOR)
    return 1.0 - float(template.vector @ template.transform(unit(probe.vector)))


def unit(vector: npt.NDArray[np.floating]) -> Vector:
    """The vector with length 1 in double precision. Raises TemplateRefused where it was not nearly so."""
    exact = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(exact))
    if exact.ndim != 1 or not abs(length - 1) < UNIT_TOLERANCE:  # written so that NaN is refused
        raise TemplateRefused(Why.BAD_VECTOR)
    return exact / length


class Transform:
    """The keyed orthogonal map of one enrolment."""

    def __init__(self, secret: bytes, salt: bytes, owner: Owner, model: Model, size: int) -> None:
        """Raises TemplateRefused for a size that is no power of two, ValueError for a short secret."""
        if len(secret) < LEAST_SECRET_BYTES or len(salt) != SALT_BYTES:
            raise ValueError("a template needs a secret of 32 bytes and a salt of 32")
        if not LEAST_SIZE <= size <= MOST_SIZE or size & (size - 1):
            raise TemplateRefused(Why.BAD_VECTOR)
        info = envelope.place(LABEL, owner.company, owner.holder.bytes, model.id, model.version)
        key = HKDF(SHA256(), envelope.KEY_BYTES, salt=salt, info=info).derive(secret)
        drawn = _Stream(key)
        self._size = size
        self.rounds = tuple((drawn.permutation(size), drawn.signs(size)) for _ in range(ROUNDS))

    def __call__(self, vector: Vector) -> Vector:
        """(d,) to (d,), of the same length."""
        for order, signs in self.rounds:
            vector = hadamard(vector[order] * signs)
        return vector


def hadamard(vector: Vector) -> Vector:
    """The Walsh-Hadamard transform in natural order, over sqrt(d): orthogonal, and its own inverse."""
    size, half = vector.size, 1
    out = vector
    while half < size:
        pairs = out.reshape(-1, 2, half)
        out = np.stack((pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]), axis=1).reshape(size)
        half *= 2
    scaled: Vector = out / np.sqrt(size)
    return scaled


class _Stream:
    """Bytes of ChaCha20 under one key, taken in order. The key serves one transform, so the nonce is zero."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(ChaCha20(key, bytes(16)), mode=None).encryptor()

    def _take(self, count: int) -> bytes:
        return self._cipher.update(bytes(count))

    def below(self, bound: int) -> int:
        """A number below `bound` (<= 2^16), each as likely: two bytes, low first; the uneven rest anew."""
        fair = 65_536 - 65_536 % bound
        while (number := int.from_bytes(self._take(2), "little")) >= fair:
            pass
        return number % bound

    def permutation(self, size: int) -> npt.NDArray[np.intp]:
        """Fisher and Yates, from the last place down."""
        order = list(range(size))
        for last in range(size - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return np.array(order, dtype=np.intp)

    def signs(self, size: int) -> Vector:
        """A bit each, the lowest of a byte first; a set bit is -1."""
        taken = self._take((size + 7) // 8)
        bits = [taken[place // 8] >> (place % 8) & 1 for place in range(size)]
        return 1.0 - 2.0 * np.array(bits, dtype=np.float64)


def pack(vector: Vector) -> bytes:
    """Two int8 planes of d bytes: values in steps of the greatest / 127, and the rest in 254ths of a step.

    The scale is not kept, cosine needs none. One plane alone moves a distance near the threshold by 3e-4.
    With m the greatest value, none is off by more than m / 64516, and no distance by more than
    `quantisation_bound`: for 128 values < 2e-4 whatever the vector, < 7e-5 for m = 0.4, 3e-6 as a rule.
    """
    steps = vector * (COARSE / float(np.max(np.abs(vector))))
    coarse = np.rint(steps)
    fine = np.clip(np.rint((steps - coarse) * FINE), -COARSE, COARSE)
    return coarse.astype(np.int8).tobytes() + fine.astype(np.int8).tobytes()


def unpack(packed: bytes) -> Vector:
    """The unit vector of two planes. Raises TemplateRefused."""
    planes = np.frombuffer(packed, dtype=np.int8).astype(np.float64)
    if planes.size % 2:
        raise TemplateRefused(Why.UNREADABLE)
    vector = planes[: planes.size // 2] * FINE + planes[planes.size // 2 :]
    length = float(np.linalg.norm(vector))
    if length == 0:
        raise TemplateRefused(Why.UNREADABLE)
    return vector / length


def quantisation_bound(vector: Vector) -> float:
    """How far the planes may move any distance to this unit vector.

    The error e has |e| <= sqrt(d) m / 64516. The angle between x and x + e has a sine of |e| at most, so what
    has length 1 again is off by |e| (1 + |e|^2), and a unit probe sees no more of that than its length.
    """
    error = float(np.sqrt(vector.size) * np.max(np.abs(vector))) / (2 * COARSE * FINE)
    return error * (1 + error**2)


def _place(owner: Owner, model: Model, salt: bytes) -> bytes:
    """The associated data: company, person, model and its version, salt, each with its length."""
    return envelope.place(LABEL, owner.company, owner.holder.bytes, model.id, model.version, salt)
