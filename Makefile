# The commands of this project; `make` or `make help` lists them.
# They call Python scripts under tools/, so that the same works without make: see CONTRIBUTING.md.

PYTHON ?=
# What runs before the virtual environment exists; any Python 3 will do.
BOOT := $(if $(PYTHON),$(PYTHON),$(shell command -v python3 || command -v python || echo python3))
VENV := .venv
ifeq ($(OS),Windows_NT)
RUN := $(VENV)/Scripts/python.exe
else
RUN := $(VENV)/bin/python
endif

.DEFAULT_GOAL := help
.PHONY: help setup doctor demo demo-empty test test-fast test-sfdx contract check format bench torture lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

doctor: ## say what this machine lacks and how to install it
	@$(BOOT) tools/doctor.py

setup: ## make the virtual environment for development (.venv)
	@$(BOOT) tools/bootstrap.py --python "$(PYTHON)"

demo: ## run the whole product with a Salesforce org in a box
	@$(BOOT) tools/bootstrap.py --python "$(PYTHON)" --lock requirements/runtime.txt
	@exec $(RUN) -m tools.demo

demo-empty: ## the same before anything was set up; it prints the first steps (docs/walk.md)
	@$(BOOT) tools/bootstrap.py --python "$(PYTHON)" --lock requirements/runtime.txt
	@exec $(RUN) -m tools.demo --empty

test: setup ## run every test: SQLite, PostgreSQL, browser, package; and all checks
	@exec $(RUN) -m tools.run_tests

test-fast: setup ## unit tests on SQLite, under a minute
	@exec $(RUN) -m tools.run_tests unit-sqlite --fast

test-sfdx: setup ## the Salesforce package, checked without an org
	@exec $(RUN) -m tools.sfdx

contract: setup ## ask an org what devorg promises: ORG_URL=… ORG_TOKEN=… (docs/assumptions.md)
	@exec $(RUN) -m tools.contract

check: setup ## lint, format, types, doors, rules, security
	@exec $(RUN) -m tools.check

format: setup ## format the code and mend what the linter can mend
	@$(RUN) -m ruff format . && $(RUN) -m ruff check --fix .

bench: setup ## measure, side by side with baselines
	@exec $(RUN) -m benchmarks

torture: setup ## break things many times and count the activities (docs/reliability.md)
	@exec $(RUN) -m tools.torture

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
	  --upgrade pyproject.toml --output-file requirements/runtime.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
	  --upgrade --constraint requirements/runtime.txt --group dev \
	  pyproject.toml --output-file requirements/dev.txt

clean: ## remove what tests leave behind; demo data (.inlay) stays
	rm -rf .inlay-test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
