# Everything starts here; each target does its own set-up. What is already done is not done again.

VENV    := .venv
BIN     := $(VENV)/bin
DONE    := $(VENV)/done
WORKERS ?= auto
DATE    ?=
ARGS    ?=

# The first Python 3.11 that starts; PYTHON=/some/python decides otherwise.
PYTHON  ?= $(shell for name in python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$name && break; done)

export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup test demo check night serve bench bench-quick clean

help: ## what can be done here
	@echo "店小二 Xiaoer"
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
	@echo "Then $(BIN)/xiaoer --help lists the commands."

setup: $(DONE)/dependencies $(DONE)/package $(DONE)/browser $(DONE)/translations ## the virtual environment, browser libraries, translations

test: setup ## the tests, on all cores (ARGS="-k money" for some of them)
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

demo: setup ## a simulated bank, one night, and the workbench with ready accounts
	@$(BIN)/xiaoer demo $(ARGS)

night: setup ## run or resume the night (DATE=2026-11-20)
	@$(BIN)/xiaoer night $(if $(DATE),--date $(DATE)) $(ARGS)

serve: setup ## the workbench for what is published
	@$(BIN)/xiaoer serve $(ARGS)

bench: setup ## what is measured, against a floor in the same run
	@$(BIN)/python -m bench $(ARGS)

bench-quick: setup ## the ratios at 100,000 firms beside the recorded ones
	@$(BIN)/python -m bench --quick $(ARGS)

check: setup ## format, lint, types, layers, the house's own rules
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	@XIAOER_HOME=.mypy_cache/home $(BIN)/mypy
	@PYTHONPATH=src $(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.lints

clean: ## forget the environment and what tools left behind (var/ stays)
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 was not found. Install it, or name it: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making the environment with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment. On Debian and Ubuntu: apt-get install python3.11-venv"; exit 1; }

$(DONE)/dependencies: requirements/lock.txt | $(BIN)/python
	@echo "Installing the locked dependencies (once; some minutes on a slow line)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/lock.txt || { \
		echo "The dependencies could not be installed. pip takes its package index from your own settings (pip config list);"; \
		echo "behind a wall, set PIP_INDEX_URL or PIP_FIND_LINKS to your mirror and run this again."; exit 1; }
	@mkdir -p $(DONE) && touch $@

$(DONE)/package: pyproject.toml $(DONE)/dependencies
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DONE)/browser: package-lock.json tools/browser_libraries.py $(DONE)/dependencies
	@$(BIN)/python tools/browser_libraries.py || { \
		echo "The browser libraries could not be fetched. npm takes its registry from your own settings (npm config list)."; exit 1; }
	@touch $@

$(DONE)/translations: $(wildcard src/xiaoer/locale/*/LC_MESSAGES/*.po) tools/translations.py $(DONE)/dependencies
	@$(BIN)/python tools/translations.py
	@touch $@
