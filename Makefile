# One place for every command. Needs git, make and Python 3.11 or newer with venv; the first target that needs more
# makes it in .venv, from the versions in requirements.lock.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
READY   := $(VENV)/.ready
LOCKER  := build/lock
MUTATOR := build/mutator
HOOKER  := build/hooker
SMOKE   := build/smoke
PIP     := $(BIN)/python -m pip --disable-pip-version-check
PARIS   := scenarios/paris-2015-11-13.yaml
OUT     ?= out/paris
SCALE   ?= 1/100
SEED    ?= 1
WORLDS  ?= 9
WORKERS ?= $(shell nproc)
PYTEST  ?=
PARALLEL ?= -n logical --dist worksteal
ROOM    ?=
MUTANTS ?= --seed 1 --each 6

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
export PYTHONUTF8 := 1

.PHONY: help setup run wheel quick test verify check-code kernels toy lint types imports format mutants lock coverage wheel-smoke notes hooks clean distclean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

# ---- set-up ----

setup: $(READY) ## Make the environment in .venv, where it is missing or older than requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo "Python's venv is missing (on Debian: apt install python3-venv)"; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || { echo "== environment: $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "== environment: $$(grep -c '^[a-z].*==' requirements.lock) packages from requirements.lock, a few minutes"
	@$(PIP) install --quiet --require-hashes --no-deps --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@echo "== environment: ready in $(VENV), $$(du -sm $(VENV) | cut -f1) MB"
	@touch $@

# ---- use ----

run: setup ## Run the night of Paris in nine worlds at 1/100, print the scorecard of their medians, draw its pictures
	@echo "== run: $(PARIS), $(WORLDS) worlds at scale $(SCALE), seeds from $(SEED), into $(OUT)"
	@$(BIN)/msgu run $(PARIS) --scale $(SCALE) --seed $(SEED) --worlds each --reps $(WORLDS) --workers $(WORKERS) --out $(OUT) --resume --overwrite
	@$(BIN)/msgu score $(OUT)
	@$(BIN)/msgu report $(OUT)

wheel: setup ## Build wheel and source archive into dist/; the wheel carries the scenarios and needs no checkout
	@$(BIN)/python -m hatchling build -d dist

# ---- checks ----

quick: check-code kernels ## Style, types, import contracts and unit tests: a minute; of one room with ROOM=study
	@echo "== tests: tests/unit/$(ROOM)"
	@$(BIN)/python -m pytest -q $(PARALLEL) -m "not long" tests/unit/$(ROOM) $(PYTEST)

test: check-code kernels toy ## Every check at reduced sizes (times: CONTRIBUTING.md)
	@echo "== tests: reduced sizes"
	@$(BIN)/python -m pytest $(PARALLEL) $(PYTEST)

verify: check-code kernels toy ## Every check at the full figures (hours)
	@echo "== tests: full sizes"
	@$(BIN)/python -m pytest $(PARALLEL) --full $(PYTEST)

check-code: lint types imports

lint: setup
	@echo "== ruff: $$(git ls-files '*.py' | wc -l) files"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup
	@echo "== mypy --strict msgu"
	@$(BIN)/mypy

imports: setup
	@echo "== import contracts"
	@$(BIN)/lint-imports

kernels: setup ## Compile all kernels, before tests or a first run; what is compiled already is found
	@$(BIN)/msgu compile

toy: setup
	@echo "== tests of toy scenarios with compilation off"
	@NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q $(PARALLEL) -m toy $(PYTEST) $$(grep -rlE '\bmark\.toy\b' --include='test_*.py' tests)

format: setup ## Write the code in the one form that `make test` asks for
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

mutants: setup ## Plant one-line faults drawn at random and see whether tests notice (an hour and more; not part of `make test`)
	@test -x $(MUTATOR)/bin/cosmic-ray || { $(PYTHON) -m venv $(MUTATOR); $(MUTATOR)/bin/pip install --quiet cosmic-ray==8.7.0; }
	@$(MUTATOR)/bin/python -m tests.mutants $(MUTANTS)

coverage: setup ## Say which lines unit tests and uncompiled toy runs reach, room by room; pages in build/coverage/html
	@rm -rf build/coverage
	@NUMBA_DISABLE_JIT=1 $(BIN)/python -m coverage run -m pytest -q $(PARALLEL) -m toy $(PYTEST)
	@$(BIN)/python -m coverage run -m pytest -q $(PARALLEL) tests/unit $(PYTEST)
	@$(BIN)/python -m coverage combine --quiet && $(BIN)/python -m coverage html --quiet && $(BIN)/python -m coverage report

wheel-smoke: wheel ## Install the wheel as a stranger would, into an environment of its own, and run it there
	@rm -rf $(SMOKE) && $(PYTHON) -m venv $(SMOKE)
	@$(SMOKE)/bin/python -m pip install --quiet dist/msgu_sim-$$($(BIN)/python -c 'import msgu; print(msgu.__version__)')-*.whl
	@cd $(SMOKE) && bin/msgu run toy --out a && bin/msgu verify a && bin/msgu policies > policies.txt && bin/msgu evidence > evidence.txt
	@cd $(SMOKE) && bin/msgu compare toy --policy text-instead-of-call --reps 2 --out b && test -s b/comparison.html

# ---- upkeep ----

hooks: setup ## Run the checks of .pre-commit-config.yaml before each commit and push of this checkout
	@test -x $(HOOKER)/bin/pre-commit || { $(PYTHON) -m venv $(HOOKER); $(HOOKER)/bin/pip install --quiet pre-commit==4.7.0; }
	@$(HOOKER)/bin/pre-commit install --hook-type pre-commit --hook-type pre-push

notes: setup ## Write what the changelog says of this version to build/notes.md, the text of its release
	@mkdir -p build
	@awk -v version="$$($(BIN)/python -c 'import msgu; print(msgu.__version__)')" \
	  '/^## / {on = $$2 == version} on' CHANGELOG.md > build/notes.md
	@test -s build/notes.md

lock: ## Choose the newest versions that go together again, and write them with their hashes to requirements.lock
	@test -x $(LOCKER)/bin/uv || { $(PYTHON) -m venv $(LOCKER); $(LOCKER)/bin/pip install --quiet uv; }
	@$(LOCKER)/bin/uv pip compile pyproject.toml --group dev --upgrade --universal --fork-strategy fewest \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet \
	  --output-file requirements.lock
	@sed -i '1i # Made by `make lock` from pyproject.toml: what runs and what checks, for CPython 3.11 to 3.13.' requirements.lock
	@echo "== requirements.lock: $$(grep -c '^[a-z].*==' requirements.lock) packages"

clean: ## Remove what checks and builds leave behind; results under out/ stay
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks .coverage
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## The same, and the environment
	@rm -rf $(VENV)
