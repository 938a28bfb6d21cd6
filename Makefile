PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
ORACLES := .oracles
WORKERS ?= 2
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help plan test test-all lint format bench clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

plan: $(STAMPS)/plan  ## install kidorui and plan for Japan
	$(BIN)/kidorui plan japan

test: lint  ## the checks and the quick tests
	$(BIN)/python -m pytest -q -m "not slow" -n $(WORKERS) --dist loadgroup

test-all: lint $(ORACLES)/.made  ## the checks and all tests
	KIDORUI_ORACLES=$(ORACLES)/bin/python $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup

lint: $(STAMPS)/dev
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMPS)/dev  ## let ruff set the layout and mend what it can
	$(BIN)/ruff check --fix src tests
	$(BIN)/ruff format src tests

bench: $(STAMPS)/dev  ## time and memory of the large steps
	$(BIN)/python -m benchmarks

clean:  ## remove the environment and all caches
	rm -rf $(VENV) $(ORACLES) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kidorui needs Python 3.11 or newer; say which with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

# Both stamps install in place, so that `plan` sees the source as it stands.
$(STAMPS)/plan: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) -e '.[dev]'
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/plan

# What reads exported files as others will: kept apart, for some of it is under the GPL.
$(ORACLES)/.made: constraints-oracles.txt | $(BIN)/python
	$(BIN)/python -m venv $(ORACLES)
	$(ORACLES)/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints-oracles.txt frictionless pyam-iamc
	@touch $@
