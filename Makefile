# `make` lists the targets. Everything runs in .venv, which makes itself from requirements-dev.txt.

SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
STAMP := .venv/.installed
# What is compiled once serves every process after: tests start many.
export PYTHONDONTWRITEBYTECODE :=
OUT ?= out
STAGE ?= prod

.DEFAULT_GOAL := help
.PHONY: help run up down reset demo-data import redrive reporting-role console console-dev test unit e2e pages metrics-server browser nightly lint format types check bench chaos docs mutants package deploy rollback releases clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMP) ## Start the whole stack, seed the demo workspace and follow the logs; Ctrl-C stops it all
	@exec $(PY) -m local run

up: $(STAMP) ## The same, detached
	@exec $(PY) -m local up

down: $(STAMP) ## Stop what is running; the data stays
	@exec $(PY) -m local down

reset: $(STAMP) ## Stop it and clear its data, keys and passwords
	@exec $(PY) -m local reset

demo-data: $(STAMP) ## Fill the demo workspace of what is up (DAYS=90 TICKETS=5000; FRESH=1 adds more, SEED=2 differs)
	@$(PY) -m local.demo_data $(if $(DAYS),--days $(DAYS)) $(if $(TICKETS),--tickets $(TICKETS)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(FRESH),--fresh)

import: $(STAMP) ## Take in tickets of another desk (FILE=tickets.json SOURCE=zendesk|freshdesk|csv MAPPING=map.json DRY=1)
	@$(PY) -m local.importing "$(or $(FILE),$(error Name the file: make import FILE=tickets.json))" $(if $(SOURCE),--source $(SOURCE)) $(if $(SYSTEM),--system $(SYSTEM)) \
	  $(if $(MAPPING),--mapping "$(MAPPING)") $(if $(DRY),--dry-run)

redrive: $(STAMP) ## Give a queue again what it gave up on (make redrive QUEUE=webhooks; AWS=1 STACK=mesa-prod for the account's)
	@$(PY) -m local.redrive $(if $(AWS),--aws) $(if $(STACK),--stack $(STACK)) $(or $(QUEUE),$(error Name the queue: make redrive QUEUE=webhooks))

.PHONY: backup restore accept-restore tenant-export tenant-delete

backup: $(STAMP) ## Back the database of what is up here up (FILE=desk.dump; MESA_MIGRATION_URL names another)
	@$(PY) -m local.backup $(if $(FILE),"$(FILE)")

restore: $(STAMP) ## Bring a backup back into what is up here, once all of it is proved to be there (FILE=desk.dump)
	@$(PY) -m local.restore "$(or $(FILE),$(error Name the backup: make restore FILE=desk.dump))"

accept-restore: $(STAMP) ## Accept that audit logs went back with a restored database (REASON="a bad deployment"; AWS=1)
	@$(PY) -m local.accept_restore "$(or $(REASON),$(error Say why: make accept-restore REASON="a bad deployment"))" $(if $(YES),--yes) $(if $(AWS),--aws) $(if $(STACK),--stack $(STACK))

tenant-export: $(STAMP) ## Take out all that a workspace has (WORKSPACE=demo OUT=demo-export; FILES=1 fetches its files)
	@$(PY) -m local.tenant_export "$(or $(WORKSPACE),$(error Name the workspace: make tenant-export WORKSPACE=demo OUT=demo-export))" "$(OUT)" $(if $(FILES),--files) $(if $(AWS),--aws) $(if $(STACK),--stack $(STACK))

tenant-delete: $(STAMP) ## Delete a workspace for good (WORKSPACE=demo; asks for its slug again, YES=1 does not)
	@$(PY) -m local.tenant_delete "$(or $(WORKSPACE),$(error Name the workspace: make tenant-delete WORKSPACE=demo))" $(if $(YES),--yes) $(if $(AWS),--aws) $(if $(STACK),--stack $(STACK))

reporting-role: $(STAMP) ## Give a Grafana its login (make reporting-role WORKSPACE=demo; DROP=1 takes it away)
	@$(PY) -m local.reporting_role $(or $(WORKSPACE),$(error Name the workspace: make reporting-role WORKSPACE=demo)) $(if $(DROP),--drop)

console: $(STAMP) ## Build the console's pages from console/ (needs Node.js 20 or newer, and npm)
	@cd console && npm ci --silent --no-audit --no-fund
	@$(PY) -m local.openapi_document | (cd console && npm run --silent schema)
	@cd console && npm run --silent types && npm run --silent build

console-dev: $(STAMP) ## The same before a stack that runs, built anew at each change (MESA_API=http://127.0.0.1:4566 PORT=4600)
	@cd console && npm ci --silent --no-audit --no-fund && npm run --silent dev

# The tests on a deployed stack mostly wait, for the clock there and for pages, so they run beside the others and report
# after them: all on one stack, for a stack takes as long as many tests. The others, of which several can go on at once, let
# them pass.
test: $(STAMP) metrics-server browser ## Run all the tests: in process with coverage, and on a deployed stack of their own
	@mkdir -p .local; $(PY) -m pytest -q tests/e2e > .local/deployed.log 2>&1 & deployed=$$!; \
	  trap 'kill $$deployed; exit 130' INT TERM HUP; \
	  nice -n 10 $(MAKE) --no-print-directory unit; unit=$$?; \
	  wait $$deployed; deployed=$$?; cat .local/deployed.log; exit $$((unit || deployed))

metrics-server: $(STAMP) ## Have VictoriaMetrics and InfluxDB there, for tests of points; in CI they must be
	@$(PY) -m local.metrics_server

browser: $(STAMP) ## Have a Chromium there, for tests of pages; in CI it must be
	@$(PY) -m local.browser

# Four workers for two processors: many tests wait, for the server or for a time-out. Files go out as they stand: those of
# the most tests first would leave the slowest, of few, for the end.
unit: $(STAMP) metrics-server ## Run the tests in process; chalicelib must be covered to 90 %
	$(PY) -m pytest -q -p tests.support.covering -n 4 --dist loadfile --no-loadscope-reorder --ignore=tests/e2e

e2e: $(STAMP) metrics-server ## Run the tests on a deployed stack, on ports and data of its own
	$(PY) -m pytest -q tests/e2e --ignore=tests/e2e/console

pages: $(STAMP) browser ## The same for the console's pages, in a browser (ONLY=queue_page for one file of them)
	$(PY) -m pytest -q $(if $(ONLY),tests/e2e/console/test_$(ONLY).py,tests/e2e/console)

nightly: $(STAMP) ## Hold business time to 20,000 random examples a property, and walk further over the verbs
	$(PY) -m pytest -q -n 2 --hypothesis-profile=nightly tests/sla/test_hours_properties.py \
	  tests/sla/test_clock_histories.py tests/sla/test_explaining.py tests/sla/test_lives_at_the_desk.py \
	  tests/tickets/test_verb_walks.py

lint: $(STAMP) ## Check style and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: $(STAMP) ## Put style and format right
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: $(STAMP) ## Check types, strictly
	$(PY) -m mypy

check: lint types test ## Style, types and all tests; CI (.ci/run) also builds the console and asks make compat

bench: $(STAMP) ## Measure and print the table of ratios (ONLY=scale for the large desks, ONLY=memory for docs/cost.md)
	$(PY) -m benchmarks $(if $(ONLY),--only $(ONLY))

.PHONY: compat
compat: $(STAMP) ## Say what has changed for callers of the API since the last tag; fails where they break (SINCE=v1.0)
	@$(PY) -m local.compatibility $(if $(SINCE),--since $(SINCE))

chaos: $(STAMP) ## Break what can break, with seeded histories, and hold what must hold (make chaos SEED=7 ONLY=crashes)
	$(PY) -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

.PHONY: fuzz
fuzz: $(STAMP) ## Call every operation as schemathesis draws it, 100,000 times (SEED=7 CALLS=5000 ONLY=list_tickets)
	$(PY) -m tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(CALLS),--calls $(CALLS)) $(if $(ONLY),--only $(ONLY))

mutants: $(STAMP) ## Weaken policies, role checks and signature checks one by one; each must be caught by a test
	$(PY) -m tests.mutants

docs: $(STAMP) ## Write what comes from the source: openapi.json, permissions, lifecycle and its picture, cost, Grafana's dashboards
	$(PY) -m grafana
	$(PY) -m local.openapi_document > docs/openapi.json
	$(PY) -m local.permissions_page > docs/permissions.md
	$(PY) -m local.lifecycle_page > docs/lifecycle.md
	$(PY) -m local.lifecycle_diagram > docs/lifecycle.svg
	$(PY) -m benchmarks.cost_page > docs/cost.md

package: $(STAMP) ## Leave sam.json, deployment.zip and migration.zip in OUT (make package OUT=dir)
	$(PY) -m local.package $(OUT)

deploy: $(STAMP) ## Deploy to AWS what .chalice/stages/prod.json describes (STAGE=prod; YES=1 does not ask; ANEW=1 after a new key)
	@$(PY) -m local.release deploy --stage "$(STAGE)" $(if $(PACKAGE),--package "$(PACKAGE)") $(if $(YES),--yes) $(if $(ANEW),--anew) $(if $(LOSING),--losing)

.PHONY: upload
upload: $(STAMP) ## Only put the package into its bucket, for Terraform and the like (STAGE=prod)
	@$(PY) -m local.release upload --stage "$(STAGE)" $(if $(PACKAGE),--package "$(PACKAGE)")

rollback: $(STAMP) ## Go back to the release before (STAGE=prod; RELEASE=id for another; the database stays as it is)
	@$(PY) -m local.release rollback --stage "$(STAGE)" $(if $(RELEASE),--release "$(RELEASE)") $(if $(YES),--yes) $(if $(LOSING),--losing)

releases: $(STAMP) ## List what was deployed, and what is live (STAGE=prod)
	@$(PY) -m local.release releases --stage "$(STAGE)"

clean: ## Remove the virtual environment and caches; data in .local stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .local/build

$(STAMP): requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Mesa needs Python 3.11 or newer, and $(PYTHON) is not: install one, or name it with make PYTHON=..." >&2; exit 1; }
	@echo "Making the virtual environment: about a minute, once and again when its requirements change."
	@$(PYTHON) -m venv --clear .venv >/dev/null || \
	  { echo "Python's venv module is missing or broken: install it (on Debian and Ubuntu the package python3-venv)." >&2; exit 1; }
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements-dev.txt || \
	  { echo "The requirements could not be installed: pip's own words are above." >&2; exit 1; }
	@touch $@
