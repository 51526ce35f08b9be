"""Which face engine this house runs, and how much of the machine it may take.

`SALLYPORT_FACE_ENGINE` is dlib or onnx; onnx needs its two model files and the SHA-256 of each.
"""

from django.core.exceptions import ImproperlyConfigured

from biometrics.engine.choice import DLIB, Choice
from config.settings import environment


def choice() -> Choice:
    """From the environment; what is half said stops the process."""
    try:
        return Choice(
            environment.text("SALLYPORT_FACE_ENGINE", DLIB),
            environment.text("SALLYPORT_FACE_DETECTOR", ""),
            environment.text("SALLYPORT_FACE_DETECTOR_SHA256", ""),
            environment.text("SALLYPORT_FACE_RECOGNISER", ""),
            environment.text("SALLYPORT_FACE_RECOGNISER_SHA256", ""),
        )
    except ValueError as error:
        raise ImproperlyConfigured(f"SALLYPORT_FACE_ENGINE: {error}.") from None


def workers() -> str:
    """`here`: engine processes of each web process; `celery`: face workers, on any machine."""
    told = environment.text("SALLYPORT_FACE_WORKERS", "here")
    if told not in ("here", "celery"):
        raise ImproperlyConfigured(f"SALLYPORT_FACE_WORKERS is here or celery, not {told!r}.")
    return told


FACE_ENGINE = choice()
FACE_WORKERS = workers()
FACE_LANES = environment.number("SALLYPORT_FACE_LANES", 0) or None  # engine processes; none said, one a core
FACE_DEADLINE_S = environment.number("SALLYPORT_FACE_DEADLINE_MS", 1000) / 1000
