"""Protected templates: distances stay, salts part them, and whatever is wrong opens nothing."""

import json
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from biometrics.templates import (
    Embedding,
    Model,
    Owner,
    SealedTemplate,
    TemplateKeys,
    TemplateRefused,
    Transform,
    Vector,
    Why,
    distance,
    hadamard,
    open_template,
    pack,
    quantisation_bound,
    seal_template,
    unit,
    unpack,
)
from tests.biometrics import template_vectors as vectors
from vault import envelope

MODEL = Model("dlib-resnet", "1")
OWNER = Owner(b"\x11" * 16, UUID(int=5))
KEYS = TemplateKeys(b"\x22" * 32, AESGCM(b"\x33" * 32))
SALT = b"\x44" * 32
DICE = np.random.default_rng(20261126)


def unit_vector(size: int = 128) -> Vector:
    raw = DICE.normal(size=size)
    return unit(raw / np.linalg.norm(raw))


def near(vector: Vector, spread: float) -> Vector:
    raw = vector + spread * unit_vector(vector.size)
    return unit(raw / np.linalg.norm(raw))


def transform(salt: bytes = SALT, owner: Owner = OWNER, model: Model = MODEL, size: int = 128) -> Transform:
    return Transform(KEYS.secret, salt, owner, model, size)


def salt(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.mark.parametrize("size", [16, 128, 512])
def test_the_transform_is_orthogonal(size: int) -> None:
    turn = transform(size=size)
    matrix = np.stack([turn(row) for row in np.eye(size)])
    assert np.abs(matrix @ matrix.T - np.eye(size)).max() < 1e-12


def test_hadamard_is_its_own_inverse_and_no_identity() -> None:
    one = unit_vector()
    assert np.abs(hadamard(hadamard(one)) - one).max() < 1e-12
    assert np.abs(hadamard(one) - one).max() > 0.01


@pytest.mark.parametrize("spread", [0.2, 0.35, 1.0, 5.0])
def test_a_protected_distance_is_the_raw_one_to_four_digits(spread: float) -> None:
    """Through sealing, int8 and opening; the error is within the stated bound."""
    for number in range(60):
        face = unit_vector()
        probe = near(face, spread)
        row = seal_template(Embedding(MODEL, face), owner=OWNER, keys=KEYS, salt=salt(number))
        opened = open_template(row, owner=OWNER, keys=KEYS)
        raw, protected = 1 - float(face @ probe), distance(opened, Embedding(MODEL, probe))
        assert abs(raw - protected) <= quantisation_bound(transform(salt(number))(face))
        assert abs(raw - protected) < 5e-5


def test_the_bound_of_the_planes_holds_for_the_worst_vectors() -> None:
    """One value much greater than the others is what int8 keeps worst."""
    for lead in (0.3, 0.7, 0.99, 1.0):
        rest = unit_vector()
        rest[0] = 0
        vector = np.concatenate([[lead], rest[1:] / np.linalg.norm(rest) * np.sqrt(1 - lead**2)])
        off = float(np.linalg.norm(unpack(pack(vector)) - vector))
        assert off <= quantisation_bound(vector) < 2e-4


def test_one_plane_alone_would_not_do() -> None:
    """Why there are two: the coarse one errs in the fourth digit."""
    worst = 0.0
    for _ in range(60):
        face = unit_vector()
        probe = near(face, 0.35)
        coarse = np.frombuffer(pack(face)[:128], dtype=np.int8).astype(np.float64)
        worst = max(worst, abs(float((coarse / np.linalg.norm(coarse) - face) @ probe)))
    assert worst > 1e-4


def test_two_salts_part_one_face_as_far_as_strangers() -> None:
    """The same face under two salts, against two faces under two salts: one spread, and none is near."""
    faces = [unit_vector() for _ in range(400)]
    first = [transform(salt(number))(face) for number, face in enumerate(faces)]
    again = [transform(salt(1000 + number))(face) for number, face in enumerate(faces)]
    same = np.array([1 - a @ b for a, b in zip(first, again, strict=True)])
    strangers = np.array([1 - a @ b for a, b in zip(first, again[1:] + again[:1], strict=True)])
    assert abs(same.mean() - 1) < 0.02
    assert abs(strangers.mean() - 1) < 0.02
    assert abs(same.std() - 1 / np.sqrt(128)) < 0.015
    assert abs(same.std() - strangers.std()) < 0.015
    assert min(same.min(), strangers.min()) > 0.6


@pytest.mark.parametrize(
    "other",
    [
        transform(owner=Owner(b"\x12" * 16, OWNER.holder)),
        transform(owner=Owner(OWNER.company, UUID(int=6))),
        transform(model=Model("dlib-resnet", "2")),
        transform(model=Model("other", "1")),
        Transform(b"\x23" * 32, SALT, OWNER, MODEL, 128),
    ],
    ids=["company", "holder", "version", "model", "secret"],
)
def test_each_thing_it_is_drawn_from_changes_it(other: Transform) -> None:
    face = unit_vector()
    assert abs(float(transform()(face) @ other(face))) < 0.5


def test_names_that_run_together_are_not_one() -> None:
    face = unit_vector()
    one, other = transform(model=Model("ab", "c")), transform(model=Model("a", "bc"))
    assert abs(float(one(face) @ other(face))) < 0.5


SEALED = seal_template(Embedding(MODEL, unit_vector()), owner=OWNER, keys=KEYS, salt=SALT)


@pytest.mark.parametrize(
    ("row", "owner", "keys"),
    [
        (SEALED, Owner(b"\x12" * 16, OWNER.holder), KEYS),
        (SEALED, Owner(OWNER.company, UUID(int=6)), KEYS),
        (replace(SEALED, model=Model("dlib-resnet", "2")), OWNER, KEYS),
        (replace(SEALED, model=Model("sface", "1")), OWNER, KEYS),
        (replace(SEALED, salt=b"\x45" * 32), OWNER, KEYS),
        (replace(SEALED, sealed=SEALED.sealed[:-1] + bytes([SEALED.sealed[-1] ^ 1])), OWNER, KEYS),
        (replace(SEALED, sealed=SEALED.sealed[:40] + b"\0" + SEALED.sealed[41:]), OWNER, KEYS),
        (replace(SEALED, sealed=SEALED.sealed[:-20]), OWNER, KEYS),
        (replace(SEALED, sealed=b""), OWNER, KEYS),
        (SEALED, OWNER, TemplateKeys(KEYS.secret, AESGCM(b"\x34" * 32))),
    ],
    ids=["company", "holder", "version", "model", "salt", "tag", "contents", "cut", "empty", "key"],
)
def test_whatever_is_wrong_is_one_refusal(
    row: SealedTemplate,
    owner: Owner,
    keys: TemplateKeys,
) -> None:
    open_template(SEALED, owner=OWNER, keys=KEYS)  # the control
    with pytest.raises(TemplateRefused) as refused:
        open_template(row, owner=owner, keys=keys)
    assert (refused.value.code, refused.value.why) == ("template_refused", Why.UNREADABLE)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("plain", [b"", b"\x02" + bytes(256), b"\x01" + bytes(255), b"\x01" + bytes(256)])
def test_contents_that_are_no_template_are_unreadable(plain: bytes) -> None:
    """Sealed with the right key for the right place, and still nothing."""
    where = envelope.place(
        "sallyport/biometrics/template/1", OWNER.company, OWNER.holder.bytes, MODEL.id, MODEL.version, SALT
    )
    row = replace(SEALED, sealed=envelope.seal(KEYS.box, plain, where))
    with pytest.raises(TemplateRefused, match="unreadable"):
        open_template(row, owner=OWNER, keys=KEYS)


def test_a_probe_of_another_model_version_is_refused() -> None:
    opened = open_template(SEALED, owner=OWNER, keys=KEYS)
    with pytest.raises(TemplateRefused) as refused:
        distance(opened, Embedding(Model("dlib-resnet", "2"), unit_vector()))
    assert (refused.value.code, refused.value.why) == ("template_refused", Why.OTHER_MODEL)


@pytest.mark.parametrize(
    "vector",
    [
        np.zeros(128),
        np.full(128, np.nan),
        unit_vector() * 1.1,
        unit_vector(64),
        unit_vector().reshape(2, 64),
    ],
    ids=["zero", "nan", "long", "short", "shape"],
)
def test_what_is_no_unit_vector_is_no_probe(vector: Vector) -> None:
    opened = open_template(SEALED, owner=OWNER, keys=KEYS)
    with pytest.raises(TemplateRefused) as refused:
        distance(opened, Embedding(MODEL, vector))
    assert refused.value.why is Why.BAD_VECTOR


@pytest.mark.parametrize("size", [100, 8, 2048])
def test_a_size_that_hadamard_does_not_know_is_refused(size: int) -> None:
    with pytest.raises(TemplateRefused, match="bad_vector"):
        transform(size=size)


@pytest.mark.parametrize(("secret", "salt"), [(b"\x22" * 31, SALT), (KEYS.secret, SALT[:31])])
def test_short_keys_are_refused(secret: bytes, salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Transform(secret, salt, OWNER, MODEL, 128)


def test_nothing_secret_shows_when_printed() -> None:
    opened = open_template(SEALED, owner=OWNER, keys=KEYS)
    shown = f"{SEALED!r} {opened!r} {KEYS!r} {Embedding(MODEL, unit_vector())!r}"
    assert "array" not in shown
    assert KEYS.secret.hex() not in shown
    assert repr(SEALED.sealed) not in shown


def test_the_vectors_are_made_again() -> None:
    """The drawn numbers exactly; transformed faces to nine digits, planes to one step of the fine one."""
    kept, made = json.loads(vectors.FILE.read_text(encoding="utf-8")), vectors.made()
    exact = set(kept) - {"faces"}
    assert {name: kept[name] for name in exact} == {name: made[name] for name in exact}
    for one, other in zip(kept["faces"], made["faces"], strict=True):
        assert np.abs(np.array(one["transformed"]) - np.array(other["transformed"])).max() <= 2e-9
        planes = [np.frombuffer(bytes.fromhex(each["packed"]), np.int8).astype(int) for each in (one, other)]
        assert np.abs(planes[0] - planes[1]).max() <= 1
    apart = 1 - np.array(kept["faces"][0]["transformed"]) @ np.array(kept["faces"][1]["transformed"])
    assert abs(apart - kept["distance"]) < 1e-7
