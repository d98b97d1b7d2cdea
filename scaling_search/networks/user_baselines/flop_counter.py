"""FLOPs of networks that have no closed form: built and measured by fvcore, once each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from search_spaces.baselines.user import COUNTER
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec

if TYPE_CHECKING:
    from scaling_search.networks.measure import Measured

Recall = Callable[[NetworkSpec], Complexity | None]
"""What an earlier run measured of a network, if it did."""

_listeners: list[Callable[[int], None]] = []
_recall: list[Recall] = []


@cache
def known() -> dict[NetworkSpec, Measured]:
    """What this process has measured."""
    return {}


def _count(spec: NetworkSpec) -> Complexity:
    measured = known().get(spec)
    if measured is not None:
        return measured.complexity
    for recall in _recall:
        stored = recall(spec)
        if stored is not None:
            return stored
    from scaling_search.networks.measure import measure  # torch takes seconds to import

    known()[spec] = measure(spec)
    for listener in _listeners:
        listener(len(known()))
    return known()[spec].complexity


def enable() -> None:
    """Let this process build and measure networks of baselines without a closed form."""
    COUNTER.set(_count)


@contextmanager
def remember(recall: Recall, listener: Callable[[int], None]) -> Iterator[None]:
    """For the length of a block, ask `recall` before measuring, and `listener` hears the count."""
    _recall.append(recall)
    _listeners.append(listener)
    try:
        yield
    finally:
        _recall.remove(recall)
        _listeners.remove(listener)
