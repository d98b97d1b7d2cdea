"""pandas frames of a sweep, for notebooks and files.

Column names are those of the records; times are aware, in UTC.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from results.reader import Reader
from results.states import TrialState
from results.values import Candidate, EdgeMeasurement, Epoch, StoredMember, Trial
from search_spaces.specs.sweep import FRESH

_OF_CANDIDATE = [
    "index",
    "roles",
    "alpha",
    "beta",
    "gamma",
    "flops",
    "params",
    "activations",
    "measured_ratio",
]


def trials(reader: Reader, sweep_id: int) -> pd.DataFrame:
    """One row a trial, with its candidate's index, coefficients and complexity."""
    rows = reader.trials(sweep_id)
    if not rows:
        reader.sweep(sweep_id)  # raises if there is none
    frame = _frame(Trial, rows).rename(columns={"candidate": "index"})
    frame.insert(1, "sweep_id", sweep_id)
    return frame[[*frame.columns.difference(_OF_CANDIDATE, sort=False), *_OF_CANDIDATE]]


def epochs(
    reader: Reader, sweep_id: int, *, trial_ids: Collection[int] | None = None
) -> pd.DataFrame:
    """One row an epoch of an attempt, with its trial's candidate and seed.

    `trial_ids`: of these trials alone.
    """
    frame = _frame(Epoch, reader.epochs(sweep_id, trial_ids=trial_ids))
    frame = frame.rename(columns={"trial": "trial_id", "candidate": "index"})
    return frame.sort_values(["trial_id", "attempt", "epoch"], ignore_index=True)


def family(members: Sequence[StoredMember]) -> pd.DataFrame:
    """One row a family member."""
    return _frame(StoredMember, members).drop(columns=["id", "coefficients_id"])


def candidates(reader: Reader, sweep_id: int) -> pd.DataFrame:
    """One row a candidate in the plan's order, with what its finished trials of the search reached.

    `seeds` counts the finished ones; `train_seconds` is their mean.
    """
    found = reader.candidates(sweep_id)
    frame = _frame(Candidate, found).rename(columns={"finished": "seeds"})
    for place, name in enumerate(("alpha", "beta", "gamma")):
        frame[name] = [one.representative[place] for one in found]
    trials = _frame(Trial, reader.trials(sweep_id))
    finished = trials[(trials["state"] == TrialState.FINISHED) & (trials["seed"] < FRESH)]
    by_candidate = finished.groupby("candidate_id")
    # Not as the database counts them: its sample deviation has fewer digits.
    frame["accuracy_mean"] = frame["id"].map(by_candidate["accuracy"].mean())
    frame["accuracy_std"] = frame["id"].map(by_candidate["accuracy"].std())
    frame["train_seconds"] = frame["id"].map(by_candidate["train_seconds"].mean())
    return frame


def edge(reader: Reader, spec_keys: Collection[str] | None = None) -> pd.DataFrame:
    """One row a measurement of what a network took on a machine, the newest first."""
    return _frame(EdgeMeasurement, reader.edge_measurements(spec_keys))


def pareto_front(reader: Reader, sweep_id: int) -> pd.DataFrame:
    """The candidates that no other beats in accuracy (mean over seeds) at as few FLOPs.

    By FLOPs, ascending; columns as in `candidates`. Candidates without a finished trial are out.
    """
    frame = candidates(reader, sweep_id)
    frame = frame[frame["seeds"] > 0]
    on_front = pareto_mask(frame["flops"].to_numpy(), frame["accuracy_mean"].to_numpy())
    return frame[on_front].sort_values("flops", ignore_index=True)


def pareto_mask(cost: npt.NDArray[Any], gain: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which points no other point beats: none costs as little or less and gains as much or more.

    Of points equal in both, all are kept. O(n log n); both arguments and the result have shape
    (n,).
    """
    order = np.lexsort((-gain, cost))
    sorted_cost, sorted_gain = cost[order], gain[order]
    best_before = np.concatenate(([-np.inf], np.maximum.accumulate(sorted_gain)[:-1]))
    mask = sorted_gain > best_before
    for repeat in np.flatnonzero((np.diff(sorted_cost) == 0) & (np.diff(sorted_gain) == 0)):
        mask[repeat + 1] = mask[repeat]
    result = np.empty(len(order), dtype=np.bool_)
    result[order] = mask
    return result


def _frame(record: type[Any], rows: Sequence[Any]) -> pd.DataFrame:
    # Not asdict: it would copy every specification deeply.
    names = [field.name for field in fields(record)]
    return pd.DataFrame(
        {name: pd.Series([getattr(row, name) for row in rows]) for name in names}
        if rows
        else {name: pd.Series(dtype="object") for name in names}
    )
