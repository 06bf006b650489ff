# The commands for a new contributor and for CI. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?=
BIN := .venv/bin
export PYTHON

.PHONY: help setup demo check test bench budgets gate decisions trial referee faults lint format lock clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: ## install .venv: the program and its test tools
	@scripts/prepare-venv test

demo: ## install, then show a whole migration: `understudy demo`
	@scripts/ensure-tmux
	@scripts/prepare-venv run
	@$(BIN)/understudy demo

check: setup ## run the pure tests: no tmux, server, browser or benchmark (a minute on two free cores; ARGS="-k word" narrows it)
	@HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -q --pure -n "$$(getconf _NPROCESSORS_ONLN)" --dist loadfile $(ARGS)

test: setup ## run the whole test suite, on real tmux servers of its own (ARGS="-k word" narrows it)
	@scripts/ensure-tmux
	@scripts/run-tests $(ARGS)

bench: budgets ## run every benchmark, the budgets, and ten thousand cycles, one after the other (minutes)
	@$(BIN)/python -m pytest --benchmark-enable --benchmark-only -r fE
	@UNDERSTUDY_BENCH_LARGE=1 $(BIN)/python -m pytest -q tests/benchmarks/test_bulk_switch.py tests/benchmarks/test_soak.py

budgets: setup ## check the cost of a look at up to 1000 agents and of a ledger of months; fails above the budgets (six minutes)
	@scripts/ensure-tmux
	@UNDERSTUDY_BENCH_LARGE=1 $(BIN)/python -m pytest -q tests/benchmarks/test_budgets.py tests/benchmarks/test_engine_process.py tests/benchmarks/test_large_ledger.py

gate: setup ## check the cost of a cycle against the gate's rules in pyproject.toml (two minutes)
	@scripts/ensure-tmux
	@mkdir -p .benchmarks
	@$(BIN)/python -m pytest -q tests/benchmarks/test_gate_benchmark.py --benchmark-enable --benchmark-json=.benchmarks/gate.json
	@$(BIN)/understudy gate .benchmarks/gate.json

decisions: setup ## tabulate the error rates of rollout decisions; fails outside their bounds (under three minutes)
	@$(BIN)/python tests/decisions

trial: setup ## tabulate the accuracy of `modular` on recordings of six real CLIs (half a minute)
	@$(BIN)/python tests/trial

referee: setup ## measure the referee's accuracy on recordings; fails outside its bounds (a minute)
	@$(BIN)/python tests/referee

faults: setup ## tabulate a run's behaviour under kills, stops and shortages (under ten minutes; FAULTS=200 repeats each more)
	@scripts/ensure-tmux
	@$(BIN)/python -m pytest tests/faults

lint: setup ## check style, formatting, types and import layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## format the code
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lock: ## write the locks anew from pyproject.toml (needs uv)
	@scripts/lock

clean: ## remove .venv and every cache
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
