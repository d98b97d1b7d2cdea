"""The conclusion of a sweep: leader, verdict, the class of coefficients, the family."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from results.states import TrialState
from results.store import Store
from results.values import (
    Candidate,
    LeadingCoefficients,
    Lease,
    NewCoefficients,
    Outcome,
    Sweep,
)
from scaling_search.data import PreparedDataset
from scaling_search.evidence import (
    Compared,
    Evidence,
    compare_methods,
    select,
    triangle_surface,
)
from scaling_search.evidence.remedies import remedies
from scaling_search.sweeps.creation import Counted, confirm
from scaling_search.sweeps.identification import answer
from scaling_search.sweeps.validation.objections import objection
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Shares
from search_spaces.families import family
from search_spaces.families.intervals import Intervals, ends_at
from search_spaces.networks.spec import NetworkSpec, realised_scaling
from search_spaces.specs.methods import Aim, Comparison
from search_spaces.specs.sweep import FRESH, SweepSpec
from search_spaces.specs.target import matched_cost

_LOST = (TrialState.DIVERGED, TrialState.FAILED)


def gather(store: Store, sweep_id: int) -> list[Evidence]:
    """The evidence of a sweep's trials, one entry a candidate, indexed as in its plan."""
    correct = store.correct(sweep_id)
    by_candidate: dict[int, list[Any]] = {}
    for trial in store.trials(sweep_id):
        by_candidate.setdefault(trial.candidate_id, []).append(trial)
    candidates, sweep = store.candidates(sweep_id), store.sweep(sweep_id)
    networks = [NetworkSpec.from_dict(candidate.spec) for candidate in candidates]
    unscaled = [
        network
        for network, candidate in zip(networks, candidates, strict=True)
        if "baseline" in candidate.roles
    ]
    base = (unscaled or networks)[0]  # any would do: what counts is how candidates differ
    found = []
    for network, candidate in zip(networks, candidates, strict=True):
        trials = by_candidate.get(candidate.id, [])
        searched = [trial for trial in trials if trial.seed < FRESH]
        finished = [trial for trial in searched if trial.state is TrialState.FINISHED]
        recorded = [trial for trial in finished if trial.id in correct]
        lost = sum(trial.state in _LOST for trial in searched)
        failed = sum(trial.state is TrialState.FAILED for trial in searched)
        later = [trial for trial in trials if trial.seed >= FRESH]
        confirming = [trial for trial in later if trial.state is TrialState.FINISHED]
        fresh = [trial for trial in confirming if trial.id in correct]
        found.append(
            Evidence(
                index=candidate.index,
                eligible=candidate.eligible,
                roles=candidate.roles,
                correct={trial.seed: correct[trial.id] for trial in recorded},
                lost=lost + len(finished) - len(recorded),
                failed=failed,
                scaling=realised_scaling(network, base),
                flops_ratio=_cost(candidate, sweep),
                fresh={trial.seed: correct[trial.id] for trial in fresh},
                fresh_lost=sum(trial.state in _LOST for trial in later)
                + len(confirming)
                - len(fresh),
                fresh_failed=sum(trial.state is TrialState.FAILED for trial in later),
            )
        )
    return found


def _cost(candidate: Candidate, sweep: Sweep) -> float:
    """What a network costs × the baseline, of what the search was matched on."""
    _, ratio = matched_cost(
        sweep.target_quantity, sweep.target_ratio, candidate.measured_ratio, candidate.residual
    )
    return ratio


def _region_shares(
    candidates: Sequence[Candidate], region: Sequence[int]
) -> dict[str, tuple[float, float]] | None:
    """Lowest and highest share of each dimension among the candidates of a region."""
    shares = [found for index in region if (found := candidates[index].shares) is not None]
    if not shares:
        return None
    reached = {name: [one[name] for one in shares] for name in ("depth", "width", "resolution")}
    return {name: (min(values), max(values)) for name, values in reached.items()}


def gather_methods(store: Store, evidence: Sequence[Evidence], sweep_id: int) -> list[Compared]:
    """The networks of a comparison with what their trials showed, as in its plan."""
    shown = {entry.index: entry for entry in evidence}
    return [
        Compared(
            index=candidate.index,
            aims=tuple(aim for aim in map(Aim.of_role, candidate.roles) if aim),
            flops=candidate.flops,
            correct=shown[candidate.index].correct,
            lost=shown[candidate.index].lost,
        )
        for candidate in store.candidates(sweep_id)
    ]


def _conclude_comparison(
    store: Store, lease: Lease, comparison: Comparison, spec: SweepSpec, outcome: Outcome
) -> Outcome:
    """Store what a comparison of methods shows; it has no leader, no verdict and no family."""
    evidence = gather(store, lease.sweep_id)
    found = compare_methods(
        gather_methods(store, evidence, lease.sweep_id), comparison, spec.selection.confidence
    )
    why = ["ways of scaling were compared, so nothing was searched for and nothing leads"]
    if lost := sum(entry.lost for entry in evidence):
        failed = sum(entry.failed for entry in evidence)
        told = remedies(lost, failed, spec.proxy.gentler)
        why.append(f"networks that lost a trial are left out; of their trials {told}")
    outcome = dataclasses.replace(outcome, verdict=None, why=tuple(why), methods=found)
    store.set_outcome(lease, outcome)
    return outcome


def _leading(
    candidates: Sequence[Candidate], leader: Candidate, outcome: Outcome, frame: Frame
) -> LeadingCoefficients:
    """The leader as the class of coefficients that it is."""
    coefficients = Coefficients(leader.alpha, leader.beta, leader.gamma)
    assert leader.intervals is not None
    intervals = Intervals(**{name: (low, high) for name, (low, high) in leader.intervals.items()})
    return LeadingCoefficients(
        coefficients=coefficients,
        intervals=intervals,
        shares=None if leader.shares is None else Shares(**leader.shares),
        region_shares=_region_shares(candidates, outcome.region),
        normalised=coefficients.normalised(),
        ends_at_b7=ends_at(frame, intervals),
    )


def _recorded(leader: Candidate, outcome: Outcome) -> NewCoefficients:
    """The leader's coefficients for the record."""
    row = next(row for row in outcome.comparisons if row.index == leader.index)
    assert row.accuracy is not None
    assert outcome.verdict is not None
    assert leader.intervals is not None
    return NewCoefficients(
        candidate_id=leader.id,
        coefficients=Coefficients(leader.alpha, leader.beta, leader.gamma),
        intervals=leader.intervals,
        shares=leader.shares,
        verdict=outcome.verdict,
        accuracy=row.accuracy,
    )


def _of_another(store: Store, lease: Lease, outcome: Outcome) -> Outcome | None:
    """The outcome of a sweep that belongs to a validation or an identification, else None.

    A validation's candidates are a sample. An identification's are networks at φ = 2: what they say
    is of the coefficients that another sweep found.
    """
    part = store.validation_of(lease.sweep_id)
    if part is not None:
        return outcome.withheld(
            f"this sweep is part of validation {part.validation_id}: its candidates are a sample, "
            "from which nothing is chosen"
        )
    question = store.identification_by(lease.sweep_id)
    if question is None:
        return None
    plan = store.candidates(lease.sweep_id)
    narrowed = answer(store, question.candidate_id, plan, outcome, lease.sweep_id)
    store.set_identification(lease.sweep_id, narrowed)
    return dataclasses.replace(outcome, identified=narrowed)


def chance_of(data: PreparedDataset) -> float:
    """Accuracy of always naming the validation split's largest class."""
    return max(data.validation_counts) / data.n_validation


def conclude(
    store: Store,
    lease: Lease,
    spec: SweepSpec,
    data: PreparedDataset,
    counted: Counted | None = None,
) -> Outcome:
    """Select, derive the fitted family at full size, measure it, and store it all at once.

    The family is that of the baseline in its full form at its own base resolution, for the classes
    and channels of ImageNet; other ones are derived on request.
    """
    evidence, quantity = gather(store, lease.sweep_id), spec.space.target.quantity
    outcome = select(evidence, spec.selection, chance_of(data), quantity, spec.proxy.gentler)
    if spec.space.compare is not None:
        return _conclude_comparison(store, lease, spec.space.compare, spec, outcome)
    other = _of_another(store, lease, outcome)
    if other is not None:
        store.set_outcome(lease, other)
        return outcome
    reason = objection(store, spec.protocol(data.fingerprint))
    if reason is not None:
        outcome = outcome.withheld(reason)
    if outcome.leader is None:
        store.set_outcome(lease, outcome)
        return outcome
    candidates = store.candidates(lease.sweep_id)
    leader, frame = candidates[outcome.leader], Frame.of(get_baseline(spec.space.baseline))
    leading = _leading(candidates, leader, outcome, frame)
    shares = {one.index: Shares(**one.shares) for one in candidates if one.shares}
    surface = triangle_surface(evidence, spec.selection, shares)
    outcome = dataclasses.replace(outcome, leading=leading, surface=surface)
    members = family(frame, leading.coefficients)
    confirm(store, [(member.spec, member.complexity) for member in members], counted)
    store.set_outcome(
        lease,
        outcome,
        coefficients=_recorded(leader, outcome),
        family=members,
    )
    return outcome
