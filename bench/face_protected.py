"""Protected templates in the bench's comparisons: each enrolment is sealed and opened as its row would be."""

import os
import uuid
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from biometrics.engine.interface import Vector
from biometrics.templates import (
    LEAST_SECRET_BYTES,
    SALT_BYTES,
    Embedding,
    Model,
    OpenTemplate,
    Owner,
    TemplateKeys,
    distance,
    open_template,
    seal_template,
)

MODEL: Final = Model("bench", "1")  # one for all: who compares has seen to it that the engine is the same


class Protected:
    """Compares as a door would: the template opened, the frame put through the same transform.

    Every vector that comes first is an enrolment: it gets a holder, a salt and a key of its own, once.
    """

    def __init__(self) -> None:
        self._company, self._secret = os.urandom(16), os.urandom(LEAST_SECRET_BYTES)
        self._opened: dict[bytes, OpenTemplate] = {}

    def __call__(self, kept: Vector, probe: Vector) -> float:
        """The cosine distance, 0 to 2."""
        template = self._opened.get(kept.tobytes())
        if template is None:
            template = self._opened[kept.tobytes()] = self._sealed_and_opened(kept)
        return distance(template, Embedding(MODEL, probe.astype(np.float64)))

    def _sealed_and_opened(self, kept: Vector) -> OpenTemplate:
        owner = Owner(self._company, uuid.uuid4())
        keys = TemplateKeys(self._secret, AESGCM(AESGCM.generate_key(256)))
        face = Embedding(MODEL, kept.astype(np.float64))
        row = seal_template(face, owner=owner, keys=keys, salt=os.urandom(SALT_BYTES))
        return open_template(row, owner=owner, keys=keys)
