# `make run` starts the agent, `make test` checks everything. Both do all their set-up from a bare
# checkout, and are quick the second time: a stamp in each environment is newer than pyproject.toml.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check unit core bench format clean

# Some images forbid cached bytecode; without it each of the tests' thousand processes compiles anew.
unexport PYTHONDONTWRITEBYTECODE

# The first Python from 3.10 to 3.12 that really starts (a version manager's shim may not).
FIND_PYTHON = for p in $(PYTHON) python3.12 python3.11 python3.10 python3 python; do \
	if $$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' >/dev/null 2>&1; \
	then echo $$p; exit 0; fi; done; \
	echo 'make: no Python 3.10, 3.11 or 3.12 was found (later ones have no hyperon 0.2.6 yet).' >&2; \
	echo 'Install one, or name it: make run PYTHON=/path/to/python3.12' >&2; exit 1
# pip 25.1 is the first that knows dependency groups.
MAKE_VENV = python=$$($(FIND_PYTHON)) && { test -x $(1)/bin/python || $$python -m venv $(1) || { \
	rm -rf $(1); echo 'make: venv is missing from this Python; on Debian: apt install python3-venv' >&2; \
	exit 1; }; } && $(1)/bin/python -m pip install -q --upgrade 'pip>=25.1'

# In a terminal pip shows what it fetches; elsewhere, as in CI, it says only what goes wrong.
PIP_INSTALL = .venv/bin/python -m pip install $$(test -t 2 || echo -q)

# One more than the cores of a small machine, for tests wait for processes as well as they compute.
IN_PARALLEL = -n 3 --dist worksteal

help:
	@echo 'make run     start the agent: a REPL in a terminal, else it plays examples/garfield.txt'
	@echo 'make test    lint, type-check and run every test'
	@echo 'make bench   measure every figure and write benchmarks/RESULTS.md (DATA=FOLDER: LoCoMo too)'
	@echo 'make format  format and fix what the linter can'
	@echo 'make clean   remove the environments and caches'

run: .venv/.installed
	@if [ -t 0 ] && [ -t 1 ]; then exec .venv/bin/mettaclaw; \
	else home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && \
	.venv/bin/mettaclaw --home "$$home" run --script examples/garfield.txt; fi

test: check core unit

check: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/basedpyright
	.venv/bin/lint-imports

# Where there is no neural tier: what a newcomer does, and what can tell the tiers apart, for only
# mettaclaw/memory and the doctor look for it. `unit` has everything, with that tier.
CORE = tests/memory tests/tools/test_memory.py tests/test_imports.py tests/test_offline.py \
	tests/e2e/test_newcomer.py tests/ui/test_doctor.py tests/ui/test_examples.py

core: .venv-core/.dev
	.venv-core/bin/python -m pytest $(IN_PARALLEL) -m 'not neural' $(CORE)

unit: .venv/.dev
	.venv/bin/python -m pytest $(IN_PARALLEL)

bench: .venv/.dev
	.venv/bin/python -m benchmarks $(if $(DATA),--data "$(DATA)")

format: .venv/.dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

.venv/.installed: pyproject.toml
	@echo 'Setting up .venv, this once: some 3 to 10 minutes. Ctrl-C stops it; the same command goes on.'
	@rm -f .venv/.neural
	@$(call MAKE_VENV,.venv)
	@echo '1 of 3: the agent itself (fetches about 60 MB)'
	@$(PIP_INSTALL) -e .
	@echo '2 of 3: torch and the search by meaning (0.5 GB; on Linux up to 4 GB, where torch brings CUDA)'
	@$(PIP_INSTALL) -e '.[neural]' && touch .venv/.neural || \
	echo 'make: the neural tier cannot be installed here (see above); going on without it.' >&2
	@echo '3 of 3: hnswlib, for memories of more than 100,000 items (compiled here, if there is a C++ compiler)'
	@.venv/bin/python -m pip install -q -e '.[ann]' >/dev/null 2>&1 || \
	echo 'hnswlib cannot be built here (it needs a C++ compiler); nothing lacks: exact search serves.'
	@touch $@

# The tests want the neural tier: what is skipped without a word is not tested.
.venv/.neural: .venv/.installed
	@test -e $@ || .venv/bin/python -m pip install -q -e '.[neural]'
	@touch $@

.venv/.dev: .venv/.neural
	@.venv/bin/python -m pip install -q --group dev
	@touch $@

.venv-core/.dev: pyproject.toml
	@$(call MAKE_VENV,.venv-core)
	@.venv-core/bin/python -m pip install -q -e . --group test
	@touch $@

clean:
	rm -rf .venv .venv-core .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
