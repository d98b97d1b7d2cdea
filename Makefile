# Each target sets up what it needs: a virtual environment in .venv with the pinned versions of
# constraints.txt. Another build of torch: make run TORCH="torch==2.13.0+cu130" PIP_FLAGS="--extra-index-url URL"
PYTHON ?= python3
TORCH ?= torch==2.13.0
PIP_FLAGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check bench clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet $(PIP_FLAGS) "$(TORCH)"
	$(BIN)/pip install --quiet $(PIP_FLAGS) --constraint constraints.txt --editable ".[dev]"
	touch $@

run: $(READY)  ## find coefficients on the digits that ship with scikit-learn, in about five minutes
	$(BIN)/scaling-search run quickstart

test: check  ## everything CI runs
	$(BIN)/python -m pytest

check: $(READY)  ## format, lint, types, import contracts: seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## speed, side by side, as ratios
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info
