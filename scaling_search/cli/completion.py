"""What the shell offers on Tab: presets, data sets, baselines, sweeps.

Failures are silent: completion must never print.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


def presets(incomplete: str) -> list[str]:
    """Shipped presets."""
    from search_spaces.specs.reading import presets as shipped

    return [name for name in shipped() if name.startswith(incomplete)]


def strategies(incomplete: str) -> list[str]:
    """How a sweep may spend its budget."""
    from typing import get_args

    from search_spaces.specs.strategy import StrategyName

    return [name for name in get_args(StrategyName) if name.startswith(incomplete)]


def datasets(incomplete: str) -> list[str]:
    """Built-in and registered data sets."""
    from scaling_search.cli.views.datasets import known_datasets
    from search_spaces.errors import InputError, WorkError

    try:
        rows = known_datasets(None)
    except (InputError, WorkError):
        return []
    return [row["name"] for row in rows if row["name"].startswith(incomplete)]


def baselines(incomplete: str) -> list[str]:
    """Known baselines."""
    from search_spaces.baselines import baselines as known

    return [name for name in known() if name.startswith(incomplete)]


def sweeps(incomplete: str) -> Iterator[tuple[str, str]]:
    """Stored sweeps, newest first, with their names."""
    from scaling_search.cli.inputs import existing_store
    from search_spaces.errors import InputError, WorkError

    with contextlib.suppress(InputError, WorkError, OSError), existing_store(None) as store:
        for sweep in store.sweeps():
            if str(sweep.id).startswith(incomplete):
                yield str(sweep.id), f"{sweep.name}, {sweep.state}"


def states(incomplete: str) -> list[str]:
    """States of a sweep."""
    from results.states import SweepState

    return [state.value for state in SweepState if state.startswith(incomplete)]


def figures(incomplete: str) -> list[str]:
    """Kinds of figures."""
    from results.views import FIGURES
    from scaling_search.cli.figures import COMPARE

    return [name for name in (*FIGURES, COMPARE) if name.startswith(incomplete)]


def conventions(incomplete: str) -> list[str]:
    """Conventions for φ."""
    from search_spaces.families import CONVENTIONS

    return [name for name in CONVENTIONS if name.startswith(incomplete)]


def quantities(incomplete: str) -> list[str]:
    """What networks are matched on."""
    from search_spaces.specs.target import QUANTITIES

    return [name for name in QUANTITIES if name.startswith(incomplete)]


def formats(incomplete: str) -> list[str]:
    """Formats of networks."""
    from search_spaces.exports import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete)]


def sweep_formats(incomplete: str) -> list[str]:
    """Formats of a sweep and of its family."""
    from scaling_search.cli.exports import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete)]


def backends(incomplete: str) -> list[str]:
    """What runs networks."""
    from scaling_search.uses.edge.backends import BACKENDS

    return [name for name in BACKENDS if name.startswith(incomplete)]


def libraries(incomplete: str) -> list[str]:
    """Whose names of weights are known."""
    from search_spaces.exports.layer_names import LIBRARIES

    return [name for name in (*LIBRARIES, "scaling-search") if name.startswith(incomplete)]


def scopes(incomplete: str) -> list[str]:
    """Scopes of a token."""
    from results.states import AccessScope

    return [scope.value for scope in AccessScope if scope.startswith(incomplete)]
