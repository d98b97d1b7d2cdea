"""Runs a strategy on trials that are known already: simulated ones, or a stored sweep's.

The strategy decides as in a real sweep, by the same code; a trial that it asks for is looked up
instead of trained. So one sweep with many seeds stands in for many searches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from results.states import TrialState
from results.store import Store
from results.values import Outcome
from scaling_search.evidence import Evidence, select
from scaling_search.sweeps.conclusion import gather
from scaling_search.sweeps.stored_ledger import arm, race_rules
from scaling_search.sweeps.strategies import Arm, Ledger, TrialStatus, search_strategy
from scaling_search.sweeps.strategies.ledger import Pick
from scaling_search.tune.early_stopping import Race
from search_spaces.specs.sweep import SweepSpec


@dataclass(frozen=True)
class Pool:
    """Everything that a strategy could have trained.

    Args:
        arms: the candidates, by index.
        evidence: of each, with every seed.
        curves: of each trial, its accuracy after each epoch; the last one is the trial's.
        chance: accuracy of always naming the largest class.
    """

    arms: tuple[Arm, ...]
    evidence: tuple[Evidence, ...]
    curves: Mapping[Pick, NDArray[np.float64]]
    chance: float

    @property
    def seeds(self) -> int:
        """Of each candidate."""
        return len({seed for _, seed in self.curves})


@dataclass(frozen=True)
class Replayed:
    """How a search went; `cost` is in trained images, without confirmation."""

    outcome: Outcome
    cost: int
    trials: int
    stopped: int
    rounds: int


class _Running:
    """A search under way."""

    def __init__(self, pool: Pool, spec: SweepSpec) -> None:
        self.pool, self.spec = pool, spec
        self.trials: dict[Pick, TrialStatus] = {}
        self.images = 0
        rules = race_rules(spec.strategy, spec.proxy.reports) if spec.strategy.races else None
        self.rules, self.race = rules, Race(rules) if rules else None

    def ledger(self) -> Ledger:
        seen: dict[int, dict[int, Any]] = {arm.index: {} for arm in self.pool.arms}
        for (index, seed), status in self.trials.items():
            if status == "finished":
                seen[index][seed] = self.pool.evidence[index].correct[seed]
        evidence = [replace(e, correct=seen[e.index]) for e in self.pool.evidence]
        return Ledger(self.pool.arms, dict(self.trials), tuple(evidence), self.images)

    def train(self, pick: Pick) -> None:
        epochs = self._epochs(pick)
        steps = self.spec.proxy.report_steps
        self.images += steps[epochs - 1] * self.spec.proxy.batch_size
        self.trials[pick] = "finished" if epochs == len(steps) else "stopped"

    def _epochs(self, pick: Pick) -> int:
        """After how many epochs the trial ends."""
        curve = self.pool.curves[pick]
        if self.race is None or self.rules is None or not self.pool.arms[pick[0]].eligible:
            return len(curve)
        bracket = self.rules.bracket_of(pick[0])
        for epoch, accuracy in enumerate(curve, start=1):
            if self.race.decides(str(pick), bracket, epoch, accuracy=float(accuracy)) == "STOP":
                return epoch
        return len(curve)


def replay(pool: Pool, spec: SweepSpec, random: np.random.Generator) -> Replayed:
    """Search in the pool, one trial at a time, those decided on together in random order."""
    running = _Running(pool, spec)
    eligible = sum(arm.eligible for arm in pool.arms)
    strategy, rounds = search_strategy(spec, len(pool.arms), eligible), 0
    while True:
        step = strategy.step(running.ledger())
        if step.over or not step.trials:
            break
        rounds += 1
        for place in random.permutation(len(step.trials)):
            running.train(step.trials[place])
    outcome = select(running.ledger().evidence, spec.selection, pool.chance)
    stopped = sum(status == "stopped" for status in running.trials.values())
    return Replayed(outcome, running.images, len(running.trials), stopped, rounds)


def shuffled(pool: Pool, random: np.random.Generator) -> Pool:
    """The pool with its seeds in another order: what seed 0 was may be seed 3 now."""
    seeds = sorted({seed for _, seed in pool.curves})
    renamed = dict(zip(seeds, random.permutation(len(seeds)).tolist(), strict=True))
    return replace(
        pool,
        evidence=tuple(
            replace(one, correct={renamed[seed]: right for seed, right in one.correct.items()})
            for one in pool.evidence
        ),
        curves={(index, renamed[seed]): curve for (index, seed), curve in pool.curves.items()},
    )


def stored_pool(database: str, sweep_id: int) -> Pool:
    """The trials of all stored sweeps with the protocol and networks of this one.

    Only seeds that every candidate finished; sweeps of other plans are left out.
    """
    with Store.open(database) as store:
        sweep = store.sweep(sweep_id)
        candidates = store.candidates(sweep_id)
        keys = [candidate.spec_key for candidate in candidates]
        evidence = gather(store, sweep_id)
        correct: dict[int, dict[int, NDArray[np.bool_]]] = {one.index: {} for one in evidence}
        curves: dict[Pick, NDArray[np.float64]] = {}
        for other in store.sweeps(protocol=sweep.protocol, limit=None):
            if [one.spec_key for one in store.candidates(other.id)] != keys:
                continue
            for one in gather(store, other.id):
                correct[one.index] |= one.correct
            curves |= _stored_curves(store, other.id)
        details = store.dataset(sweep.dataset).details
    seeds = set.intersection(*(set(of) for of in correct.values()))
    counts = details["validation_counts"]
    return Pool(
        tuple(arm(candidate) for candidate in candidates),
        tuple(
            replace(one, correct={seed: correct[one.index][seed] for seed in sorted(seeds)})
            for one in evidence
        ),
        {pick: curve for pick, curve in curves.items() if pick[1] in seeds},
        max(counts) / sum(counts),
    )


def _stored_curves(store: Store, sweep_id: int) -> dict[Pick, NDArray[np.float64]]:
    index = {candidate.id: candidate.index for candidate in store.candidates(sweep_id)}
    trials = {trial.id: trial for trial in store.trials(sweep_id, states=[TrialState.FINISHED])}
    reached: dict[Pick, dict[int, float]] = {}
    for epoch in store.epochs(sweep_id, trial_ids=list(trials)):
        trial = trials[epoch.trial]
        if epoch.attempt == trial.attempts and epoch.accuracy is not None:
            pick = index[trial.candidate_id], trial.seed
            reached.setdefault(pick, {})[epoch.epoch] = epoch.accuracy
    return {pick: np.array([of[e] for e in sorted(of)]) for pick, of in reached.items()}
