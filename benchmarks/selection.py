"""How often the verdict is right and its probabilities hold, where the truth is known.

Simulates sweeps on objectives with a known optimum on the triangle, on rough ones, on flat ones and
on pure noise, with the noise of real sweeps and with less, and selects from each. Nothing is
trained. `docs/selection.md` shows what came out, and where the noise was measured.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.objectives import Conditions, Floats, Kind
from benchmarks.report import Figure
from benchmarks.simulation import Judged, simulated

KINDS: tuple[Kind, ...] = ("optimum", "rough", "flat", "noise")
SETTINGS = {
    "3 seeds": Conditions(seeds=3, images=2_000, seed_sd=0.02),
    "10 seeds": Conditions(seeds=10, images=2_000, seed_sd=0.02),
    "less noise": Conditions(seeds=5, images=10_000, seed_sd=0.006),
    "three candidates": Conditions(seeds=3, images=2_000, seed_sd=0.02, divisions=1, regret=0.02),
}
_BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
Rows = list[tuple[float, float, int]]


def summary(found: Sequence[Judged], allowed: float) -> dict[str, float]:
    """What became of the sweeps; shares and accuracies."""
    verdicts = Counter(one.verdict for one in found)
    kept = np.array([one.regret <= allowed for one in found])
    concluded = np.array([one.verdict != "inconclusive" for one in found])
    named = sum(int(one.named.sum()) for one in found)
    wrong = sum(int((one.regrets[one.named] > allowed).sum()) for one in found)
    return {
        **{name: verdicts[name] / len(found) for name in ("chosen", "equivalent", "inconclusive")},
        "trials": float(np.mean([one.trials for one in found])),
        "regret": float(np.mean([one.regret for one in found])),
        "regret_of_highest": float(np.mean([one.regret_of_highest for one in found])),
        "wrong": float((~kept & concluded).sum() / max(concluded.sum(), 1)),
        "wrongly_named": wrong / max(named, 1),
        "held": float(np.mean([one.held for one in found])),
        "certainty": float(np.mean([one.certainty for one in found])),
        "kept": float(kept.mean()),
    }


def reliability(stated: Floats, happened: NDArray[np.bool_]) -> Rows:
    """Stated and observed frequency, and how many statements, in bins of what was stated."""
    place = np.clip(np.digitize(stated, _BINS) - 1, 0, len(_BINS) - 2)
    rows = []
    for bin_number in range(len(_BINS) - 1):
        here = place == bin_number
        if here.any():
            rows.append((float(stated[here].mean()), float(happened[here].mean()), int(here.sum())))
    return rows


def off(rows: Rows) -> float:
    """Mean distance of stated from observed frequency, over all statements."""
    counts = np.array([count for _, _, count in rows])
    distances = np.array([abs(stated - observed) for stated, observed, _ in rows])
    return float((counts * distances).sum() / counts.sum())


def being_best(found: Sequence[Judged]) -> Rows:
    """Reliability of the probabilities of being best, where one is."""
    return reliability(
        np.concatenate([one.best for one in found]),
        np.concatenate([one.regrets == 0 for one in found]),
    )


def staying_within(found: Sequence[Judged], allowed: float) -> Rows:
    """Reliability of every candidate's probability that its regret is at most δ."""
    return reliability(
        np.concatenate([one.within for one in found]),
        np.concatenate([one.regrets <= allowed for one in found]),
    )


def being_sure(found: Sequence[Judged], allowed: float) -> Rows:
    """Reliability of the leader's."""
    return reliability(
        np.array([one.certainty for one in found]),
        np.array([one.regret <= allowed for one in found]),
    )


_COLUMNS = {
    "chosen": "chosen",
    "equivalent": "equivalent",
    "inconclusive": "inconclusive",
    "trials": "trials",
    "regret": "regret of the leader, points",
    "regret_of_highest": "of the highest mean",
    "wrong": "concluded with regret > δ",
    "wrongly_named": "named as good with regret > δ",
    "held": "joint intervals held",
    "certainty": "stated: leader's regret ≤ δ",
    "kept": "observed",
}


def _cell(key: str, value: float) -> str:
    if key == "trials":
        return f"{value:.0f}"
    return f"{100 * value:.2f}" if key.startswith("regret") else f"{value:.1%}"


def line(name: str, values: dict[str, float]) -> str:
    """A row of the table."""
    return f"| {name} | {' | '.join(_cell(key, values[key]) for key in _COLUMNS)} |"


def header() -> str:
    """The head of the table."""
    return f"| objective | {' | '.join(_COLUMNS.values())} |\n| --- |{' ---: |' * len(_COLUMNS)}"


def _show(title: str, rows: Rows) -> None:
    print(f"\n{title}: off by {100 * off(rows):.1f} points on average\n")
    print("| stated | observed | statements |\n| ---: | ---: | ---: |")
    for stated, observed, count in rows:
        print(f"| {stated:.1%} | {observed:.1%} | {count:,} |", flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--sweeps", type=int, default=500, help="of each kind in each setting")
    parser.add_argument("--first", type=int, default=0, help="number of the first sweep")
    parser.add_argument("--settings", nargs="*", choices=SETTINGS, help="only these")


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Simulate and print tables in Markdown."""
    sweeps = 2 if arguments.tiny else arguments.sweeps
    for name, conditions in SETTINGS.items():
        if arguments.settings and name not in arguments.settings:
            continue
        started = time.process_time()
        found = {kind: simulated(kind, conditions, sweeps, first=arguments.first) for kind in KINDS}
        seconds = (time.process_time() - started) / (len(KINDS) * sweeps)
        candidates = (conditions.divisions + 1) * (conditions.divisions + 2) // 2
        print(
            f"\n### {name}\n\n{sweeps} sweeps of each kind: {candidates} candidates, "
            f"{conditions.seeds} seeds, {conditions.images:,} images, "
            f"{100 * conditions.seed_sd:g} points between seeds, δ = "
            f"{100 * conditions.regret:g} points\n\n{header()}"
        )
        for kind in KINDS:
            print(line(kind, summary(found[kind], conditions.regret)), flush=True)
        differing = [*found["optimum"], *found["rough"]]
        best, within = being_best(differing), staying_within(differing, conditions.regret)
        sure = being_sure(differing, conditions.regret)
        _show("Probability of being best (optimum, rough)", best)
        _show("Probability of a regret of at most δ, every candidate (optimum, rough)", within)
        _show("The same of the leader (optimum, rough)", sure)
        chosen = summary(found["noise"], conditions.regret)["chosen"]
        yield Figure(f"{name}: `chosen` on pure noise", 100 * chosen, "%", below=5)
        for what, rows in (("being best", best), ("regret ≤ δ", within), ("leader's", sure)):
            yield Figure(f"{name}: probabilities off, {what}", 100 * off(rows), "points", below=5)
        yield Figure(f"{name}: a sweep simulated and judged, one core", 1000 * seconds, "ms")
