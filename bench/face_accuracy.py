"""False accepts and false refusals of the face engine on labelled photographs.

`FACES=folder python -m bench.face_accuracy`: the folder has images/, pairs.csv (file_a,file_b,same) and
protocol_enrol_probe.csv (identity,role,file). One JSON line each for "standard", "high" and "eer". A template
is made of a person's three enrolment photographs; genuine are that person's probes, impostors all photographs
of the others. Each line comes twice, by the raw vectors and by protected templates, and "protected" says by
how much their distances differ at most. `every_three` does so for every choice of three of a person's
photographs: more comparisons, which are not independent. A photograph on which no face is found is a refusal,
and is counted apart too.
The engine is the one that SALLYPORT_FACE_ENGINE names; a model without named distances gets its "eer" alone.
Exits with 1 where standard misses its bar.
"""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from bench.face_protected import Protected
from biometrics.engine.codes import FaceRefused
from biometrics.engine.interface import Face, FaceEngine, Rgb, Vector, cosine_distance, unit
from biometrics.engine.loading import load
from biometrics.engine.pictures import open_picture
from biometrics.engine.thresholds import NotMeasured, Strictness, threshold
from config.settings.biometrics import choice

FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "faces"
FAR_BAR, FRR_BAR = 0.001, 0.02
ENROLLED: Final = 3
Array = npt.NDArray[np.float64]

# How a template is compared with a frame, by name: each has lines of its own, over the same photographs.
Comparison = Callable[[Vector, Vector], float]
COMPARISONS: Final[dict[str, Comparison]] = {"raw": cosine_distance, "protected": Protected()}
FOUR_DIGITS: Final = 5e-5


@dataclass
class Photographs:
    """Vectors by file; None where no face was found."""

    vectors: dict[str, Vector | None] = field(default_factory=dict)
    several: int = 0

    def of(self, file: str) -> Vector | None:
        """The vector of a photograph."""
        return self.vectors[file]


@dataclass
class Distances:
    """Of one protocol; a refusal without a face is infinitely far."""

    genuine: list[float] = field(default_factory=list)
    impostor: list[float] = field(default_factory=list)

    def far(self, distance: float) -> float:
        """False accepts of all impostors, at a distance that still passes."""
        return float(np.mean(np.array(self.impostor) <= distance))

    def frr(self, distance: float) -> float:
        """False refusals of all genuine ones."""
        return float(np.mean(np.array(self.genuine) > distance))

    def eer(self) -> tuple[float, float]:
        """Where both are nearest to each other: their mean, and the distance."""
        steps = sorted({*self.genuine, *self.impostor} - {float("inf")})
        best = min(steps, key=lambda step: abs(self.far(step) - self.frr(step)))
        return (self.far(best) + self.frr(best)) / 2, best

    def tar_at(self, far: float) -> float:
        """Genuine ones that pass where at most so many impostors do."""
        allowed = int(far * len(self.impostor))
        limit = sorted(self.impostor)[allowed]  # the first one that must not pass
        return float(np.mean(np.array(self.genuine) < limit))


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV with a header."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def middle(rgb: Rgb, faces: list[Face]) -> Face:
    """The labelled one: LFW's are in the middle of the picture."""
    return min(faces, key=lambda face: abs(face.box.left + face.box.right - rgb.shape[1]))


def measured(engine: FaceEngine, folder: Path, files: set[str]) -> Photographs:
    """Look at each photograph once."""
    found = Photographs()
    for file in sorted(files):
        try:
            rgb = open_picture((folder / "images" / file).read_bytes())
        except FaceRefused:
            found.vectors[file] = None
            continue
        faces = engine.detect(rgb)
        found.several += len(faces) > 1
        found.vectors[file] = engine.embed(rgb, middle(rgb, faces)) if faces else None
    return found


def template(photographs: Photographs, files: tuple[str, ...]) -> Vector | None:
    """The mean of those that show a face; None where none does."""
    vectors = [vector for file in files if (vector := photographs.of(file)) is not None]
    return unit(np.mean(np.stack(vectors).astype(np.float64), axis=0)) if vectors else None


def protocol(folder: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Enrolment photographs and probes by person."""
    enrol: dict[str, tuple[str, ...]] = {}
    probe: dict[str, tuple[str, ...]] = {}
    for row in rows(folder / "protocol_enrol_probe.csv"):
        into = enrol if row["role"] == "enrol" else probe
        into[row["identity"]] = (*into.get(row["identity"], ()), row["file"])
    return enrol, probe


Enrolment = tuple[
    str, tuple[str, ...], tuple[str, ...]
]  # a person, enrolled on these, who comes back with those


def as_given(enrol: dict[str, tuple[str, ...]], probe: dict[str, tuple[str, ...]]) -> Iterator[Enrolment]:
    """One enrolment a person."""
    for person, files in enrol.items():
        yield person, files, probe.get(person, ())


def every_three(enrol: dict[str, tuple[str, ...]], probe: dict[str, tuple[str, ...]]) -> Iterator[Enrolment]:
    """Every choice of three."""
    for person, enrolled in enrol.items():
        files = enrolled + probe.get(person, ())
        for three in combinations(files, ENROLLED):
            yield person, three, tuple(file for file in files if file not in three)


def distances(
    photographs: Photographs,
    enrolments: Iterator[Enrolment],
    owners: dict[str, str],
    compare: Comparison,
) -> Distances:
    """All comparisons of a protocol."""
    found = Distances()
    for person, files, probes in enrolments:
        kept = template(photographs, files)
        for file, owner in owners.items():
            if owner == person and file not in probes:
                continue
            vector = photographs.of(file)
            far = float("inf") if kept is None or vector is None else compare(kept, vector)
            (found.genuine if owner == person else found.impostor).append(far)
    return found


def pairs(photographs: Photographs, folder: Path, compare: Comparison) -> Distances:
    """Photograph against photograph, without enrolment."""
    found = Distances()
    for row in rows(folder / "pairs.csv"):
        one, other = photographs.of(row["file_a"]), photographs.of(row["file_b"])
        far = float("inf") if one is None or other is None else compare(one, other)
        (found.genuine if row["same"] == "1" else found.impostor).append(far)
    return found


def tell(bench: str, **figures: object) -> None:
    """One JSON line."""
    print(json.dumps({"bench": bench, **figures}), flush=True)


def figures(one: Distances, distance: float) -> dict[str, object]:
    """Both errors, with how many comparisons stand behind them."""
    return {
        "far": round(one.far(distance), 5),
        "frr": round(one.frr(distance), 5),
        "genuine": len(one.genuine),
        "impostors": len(one.impostor),
    }


def told(name: str, given: Distances, every: Distances, single: Distances, engine: FaceEngine) -> bool:
    """The three lines of one kind of comparison; whether standard holds its bar."""
    met = True
    for strictness in Strictness:
        try:
            limit = threshold(engine.model, strictness).distance
        except NotMeasured:  # this is where its figures come from
            tell(strictness.value, embedding=name, model=engine.model.name, distance=None)
            continue
        line = figures(given, limit)
        if strictness is Strictness.STANDARD:
            met = given.far(limit) <= FAR_BAR and given.frr(limit) <= FRR_BAR
            line |= {"far_bar": FAR_BAR, "frr_bar": FRR_BAR, "met": met}
        tell(strictness.value, embedding=name, distance=limit, **line, every_three=figures(every, limit))
    rate, at = given.eer()
    tell(
        "eer",
        embedding=name,
        value=round(rate, 5),
        distance=round(at, 4),
        tar_at_far_1e_2=round(given.tar_at(1e-2), 5),
        tar_at_far_1e_3=round(given.tar_at(1e-3), 5),
        every_three_eer=round(every.eer()[0], 5),
        every_three_tar_at_far_1e_2=round(every.tar_at(1e-2), 5),
        every_three_tar_at_far_1e_3=round(every.tar_at(1e-3), 5),
        pairs_eer=round(single.eer()[0], 5),
    )
    return met


def main() -> int:
    """Measure all photographs, compare, tell."""
    folder = Path(os.environ.get("FACES") or FOLDER)
    if not (folder / "protocol_enrol_probe.csv").is_file():
        print(f"{folder} has no protocol_enrol_probe.csv: FACES=folder names one that has.", file=sys.stderr)
        return 1
    engine = load(choice())
    enrol, probe = protocol(folder)
    owners = {file: person for side in (enrol, probe) for person, files in side.items() for file in files}
    paired = {row[side] for row in rows(folder / "pairs.csv") for side in ("file_a", "file_b")}
    photographs = measured(engine, folder, {*owners, *paired})
    missed = sum(vector is None for vector in photographs.vectors.values())
    people, count = len(enrol), len(photographs.vectors)
    if missed == count:
        print(f"{engine.model.name} finds no face on any of {count} photographs.", file=sys.stderr)
        return 1
    tell("photographs", people=people, value=count, no_face=missed, several_faces=photographs.several)
    good, found = [], []
    for name, compare in COMPARISONS.items():
        given = distances(photographs, as_given(enrol, probe), owners, compare)
        every = distances(photographs, every_three(enrol, probe), owners, compare)
        good.append(told(name, given, every, pairs(photographs, folder, compare), engine))
        found.append(np.array([*every.genuine, *every.impostor]))
    good.append(told_apart(*found))
    return 0 if all(good) else 1


def told_apart(raw: Array, protected: Array) -> bool:
    """By how much the same distances differ at most; whether they are equal to four digits."""
    seen = np.isfinite(raw)
    apart = float(np.max(np.abs(raw[seen] - protected[seen])))
    met = bool(apart < FOUR_DIGITS)
    tell("protected", value=apart, comparisons=int(seen.sum()), bar=FOUR_DIGITS, met=met)
    return met


if __name__ == "__main__":
    sys.exit(main())
