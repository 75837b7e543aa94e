# The one task runner. `make` lists the targets; logic longer than two lines lives in scripts/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
ENV ?= dev
BIN := .venv/bin
UV := $(BIN)/uv
MEMBERS := layers/longshore cli local
INSTALLED := requirements/uv.txt requirements/dev.txt $(MEMBERS:=/pyproject.toml) \
	cli/hatch_build.py layers/longshore/python/longshore/__init__.py scripts/setup
SIM := $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),1000) --base $(or $(BASE),1))
CORE_TESTS := $(addprefix tests/unit/,domain decide events usecases)

.PHONY: help setup format check check-format lint types unit unit-core unit-rest integration contract e2e validate \
	fuzz sim sim-mutants sim-crashes test test-deployed test-simulated demo bench build deploy lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "%-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ── environments: renewed when a lock is newer than its stamp ─────────────────────────────────

setup: .venv/.ready  ## make .venv, with the command at .venv/bin/longshore

.venv/.ready: $(INSTALLED)
	scripts/setup "$(PYTHON)" $(MEMBERS)
	@touch $@

.venvs/%/.ready: tools/%/requirements.txt .venv/.ready
	$(UV) venv --quiet --clear --python $(BIN)/python .venvs/$*
	$(UV) pip sync --quiet --python .venvs/$* --require-hashes $<
	@touch $@

# ── checks ────────────────────────────────────────────────────────────────────────────────────

format: .venv/.ready  ## format the code and sort its imports
	$(BIN)/ruff check --quiet --select I --fix-only
	$(BIN)/ruff format

check: check-format lint types unit  ## format, lint, types and unit tests: what to run while working

check-format: .venv/.ready
	$(BIN)/ruff format --check --quiet

lint: .venv/.ready
	$(BIN)/ruff check

types: .venv/.ready
	$(BIN)/mypy

unit: .venv/.ready  ## unit tests, both halves side by side
	@$(MAKE) --no-print-directory --output-sync -j2 unit-core unit-rest

unit-core:  # what is pure, and what drives it, must be covered whole
	$(BIN)/coverage run -m pytest $(CORE_TESTS)
	$(BIN)/coverage report

unit-rest:
	$(BIN)/pytest tests/unit $(CORE_TESTS:%=--ignore=%)

integration: .venv/.ready  ## adapters and handlers against moto
	$(BIN)/pytest tests/integration

contract: build  ## the template, the layers and the documents as data
	$(BIN)/pytest tests/contract

e2e: .venvs/ministack/.ready  ## the built application on the embedded AWS
	$(BIN)/pytest tests/e2e

validate: .venvs/cfn-lint/.ready .venvs/sam/.ready .venvs/checkov/.ready  ## judge template.yaml and stacks/
	scripts/validate

fuzz: .venv/.ready  ## forge, bend and repeat deliveries of Git hosts, 100,000 of each kind; SEED=n chooses others
	LONGSHORE_FUZZ=100000 LONGSHORE_SEED=$(or $(SEED),1) $(BIN)/pytest tests/unit/runtime/test_webhook_fuzz.py

sim: .venv/.ready  ## simulate: SEEDS=n seeds from BASE=k on, or the story of one, SEED=n
	@$(BIN)/python -m tests.simulation $(SIM)

sim-mutants: .venv/.ready  ## weaken the protocol on purpose: each weakening must be caught
	@$(BIN)/python -m tests.simulation.mutants

sim-crashes: .venv/.ready  ## die, or lose the reply, at every call of every scenario
	@$(BIN)/python -m tests.simulation.crash

test: check validate build .venvs/ministack/.ready  ## everything that CI runs
	@$(MAKE) --no-print-directory --output-sync -j2 test-deployed test-simulated

test-deployed:  # the one half waits, for the emulator; the other one computes
	$(BIN)/pytest tests/e2e tests/contract

test-simulated:
	$(BIN)/pytest tests/simulation tests/integration

# ── running and shipping ──────────────────────────────────────────────────────────────────────

demo: .venvs/ministack/.ready  ## the whole story on this machine, without an AWS account
	@$(BIN)/longshore demo $(ARGS)

bench: build .venvs/ministack/.ready .venvs/bench/.ready  ## measure beside other deployers; writes docs/performance.md
	@$(BIN)/python -m benchmarks $(ARGS)

build: .venvs/sam/.ready  ## build functions and layers into .aws-sam/build
	$(BIN)/python scripts/build.py

deploy: build  ## deploy to AWS: make deploy ENV=dev|staging|prod
	.venvs/sam/bin/sam deploy --config-env $(ENV) $(ARGS)

lock: .venv/.ready  ## compile all locks anew (ARGS=--upgrade takes newer versions)
	scripts/lock $(ARGS)

clean:  ## remove what was built and cached; environments stay
	rm -rf .aws-sam .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache dist
