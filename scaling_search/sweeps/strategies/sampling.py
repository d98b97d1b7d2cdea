"""Optuna's samplers over the triangle of shares, through Ray Tune's Optuna integration."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, Literal

from scaling_search.sweeps.strategies.ledger import OVER, WAIT, Decision, Ledger, Pick, Step

Point = dict[str, float]
Shares = tuple[float, float, float]


def shares_at(point: Point) -> Shares:
    """The shares of depth, width and resolution at two numbers from 0 to 1.

    Evenly distributed numbers are evenly distributed shares: depth is 1 − √u, and v divides the
    rest between width and resolution.
    """
    rest = math.sqrt(point["u"])
    return 1 - rest, rest * (1 - point["v"]), rest * point["v"]


def point_at(shares: Shares) -> Point:
    """The two numbers of shares; at pure depth, where v means nothing, it is one half."""
    depth, width, resolution = shares
    rest = max(0.0, 1 - depth)
    v = resolution / (width + resolution) if width + resolution > 0 else 0.5
    return {"u": min(1.0, rest**2), "v": min(1.0, max(0.0, v))}


@dataclass(frozen=True)
class Sampling:
    """One proposal at a time, snapped to a candidate of the plan.

    The sampler learns what every trial reached, at the shares of the network that was really
    trained and not at those it had proposed. It begins with `startup` evenly drawn proposals. A
    proposal goes to the candidate with the nearest shares; where that one has been trained, it is
    trained with its next seed, since repeating a good candidate is worth more than trying
    another; where it has no seed left, or lost a trial, the next nearest one is. Trials that run
    at the time are not known to the sampler. References are trained with the first seed.

    The sampler is made anew for each proposal from the ledger, seeded by `seed` and the number of
    trials, so a resumed sweep proposes what an uninterrupted one would have.

    Args:
        name: tpe (tree-structured Parzen estimators) or gp (a Gaussian process).
        seeds: of a candidate at most, in this order.
        trials: of the search, references not counted.
        startup: how many are drawn before the sampler learns.
        seed: of the sampler.
    """

    name: Literal["tpe", "gp"]
    seeds: tuple[int, ...]
    trials: int
    startup: int
    seed: int

    def step(self, ledger: Ledger) -> Step:
        """The next trial."""
        first = ledger.missing(ledger.references, self.seeds[0])
        if first:
            return Step(first)
        done = sum(index in ledger.eligible for index, _ in ledger.searched)
        if done >= self.trials:
            return WAIT if ledger.is_open else OVER
        wanted = shares_at(self._proposal(ledger, done))
        pick = self._snapped(ledger, wanted)
        if pick is None:
            return WAIT if ledger.is_open else OVER
        index, seed = pick
        again = "again, " if ledger.statuses[index] else ""
        named = ", ".join(f"{share:.2f}" for share in wanted)
        why = f"{self.name} proposes shares ({named}): {again}candidate {index}, seed {seed}"
        return Step((pick,), Decision(f"proposal {done + 1}", why, kept=(index,)))

    def _snapped(self, ledger: Ledger, wanted: Shares) -> Pick | None:
        for arm in sorted(
            (arm for arm in ledger.arms if arm.eligible and arm.shares is not None),
            key=lambda arm: (math.dist(arm.shares or (0, 0, 0), wanted), arm.index),
        ):
            known = ledger.statuses[arm.index]
            left = [seed for seed in self.seeds if seed not in known]
            if left and not ledger.is_out(arm.index):
                return arm.index, left[0]
        return None

    def _proposal(self, ledger: Ledger, done: int) -> Point:
        from optuna.distributions import FloatDistribution
        from ray.tune.search.optuna import OptunaSearch

        space: Any = {name: FloatDistribution(0.0, 1.0) for name in ("u", "v")}
        search = OptunaSearch(
            space, metric="accuracy", mode="max", sampler=self._sampler(self.seed + 7919 * done)
        )
        shares = {arm.index: arm.shares for arm in ledger.arms if arm.eligible}
        for (index, seed), status in ledger.searched.items():
            place = shares.get(index)
            if place is not None and status == "finished":
                reached = float(ledger.evidence[index].correct[seed].mean())
                search.add_evaluated_point(point_at(place), reached)
        proposed = search.suggest(f"proposal-{done}") or {}
        return {name: float(proposed[name]) for name in space}

    def _sampler(self, seed: int) -> Any:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            if self.name == "gp":
                return optuna.samplers.GPSampler(seed=seed, n_startup_trials=self.startup)
            return optuna.samplers.TPESampler(
                seed=seed, n_startup_trials=self.startup, multivariate=True
            )
