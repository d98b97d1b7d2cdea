# Each target sets up what it needs: a virtual environment in .venv with the tested versions of
# constraints.txt, and Debian's chromium for the browser tests where it is missing and may be
# installed. Another build of torch, for example for CUDA:
#   make run TORCH=torch==2.13.0+cu130 PIP_FLAGS="--extra-index-url URL"
PYTHON ?= python3
TORCH ?= torch==2.13.0
PIP_FLAGS ?=
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM := /usr/bin/chromium
READY := $(VENV)/.ready

.PHONY: setup run test check bench clean

setup: $(READY)  ## a virtual environment with everything in it

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	sed 's/^torch==.*/$(TORCH)/' constraints.txt > $(VENV)/constraints.txt
	$(BIN)/pip install --quiet $(PIP_FLAGS) --constraint $(VENV)/constraints.txt --editable ".[dev]"
	# Kernels, once and not by each process that trains.
	$(BIN)/python -c "import scaling_search.proxy.cpu.kernels"
	test -x $(CHROMIUM) || test "$$(id -u)" != 0 || (apt-get update -qq && apt-get install -qq \
	  --no-install-recommends chromium) > /dev/null || echo "no chromium: browser tests are skipped"
	touch $@

run: $(READY)  ## find coefficients on the digits that ship with scikit-learn: about five minutes
	$(BIN)/scaling-search run quickstart

check: $(READY)  ## format, lint, types, import contracts: seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check  ## what CI runs
	# A thread for each process: they share the cores already.
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadgroup

bench: $(READY)  ## speed beside the obvious way to do it, as ratios
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info
