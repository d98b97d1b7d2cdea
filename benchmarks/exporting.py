"""Deriving a whole family and writing it in every format, without measuring FLOPs.

The caches of the closed form are emptied before every derivation.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

from benchmarks.report import Figure
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.exports import FORMATS, named
from search_spaces.families import FamilyMember, family
from search_spaces.networks.complexity import chain_complexity
from search_spaces.networks.rounding import Rounding

COEFFICIENTS = Coefficients(1.05, 1.15, 1.16)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The repetitions."""
    parser.add_argument("--repeats", type=int, default=20, help="medians of so many")


def derived() -> tuple[FamilyMember, ...]:
    """b0 to b7 at even resolutions, which every format can express."""
    chain_complexity.cache_clear()
    frame = Frame.of(get_baseline("efficientnet_b0"), rounding=Rounding(resolution_multiple=2))
    return family(frame, COEFFICIENTS)


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Deriving, then each format."""
    repeats = 2 if arguments.tiny else arguments.repeats
    yield Figure("derive b0 to b7", 1e3 * _seconds(derived, repeats), "ms", below=1000)
    members = named(derived())
    total = 0.0
    for name, form in FORMATS.items():
        taken = 1e3 * _seconds(lambda form=form: form.many(members), repeats)
        total += taken
        yield Figure(f"write b0 to b7 for {name}", taken, "ms")
    yield Figure("write b0 to b7 in all formats", total, "ms", below=1000)


def _seconds(work: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
