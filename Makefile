# The verbs of BrokerFlow. Each does the set-up it needs; set-up that is up to date costs a fraction of a second.
.DEFAULT_GOAL := help
.PHONY: demo up test check lock bench accept doctor clean help

PYTHON := .venv/bin/python
SETUP := @sh cli/bootstrap.sh
TWICE := -n 2 --dist load
# two more processes for the houses on Prefect, which mostly wait
FOURFOLD := -n 4 --dist load
UNIT := not browser and not night and not office and not postgresql and not setup and not service

# without internet Prefect's telemetry delays every flow run by half a minute
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

demo: ## run the night on the demo brokerage, on a real Prefect server and worker
	$(SETUP) packages keys browser fonts
	@$(PYTHON) -m cli.main demo

up: ## start Prefect, a worker, the desk and the sandbox; Ctrl-C stops them all
	$(SETUP) packages keys browser fonts
	@$(PYTHON) -m cli.main up

test: ## all tests: browser, PostgreSQL, LibreOffice and the whole night included
	$(SETUP) packages keys browser fonts office
	$(PYTHON) -m pytest -rs $(FOURFOLD)

check: ## format, lint, types, import rules, unit tests; green means ready
	$(SETUP) packages keys
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) -m pytest -m '$(UNIT)' $(TWICE)

COMPILE := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

lock: ## write requirements.lock and bootstrap.lock (the installer itself), hashes and no address in them
	$(SETUP) packages
	$(COMPILE) pyproject.toml --group dev -o requirements.lock
	echo uv | $(COMPILE) - -o bootstrap.lock

bench: ## run every measurement of benchmarks/
	$(SETUP) packages keys browser fonts
	@for measurement in benchmarks/*.py; do echo "== $$measurement"; $(PYTHON) $$measurement || exit 1; done

accept: ## try every promise of the issue on this machine and write docs/acceptance.md
	$(SETUP) packages keys browser fonts office
	$(PYTHON) -m tests.acceptance

doctor: ## check the installation and say how to mend it
	$(SETUP) packages keys
	@$(PYTHON) -m cli.main doctor

clean: ## remove the environment, stamps and caches; data/ and .env stay
	rm -rf .venv .setup .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' Makefile | expand -t 10
