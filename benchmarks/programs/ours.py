"""The same search by this project; a program of its own: `python -m benchmarks.programs.ours`.

Prints the stored trials, and when what was done: from preparing the images to the measured family.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import Any

from results.store import Store
from scaling_search.data.prepare import prepare
from scaling_search.sweeps import Execution, Snapshot, create_sweep, drive
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import Plan, make_plan
from search_spaces.specs.sweep import SweepSpec

BASE_PX = 32

GRID = {
    "baseline": "efficientnet_b0",
    "resolution_px": BASE_PX,
    "target": {"flops_ratio": 2.0, "by": "nominal", "tolerance": 0.1},
    "axes": {
        "alpha": {"min": 1.0, "max": 2.0, "step": 0.1},
        "beta": {"min": 1.0, "max": 1.4, "step": 0.1},
        "gamma": {"min": 1.0, "max": 1.4, "step": 0.1},
    },
}
"""αβ²γ² ≈ 2 on plain B0 at 32 px: 21 points are 18 networks."""

MAX_POINTS = 18


def sweep_spec(options: dict[str, Any]) -> SweepSpec:
    """The sweep: the plain script's budget, batch, optimizer and number of evaluations."""
    return SweepSpec.model_validate(
        {
            "name": "throughput",
            "space": GRID,
            "proxy": {
                "images": options["n_train"] * options["epochs"],
                "batch_size": options["batch_size"],
                "reports": options["epochs"],
                "norm_images": options["norm_images"],
                "dtype": options.get("dtype", "float32"),
            },
            "data": {
                "name": options["folder"],
                "test_fraction": 0.0,
                "max_train_images": options["n_train"],
            },
            "seeds": (options["seed"],),
        }
    )


def spread(plan: Plan, count: int) -> Plan:
    """The plan with `count` of its searched networks, evenly spread, and no references."""
    searched = [c for c in plan.candidates if c.roles == ("search",)]
    chosen = [searched[index * len(searched) // count] for index in range(count)]
    numbered = (dataclasses.replace(c, index=index) for index, c in enumerate(chosen))
    return dataclasses.replace(plan, candidates=tuple(numbered))


def main() -> None:
    options = json.loads(Path(sys.argv[1]).read_text())
    spec = sweep_spec(options)
    data = prepare(spec.data)
    prepared = time.time()
    whole = make_plan(spec.space, in_channels=data.channels, classes=len(data.class_names))
    plan = spread(whole, len(options["points"]))
    with Store.open(f"sqlite:///{options['scratch']}/results.db") as store:
        sweep = create_sweep(store, spec, data, plan)
        planned = time.time()
        all_stored: list[float] = []

        def observe(snapshot: Snapshot) -> None:
            if snapshot.trials.ended == snapshot.trials.total:
                all_stored.append(time.time())

        drive(store, sweep, data, Execution(workers=options["workers"]), observe=observe)
        candidates = {candidate.id: candidate for candidate in store.candidates(sweep)}
        trials = []
        for trial in store.trials(sweep):
            candidate = candidates[trial.candidate_id]
            trials.append(
                {
                    "coefficients": [candidate.alpha, candidate.beta, candidate.gamma],
                    "params": candidate.params,
                    "resolution_px": NetworkSpec.from_dict(candidate.spec).resolution_px,
                    "accuracy": trial.accuracy,
                    "images": trial.images,
                    "train_seconds": trial.train_seconds,
                }
            )
    times = {"prepared": prepared, "planned": planned, "finished": all_stored[0]}
    counts = {"n_train": data.n_train, "n_validation": data.n_validation}
    print(json.dumps({**times, **counts, "trials": trials}))


if __name__ == "__main__":
    main()
