"""What is stored of a sweep, as its strategy sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from results.states import TrialState
from results.store import Store
from results.values import Candidate, Trial
from scaling_search.sweeps.conclusion import gather
from scaling_search.sweeps.strategies import Arm, Ledger, TrialStatus
from scaling_search.tune.early_stopping import RaceRules, Ran
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.sweep import FRESH, SweepSpec

_STATUS: Final[Mapping[TrialState, TrialStatus]] = {
    TrialState.PENDING: "open",
    TrialState.RUNNING: "open",
    TrialState.FINISHED: "finished",
    TrialState.STOPPED: "stopped",
    TrialState.DIVERGED: "lost",
    TrialState.FAILED: "lost",
}
_MOST_BRACKETS = 3


def arm(candidate: Candidate) -> Arm:
    """A stored candidate as a strategy sees it."""
    shares = candidate.shares
    return Arm(
        candidate.index,
        candidate.eligible,
        tuple(candidate.roles),
        None if shares is None else (shares["depth"], shares["width"], shares["resolution"]),
    )


def read_ledger(store: Store, sweep_id: int, spec: SweepSpec) -> Ledger:
    """The sweep so far.

    What a race stopped, other strategies may train whole: to them it was never trained.
    """
    candidates = store.candidates(sweep_id)
    index = {candidate.id: candidate.index for candidate in candidates}
    trials = store.trials(sweep_id)
    whole = spec.proxy.total_images
    used = [
        (trial.images or 0) if trial.state is TrialState.STOPPED else whole
        for trial in trials
        if trial.seed < FRESH
    ]
    known = [
        trial for trial in trials if spec.strategy.races or trial.state is not TrialState.STOPPED
    ]
    return Ledger(
        tuple(arm(candidate) for candidate in candidates),
        {(index[trial.candidate_id], trial.seed): _STATUS[trial.state] for trial in known},
        tuple(gather(store, sweep_id)),
        sum(used),
    )


def race_rules(strategy: StrategySpec, epochs: int) -> RaceRules:
    """When a sweep's trials are stopped."""

    def rules(brackets: int) -> RaceRules:
        return RaceRules(
            epochs=epochs,
            first_rung=strategy.first_rung,
            reduction=strategy.reduction,
            brackets=brackets,
        )

    if strategy.name == "asha":
        return rules(1)
    return rules(sum(bool(rules(1).rungs(bracket)) for bracket in range(_MOST_BRACKETS)))


def ran_before(
    store: Store, sweep_id: int, rules: RaceRules, candidates: Mapping[int, Candidate]
) -> list[Ran]:
    """The trials that raced in earlier runs of the sweep, in the order in which they ended."""
    over: list[Trial] = [
        trial
        for trial in store.trials(sweep_id, states=[TrialState.FINISHED, TrialState.STOPPED])
        if trial.seed < FRESH and candidates[trial.candidate_id].eligible
    ]
    last = {trial.id: trial.attempts for trial in over}
    reached: dict[int, list[float]] = {}
    for epoch in store.epochs(sweep_id, trial_ids=list(last)):
        if epoch.attempt == last[epoch.trial] and epoch.accuracy is not None:
            reached.setdefault(epoch.trial, []).append(epoch.accuracy)
    over.sort(key=lambda trial: (trial.finished_at is None, trial.finished_at, trial.id))
    return [
        Ran(rules.bracket_of(candidates[trial.candidate_id].index), tuple(reached[trial.id]))
        for trial in over
        if trial.id in reached
    ]
