# Everything begins here. `make demo` runs Sallyport on this machine, `make test` checks it.
PYTHON ?= python3
JOBS ?= 2
ARGS ?=
PY = .venv/bin/python
export LAN PORT

# One target a line: branches that add one do not meet.
BENCHES = bench-scan
BENCHES += bench-revocation
BENCHES += bench-mint
BENCHES += bench-code
BENCHES += bench-requests
BENCHES += bench-rotation

.PHONY: help setup setup-dev demo tour code test check lock vendor openapi format \
	clean-demo $(BENCHES) bench-readability
	bench-scan bench-revocation bench-mint bench-code bench-readability bench-requests bench-handin clean-demo
	bench-scan bench-revocation bench-mint bench-open bench-rotation clean-demo

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
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

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
bench-scan bench-revocation bench-mint bench-code bench-requests bench-handin: setup
bench-scan bench-revocation bench-mint bench-open bench-rotation: setup
bench-scan bench-revocation bench-mint bench-code bench-requests: setup
bench-scan bench-revocation bench-mint bench-open bench-rotation bench-handin: setup
	@$(PY) -m bench.$(patsubst bench-%,%,$@) $(ARGS)

# The second decoder comes with what testing needs.
bench-readability: setup-dev
	@$(PY) -m bench.readability $(ARGS)

clean-demo:
	@$(PYTHON) deploy/clean.py
