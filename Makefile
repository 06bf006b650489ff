# Everything a newcomer and a CI job type. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?=
BIN := .venv/bin
export PYTHON

.PHONY: help setup demo test bench budgets gate decisions trial referee faults lint format lock clean

help: ## say what there is to type
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: ## .venv with everything: the program and the tools that test it
	@scripts/prepare-venv test

demo: ## a whole migration in front of your eyes: install, then `understudy demo`
	@scripts/ensure-tmux
	@scripts/prepare-venv run
	@$(BIN)/understudy demo

test: setup ## the whole test suite, on real tmux servers of its own (ARGS="-k word" narrows it)
	@scripts/ensure-tmux
	@scripts/run-tests $(ARGS)

bench: budgets ## every benchmark, the budgets, and ten thousand cycles, one after the other (minutes)
	@$(BIN)/python -m pytest --benchmark-enable --benchmark-only -r fE
	@UNDERSTUDY_BENCH_LARGE=1 $(BIN)/python -m pytest -q tests/benchmarks/test_bulk_switch.py tests/benchmarks/test_soak.py

budgets: setup ## what looking may cost, at 50, 500 and 1000 agents; fails outside (three minutes)
	@scripts/ensure-tmux
	@UNDERSTUDY_BENCH_LARGE=1 $(BIN)/python -m pytest -q tests/benchmarks/test_budgets.py tests/benchmarks/test_engine_process.py

gate: setup ## may this change go in, by what a cycle costs? (a minute; the rules are in pyproject.toml)
	@scripts/ensure-tmux
	@mkdir -p .benchmarks
	@$(BIN)/python -m pytest -q tests/benchmarks/test_gate_benchmark.py --benchmark-enable --benchmark-json=.benchmarks/gate.json
	@$(BIN)/understudy gate .benchmarks/gate.json

decisions: setup ## how good the judge's decisions are, as a table; fails outside its bounds (under three minutes)
	@$(BIN)/python tests/decisions

trial: setup ## how often `modular` is right on a recorded trial of six real CLIs, as a table (half a minute)
	@$(BIN)/python tests/trial

referee: setup ## how well the referee names what panes did, on a recorded trial; fails outside its bounds (a minute)
	@$(BIN)/python tests/referee

faults: setup ## what kills, stops and shortages do to a run, as a table (under ten minutes; FAULTS=200 tries each more often)
	@scripts/ensure-tmux
	@$(BIN)/python -m pytest tests/faults

lint: setup ## style, formatting, types, and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## put the code into its one format
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lock: ## write both locks anew from pyproject.toml (needs uv)
	@scripts/lock

clean: ## remove .venv and every cache
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
