"""The words that the shell offers on Tab: presets, data sets, baselines, sweeps.

Errors are silent: completion must never print.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import get_args


def _names(module: str, name: str, *others: str) -> Callable[[str], list[str]]:
    """Offers a constant or the result of a function of a module, which is imported on Tab only."""

    def complete(incomplete: str) -> list[str]:
        value = getattr(import_module(module), name)
        words = get_args(value) or (value if isinstance(value, Iterable) else value())
        return [str(word) for word in (*words, *others) if str(word).startswith(incomplete)]

    return complete


presets = _names("search_spaces.specs.reading", "presets")
strategies = _names("search_spaces.specs.strategy", "StrategyName")
baselines = _names("search_spaces.baselines", "baselines")
quantities = _names("search_spaces.specs.target", "QUANTITIES")
conventions = _names("search_spaces.families", "CONVENTIONS")
formats = _names("search_spaces.exports", "FORMATS")
libraries = _names("search_spaces.exports.layer_names", "LIBRARIES", "scaling-search")
sweep_formats = _names("scaling_search.cli.exports", "FORMATS")
figures = _names("results.views", "FIGURES", "compare")
backends = _names("scaling_search.uses.edge.backends", "BACKENDS")
states = _names("results.states", "SweepState")
scopes = _names("results.states", "AccessScope")


def datasets(incomplete: str) -> list[str]:
    """Built-in and registered data sets."""
    from scaling_search.cli.views.datasets import known_datasets
    from search_spaces.errors import InputError, WorkError

    with contextlib.suppress(InputError, WorkError):
        rows = known_datasets(None)
        return [row["name"] for row in rows if row["name"].startswith(incomplete)]
    return []


def sweeps(incomplete: str) -> Iterator[tuple[str, str]]:
    """Stored sweeps, newest first, with their names."""
    from scaling_search.cli.inputs import existing_store
    from search_spaces.errors import InputError, WorkError

    with contextlib.suppress(InputError, WorkError, OSError), existing_store(None) as store:
        for sweep in store.sweeps():
            if str(sweep.id).startswith(incomplete):
                yield str(sweep.id), f"{sweep.name}, {sweep.state}"
