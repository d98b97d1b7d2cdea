"""Plans and results made up for figures, as the frames that `results.frames` gives."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from search_spaces.coefficients import Shares

START = datetime(2026, 1, 1, tzinfo=UTC)
BASE = {
    "roles": ("search",),
    "spec": {"stages": [{"depth": 2}, {"depth": 3}], "resolution_px": 64},
    "eligible": True,
    "diverged": 0,
    "failed": 0,
}


class Made:
    """Frames of a sweep with any number of candidates."""

    @staticmethod
    def candidates(count, *, seeds=3, noise=0.004, references=True):
        """A baseline, the published coefficients, and `count` candidates; the middle is best."""
        random = np.random.default_rng(0)
        directions = [Shares(*row) for row in random.dirichlet([1, 1, 1], count)]
        rows = []
        if references:
            rows.append({"roles": ("baseline",), "shares": None, "eligible": False, "ratio": 1.0})
            rows.append(
                {
                    "roles": ("published",),
                    "shares": (0.3, 0.3, 0.4),
                    "eligible": False,
                    "ratio": 2.8,
                }
            )
        rows += [
            {"shares": (one.depth, one.width, one.resolution), "ratio": random.uniform(1.9, 2.1)}
            for one in directions
        ]
        for index, row in enumerate(rows):
            spent = row["shares"]
            best = 0.8 if spent is None else 0.85 - sum((np.array(spent) - 1 / 3) ** 2) / 10
            found = best + random.normal(0, noise, seeds)
            a, b, c = spent or (0, 0, 0)
            row |= {
                "index": index,
                "id": 100 + index,
                "alpha": 2**a,
                "beta": 2 ** (b / 2),
                "gamma": 2 ** (c / 2),
                "shares": spent and dict(zip(("depth", "width", "resolution"), spent, strict=True)),
                "flops": int(4e8 * row["ratio"]),
                "params": 5_000_000 + 1000 * index,
                "activations": 3_000_000 + 1000 * index,
                "nominal_ratio": 2.0 if spent else 1.0,
                "measured_ratio": row.pop("ratio"),
                "residual": 0.0,
                "coefficients": ((2**a, 2 ** (b / 2), 2 ** (c / 2)), (2**a, 2 ** (b / 2), 1.5)),
                "seeds": seeds,
                "accuracy_mean": found.mean() if seeds else np.nan,
                "accuracy_std": found.std(ddof=1) if seeds > 1 else np.nan,
                "train_seconds": 3.0 + index % 7 if seeds else np.nan,
            }
        return pd.DataFrame([BASE | row for row in rows])

    @staticmethod
    def trials(candidates):
        """A trial for each seed, at its candidate's mean."""
        copies = candidates.loc[candidates.index.repeat(candidates["seeds"])]
        trials = copies.assign(
            candidate_id=copies["id"],
            seed=copies.groupby("index").cumcount(),
            accuracy=copies["accuracy_mean"],
            state="finished",
            images=600,
            attempts=1,
        )
        return trials.assign(id=range(1, len(trials) + 1)).reset_index(drop=True)

    @staticmethod
    def epochs(trials, reports=3):
        rows = [
            {
                "trial_id": trial.id,
                "attempt": 1,
                "epoch": epoch,
                "steps": 10 * epoch,
                "images": 200 * epoch,
                "accuracy": trial.accuracy * epoch / reports,
                "validation_loss": 2.0 / epoch,
            }
            for trial in trials.itertuples()
            for epoch in range(1, reports + 1)
        ]
        return pd.DataFrame(rows)

    @staticmethod
    def timed(trials, workers=2, seconds=60):
        """One after the other on each worker, without a pause."""
        turns = np.arange(len(trials)) // workers
        started = [START + timedelta(seconds=int(turn) * seconds) for turn in turns]
        return pd.DataFrame(
            {
                "index": trials["index"],
                "seed": trials["seed"],
                "attempts": 1,
                "state": "finished",
                "worker": [f"w{place % workers}" for place in range(len(trials))],
                "started_at": pd.Series(started, dtype="datetime64[us, UTC]"),
                "finished_at": pd.Series(started, dtype="datetime64[us, UTC]")
                + timedelta(seconds=seconds),
                "error": None,
            }
        )


@pytest.fixture
def made():
    return Made
