"""Makes .venv and installs hash-locked requirements: `python3 deploy/bootstrap.py [requirements.txt ...]`.

Standard library only, and written so that an old Python can still read it and say what is missing.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
NEWER_NAMES = ("python3.13", "python3.12", "python3.11")
# Of the models that come with face_recognition_models these may be used by a company; the training data of
# another forbids it, and it is not kept lying about: docs/biometrics.md.
MODELS = os.path.join("lib", "python*", "site-packages", "face_recognition_models", "models")
KEPT_MODELS = ("dlib_face_recognition_resnet_model_v1.dat", "shape_predictor_5_face_landmarks.dat")


def stop(line: str) -> NoReturn:
    """One clear line, and a status that make understands."""
    sys.stderr.write("Sallyport: %s\n" % line)
    sys.exit(1)


def run_newer() -> None:
    """Hand over to a newer Python on PATH where the given one is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_NAMES:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, *sys.argv])
    found = "%d.%d" % sys.version_info[:2]
    stop("Python 3.11 or newer is needed, this is %s: run make PYTHON=/path/to/python3.11." % found)


def make_venv() -> None:
    """Make .venv where there is none that works."""
    command = [PYTHON, "-c", "import pip"]
    if os.path.exists(PYTHON) and subprocess.call(command, stderr=subprocess.DEVNULL) == 0:
        return
    sys.stderr.write("Making .venv …\n")
    if os.path.isdir(VENV) and not os.path.islink(VENV):
        shutil.rmtree(VENV)
    made = subprocess.run(
        [sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        output = made.stdout.decode("utf-8", "replace")
        if "ensurepip" in output or "No module named venv" in output:
            stop("Python's venv is missing: install it (on Debian and Ubuntu: apt install python3-venv).")
        stop("cannot make .venv: %s" % (output.strip().splitlines() or ["no reason given"])[-1])


def install(names: "list[str]") -> None:
    """Install the requirement files unless this very content is installed."""
    digest = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    stamp = os.path.join(VENV, "installed-" + "-".join(os.path.basename(name) for name in names))
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == digest.hexdigest():
                return
    sys.stderr.write("Installing %s …\n" % " and ".join(names))
    # One package comes as source; an older pip warns that newer ones build such in another way.
    command = [PYTHON, "-W", "ignore", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--require-hashes"]
    for name in names:
        command += ["--requirement", os.path.join(ROOT, name)]
    if subprocess.call(command):
        stop("the packages could not be installed: see above.")
    with open(stamp, "w") as file:
        file.write(digest.hexdigest())


def delete_models(venv: str) -> "list[str]":
    """Delete every model of faces that is not on the list, at each set-up anew; names what was deleted."""
    found = glob.glob(os.path.join(glob.escape(venv), MODELS, "*"))
    surplus = sorted(path for path in found if os.path.basename(path) not in KEPT_MODELS)
    for path in surplus:
        os.remove(path)
    return [os.path.basename(path) for path in surplus]


def main() -> None:
    """Prepare .venv."""
    run_newer()
    try:
        make_venv()
        install(sys.argv[1:] or ["requirements.txt"])
        delete_models(VENV)
    except OSError as error:
        stop("cannot prepare .venv: %s." % error)


if __name__ == "__main__":
    main()
