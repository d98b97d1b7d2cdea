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

.PHONY: setup run test test-processors check bench clean

setup: $(READY)  ## a virtual environment with everything in it

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	sed 's/^torch==.*/$(TORCH)/' constraints.txt > $(VENV)/constraints.txt
	$(BIN)/pip install --quiet $(PIP_FLAGS) --constraint $(VENV)/constraints.txt --editable ".[dev]"
	# Kernels, once and not by each process that trains.
	$(BIN)/python -c "import scaling_search.training.cpu.kernels"
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

# What trains, computes with torch or judges by floating-point numbers, and each way to have another
# processor's rounding: layers, instruction sets and matrix products of oneDNN, PyTorch, MKL, numba
# and OpenBLAS.
ROUNDING := $(addprefix tests/scaling_search/,evidence networks training uses sweeps/strategies \
  sweeps/validation cli/test_edge.py cli/test_transfer.py) \
  tests/benchmarks/test_selection.py tests/search_spaces/exports/test_loading.py
PROCESSORS := SCALING_SEARCH_COMPILED_LAYERS=0 ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=default \
  MKL_CBWR=COMPATIBLE NUMBA_CPU_NAME=generic OPENBLAS_CORETYPE=Haswell

test-processors: $(READY)  ## those tests once for each, a few minutes each
	for change in $(PROCESSORS); do \
	  echo "$$change" && env OMP_NUM_THREADS=1 "$$change" \
	    $(BIN)/python -m pytest -q -n auto --dist loadgroup $(ROUNDING) || exit 1; \
	done

bench: $(READY)  ## speed beside the obvious way to do it, as ratios
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info
