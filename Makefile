# Everything begins here. `make demo` runs Sallyport on this machine, `make test` checks it.
PYTHON ?= python3
JOBS ?= 2
ARGS ?=
PY = .venv/bin/python
export LAN PORT FACES

# One target a line: branches that add one do not meet.
BENCHES = bench-scan
BENCHES += bench-revocation
BENCHES += bench-mint
BENCHES += bench-code
BENCHES += bench-requests
BENCHES += bench-rotation
BENCHES += bench-handin
BENCHES += bench-offline
BENCHES += bench-compliance

.PHONY: help setup setup-dev demo tour code test check lock vendor openapi format \
	clean-demo $(BENCHES) bench-readability bench-kiosk bench-frames bench-face bench-face-accuracy bench-liveness chaos

help:
	@echo "make demo    run Sallyport here (LAN=1: for phones in this network, PORT=8080: another port)"
	@echo "make tour    run the tour against a system started for it, or against the running demo"
	@echo "make test    run the whole suite        make check   style, types, floors, drift, deployment"
	@echo "make code    the demo's second factors  make clean-demo   remove the demo and all it holds"

setup:
	@$(PYTHON) deploy/bootstrap.py requirements.txt

setup-dev:
	@$(PYTHON) deploy/bootstrap.py requirements-dev.txt

demo: setup
	@$(PY) -m deploy.local demo

tour: setup
	@$(PY) -m deploy.local tour

code: setup
	@$(PY) -m deploy.local code

test: setup-dev
	@$(PY) -m deploy.chromium
	@$(PY) -m deploy.suite -n $(JOBS) --dist loadgroup $(ARGS)

check: setup-dev
	@$(PY) -m deploy.check

format: setup-dev
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

openapi: setup-dev
	@$(PY) manage.py spectacular --file docs/openapi.yaml --validate --fail-on-warn

lock: setup
	@$(PY) deploy/lock.py

vendor: setup
	@$(PY) deploy/vendor.py

$(BENCHES): setup
	@$(PY) -m bench.$(patsubst bench-%,%,$@) $(ARGS)

# Browser and driver come with what testing needs.
bench-kiosk: setup-dev
	@$(PY) -m bench.kiosk $(ARGS)

# The decoders come with what testing needs.
bench-readability: setup-dev
	@$(PY) -m bench.readability $(ARGS)

bench-frames: setup-dev
	@$(PY) -m bench.frames $(ARGS)

# The photograph in the public domain comes with what testing needs.
bench-face: setup-dev
	@$(PY) -m bench.face $(ARGS)

# FACES=folder: labelled photographs, see the module; without it those that lie beside the checkout.
bench-face-accuracy: setup
	@$(PY) -m bench.face_accuracy $(ARGS)

# Simulated persons and attacks, drawn from the same photographs by OpenCV, which comes with what testing needs.
bench-liveness: setup-dev
	@$(PY) -m bench.liveness $(ARGS)

# The reader program is killed a hundred times at random instants, loses power a hundred times with all that was
# not synced, and hands in a hundred thousand events; a million entries are exported and verified.
chaos: setup-dev
	@SALLYPORT_KILLS=$${SALLYPORT_KILLS:-100} $(PY) -m pytest -q -n0 tests/edge/test_process.py -k killed $(ARGS)
	@SALLYPORT_CUTS=$${SALLYPORT_CUTS:-100} $(PY) -m pytest -q -n0 tests/edge/test_power_cut.py $(ARGS)
	@SALLYPORT_QUEUED=$${SALLYPORT_QUEUED:-100000} $(PY) -m pytest -q -n0 tests/edge/test_many.py $(ARGS)
	@SALLYPORT_EXPORTED=$${SALLYPORT_EXPORTED:-1000000} $(PY) -m pytest -q -n0 tests/ledger/test_export_many.py $(ARGS)

clean-demo:
	@$(PYTHON) deploy/clean.py
