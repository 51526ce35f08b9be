"""What is so about faces, for the papers."""

from collections.abc import Iterator

from django.conf import settings

from biometrics.engine.thresholds import NotMeasured, Strictness, threshold
from biometrics.house_pool import model_now
from biometrics.models import FaceTemplate
from vault.facts import Fact, Topic, tells


@tells("biometrics")
def facts() -> Iterator[Fact]:
    """The model that looks, how near a face must be, how many are enrolled. Never a measure of anybody."""
    there = FaceTemplate.objects.filter(destroyed_at=None)
    verified = there.filter(verified_at__isnull=False).count()
    yield Fact(Topic.FACES, "Enrolled faces", f"{there.count()}, {verified} of them verified in person")
    yield Fact(Topic.FACES, "Where faces are compared", f"{settings.FACE_WORKERS}; 1:1 only, no picture kept")
    model = model_now()
    if model is None:
        yield Fact(Topic.FACES, "Model", "not loaded now")
        return
    yield Fact(Topic.FACES, "Model", f"{model.name}, version {model.version}")
    for strictness in Strictness:
        try:
            found = threshold(model, strictness)
        except NotMeasured:
            yield Fact(Topic.FACES, f"Comparison: {strictness.value}", "not measured: nothing passes")
            continue
        told = (
            f"cosine distance ≤ {found.distance:.3f}; {found.false_accepts} of {found.impostors} strangers"
            f" passed, {found.false_refusals} of {found.genuine} own were refused"
            f" ({found.data}, {found.measured})"
        )
        yield Fact(Topic.FACES, f"Comparison: {strictness.value}", told)
