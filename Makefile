# Every target prepares .venv by itself; a stamp makes that a no-op while the lock is unchanged.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
export PATH := $(abspath $(BIN)):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo test soak check bench lock

help: ## Montrer cette aide
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

setup: $(STAMP) ## Installer dans .venv

demo: $(STAMP) ## Ouvrir la démonstration sur http://127.0.0.1:8000/demo
	orp demo --out demo

test: $(STAMP) ## Lancer les tests
	pytest -q -n 2 --dist loadgroup

soak: $(STAMP) ## Tuer 2 000 fois les processus, au hasard
	KILLS=2000 pytest -q tests/integration/test_kills.py

check: $(STAMP) ## Style, types, couches
	ruff check .
	ruff format --check .
	mypy
	lint-imports

bench: $(STAMP) ## Mesurer la vitesse
	python -m benchmarks

lock: ## Refaire requirements.lock (demande uv)
	uv pip compile --universal --generate-hashes --python-version 3.11 --group dev --quiet \
		--custom-compile-command "make lock" pyproject.toml -o requirements.lock
