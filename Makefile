# Two commands do everything: `make run` and `make test`. Both set up what they need first.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8501
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-$(shell cksum < requirements.txt | cut -d' ' -f1)
TEST_STAMP := $(VENV)/.test-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)
SAMPLE := data/chokepoint-sample.db
# Not built where another store is shown; the app itself builds one that is named by CHOKEPOINT_SAMPLE_DB.
SHOWN_SAMPLE := $(if $(CHOKEPOINT_DB)$(CHOKEPOINT_SAMPLE_DB)$(wildcard data/chokepoint.db),,$(SAMPLE))
SAMPLE_FROM := $(wildcard data/sample/* data/catalog/*.* data/model/*.* data/schema/models.py ingest/*.py ingest/*/*.py)

.PHONY: help run test check bench mutation accuracy cases null power real proof sample screenshots clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(RUN_STAMP) $(SHOWN_SAMPLE) ## serve the app on http://localhost:8501 (PORT=… for another)
	$(BIN)/python -m dashboard --port $(PORT)

test: $(TEST_STAMP) browser ## set up, then run every test
	$(BIN)/python -m pytest -n 3 --dist worksteal

check: $(TEST_STAMP) ## style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(TEST_STAMP) ## timings, as ratios within one run
	$(BIN)/python -m tests.bench

mutation: $(TEST_STAMP) ## whether faults put into page data, proofs and writing make a test fail (an hour or two)
	$(BIN)/python -m tests.studies.mutation

accuracy: $(TEST_STAMP) ## how right the links and stories are, on labelled articles
	$(BIN)/python -m tests.studies.accuracy

cases: $(TEST_STAMP) ## whether files as people bring them are read rightly
	$(BIN)/python -m tests.studies.cases

null: $(TEST_STAMP) ## how often the lead-lag verdict claims what is not there
	$(BIN)/python -m tests.studies.null_suite
	$(BIN)/python -m tests.studies.null_worlds

power: $(TEST_STAMP) ## how often it finds what is there
	$(BIN)/python -m tests.studies.power_suite

proof: $(TEST_STAMP) ## whether 50 proof links hold through all that changes a store (STORE=… for a copy of your own)
	$(BIN)/python -m tests.studies.proof_run $(STORE)

real: $(TEST_STAMP) $(if $(STORE),,$(SAMPLE)) ## what a store's own news and prices say, as one family (STORE=… for another than the sample)
	$(BIN)/python -m tests.studies.real_family $(or $(STORE),$(SAMPLE))

sample: $(SAMPLE) ## build the bundled sample's store, data/chokepoint-sample.db, where it is out of date

# Newer files alone rebuild nothing: the command compares what the store was made from.
$(SAMPLE): $(SAMPLE_FROM) | $(RUN_STAMP)
	$(BIN)/python -m ingest sample --store $@
	@touch $@

screenshots: $(TEST_STAMP) browser ## take the pictures in docs/pictures/ again
	$(BIN)/python -m tests.studies.screenshots

clean: ## remove what the commands above made, but no store
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

# A browser for the tests that click: Debian's, installed where we may; the tests say so when there is none.
.PHONY: browser
browser:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || { \
	  if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk; \
	  elif command -v apt-get >/dev/null 2>&1 && command -v sudo >/dev/null 2>&1; then sudo apt-get update -qq && sudo apt-get install -y -qq chromium fonts-noto-cjk; \
	  else echo "No Chromium found: the browser tests will be skipped. Install the package chromium to run them."; fi; }

$(RUN_STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Chokepoint needs Python 3.11 or newer; name one with PYTHON=python3.12"; exit 2; }
	@echo "Setting up, this once: some minutes on a slow line …"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(TEST_STAMP): $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
