# `make` alone lists what there is.  Prerequisites: Python 3.11+, Node.js 20+ and make.

SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
BOOTSTRAP := $(PYTHON) scripts/bootstrap.py
FOLDERS := backend tests scripts examples clients benchmarks
FUZZ_SECONDS ?= 60
FUZZ_CASES ?= 120

.DEFAULT_GOAL := help
.PHONY: help run dev test sure e2e matrix bench bench-growth bench-concurrency bench-parts chaos fuzz openapi format lint types imports frontend clean ready ready-to-run ready-to-test ready-to-bench

help: ## list the commands
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use
run: ready-to-run ## everything from a fresh clone to the demo county at http://127.0.0.1:8000 (Ctrl-C stops it)
	@GUANBIAO_DEMO=$${GUANBIAO_DEMO-1} exec $(BIN)/guanbiao run

dev: ready ## the same with reloading: API at :8000, pages at http://127.0.0.1:5173
	@trap 'kill $$pages 2>/dev/null' EXIT INT TERM; \
		npm --prefix frontend run dev & pages=$$!; \
		GUANBIAO_DEMO=$${GUANBIAO_DEMO-1} $(BIN)/guanbiao run --reload

##@ Check
test: ready-to-test ## everything from a fresh clone to all checks and all tests, the browser's included
	@$(BIN)/python scripts/check.py test

sure: ready ## the inner loop: all checks, and the tests that need no browser and are not slow
	@$(BIN)/python scripts/check.py sure

e2e: ready-to-test ## only the tests that drive a browser
	@$(BIN)/python -m pytest -q -m e2e

matrix: ready ## ask every operation as every role about every place, and write docs/matrix.md (some minutes)
	@$(BIN)/python -m tests.matrix.table && MATRIX_PERCENT=100 $(BIN)/python -m pytest -q tests/matrix tests/house/test_matrix.py

bench: ready-to-bench ## measure beside a floor and the usual ways, and write benchmarks/report.md (ten minutes)
	@$(BIN)/python -m benchmarks $(BENCH)

bench-growth: ready-to-bench ## the same requests in one township and in the whole country (hours, 50 GB); GROWTH="--villages 31000 ..."
	@$(BIN)/python -m benchmarks.growth $(GROWTH)

bench-concurrency: ready-to-bench ## 64 clients on the same 10 runs, and what worker, feed and dashboards cost meanwhile
	@$(BIN)/python -m benchmarks.concurrency $(CONCURRENCY)

bench-parts: ready ## measure parts by themselves: the change feed, webhooks, import of 100,000 rows
	@$(BIN)/python -m scripts.bench
	@$(BIN)/python -m scripts.bench_feed
	@$(BIN)/python -m scripts.bench_webhooks
	@GUANBIAO_ROWS=100000 $(BIN)/python -m pytest -q -s tests/test_worker.py -k many_rows

chaos: ready-to-test ## eight write and everything is killed at random for two minutes; CHAOS_SECONDS, CHAOS_SEED
	@CHAOS_SECONDS=$${CHAOS_SECONDS-120} $(BIN)/python -m pytest -q -s tests/chaos

fuzz: ready ## strange files to every reader, strange requests to every operation; FUZZ_SECONDS=60 for each reader
	@$(BIN)/python -m scripts.fuzz $(FUZZ_SECONDS)
	@GUANBIAO_ATTACK=$(FUZZ_CASES) GUANBIAO_FLOOD=10000 $(BIN)/python -m pytest -q -s tests/attack

format: ready ## put Python into the house's format
	@$(BIN)/ruff format $(FOLDERS) && $(BIN)/ruff check --fix --quiet $(FOLDERS)

lint: ready ## ruff on Python, eslint on the pages
	@$(BIN)/ruff check $(FOLDERS) && $(BIN)/ruff format --check $(FOLDERS) && npm --prefix frontend run --silent lint

types: ready ## mypy --strict on Python, vue-tsc on the pages
	@$(BIN)/mypy && npm --prefix frontend run --silent typecheck

imports: ready ## the floors: app -> api -> domain -> db
	@$(BIN)/lint-imports

##@ Make
openapi: ready ## write openapi/openapi.json from the code, and the client packages from it
	@$(BIN)/guanbiao openapi && $(BIN)/python -m scripts.clients && npm --prefix frontend run --silent generate

data-map: ready ## write docs/data-map.md from the tables
	@$(BIN)/python -m scripts.data_map

frontend: ready ## build the pages
	@:

clean: ## remove what can be made again; the data in .guanbiao stay
	@rm -rf .venv frontend/node_modules frontend/dist test-results .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis .cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready-to-run:
	@$(BOOTSTRAP) run

ready:
	@$(BOOTSTRAP) sure

ready-to-test:
	@$(BOOTSTRAP) test

ready-to-bench:
	@$(BOOTSTRAP) bench
