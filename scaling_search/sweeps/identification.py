"""A follow-up sweep over the networks at φ = 2 that a leader's coefficients may mean.

At φ = 1 many coefficients round to one network; at φ = 2 they are several, which can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from results.states import SweepState
from results.store import Store
from results.values import Candidate, NarrowedCoefficients, Outcome
from scaling_search.data import PreparedDataset
from scaling_search.sweeps.creation import Counted, check_images, create_sweep
from scaling_search.sweeps.images import check_split
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.errors import InputError
from search_spaces.families.identification import (
    CoefficientGroup,
    coefficient_groups,
    identification_space,
    narrowed,
    spread_out,
)
from search_spaces.families.intervals import Intervals, ends_at
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import make_plan
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec


@dataclass(frozen=True)
class Question:
    """A leader whose coefficients are to be narrowed, and its networks at φ = 2."""

    sweep_id: int
    candidate: Candidate
    groups: tuple[CoefficientGroup, ...]
    chosen: tuple[CoefficientGroup, ...]
    spec: SweepSpec


def _class_of(candidate: Candidate) -> Intervals:
    assert candidate.intervals is not None  # every candidate of a plan has its class
    return Intervals(**{name: (low, high) for name, (low, high) in candidate.intervals.items()})


def _frame(candidate: Candidate, spec: SweepSpec) -> Frame:
    network = NetworkSpec.from_dict(candidate.spec)
    return spec.space.frame(in_channels=network.in_channels, classes=network.classes)


def question(store: Store, sweep_id: int, *, networks: int, seeds: int | None) -> Question:
    """The follow-up of a sweep that has a leader.

    Args:
        store: the record.
        sweep_id: the sweep whose leader is to be identified.
        networks: how many of the distinct networks to train, at most.
        seeds: of each; as many as the sweep had when absent.

    Raises:
        InputError: the sweep has no leader yet, its leader is one network at φ = 2 too, or a
            number makes no sense.
    """
    sweep = store.sweep(sweep_id)
    outcome = sweep.outcome
    leader = None if outcome is None else outcome.leader
    if leader is None:
        if sweep.state is SweepState.FINISHED:
            why = "; ".join(outcome.why if outcome else ())
            remedy = f"it is finished without one ({why})"
        else:
            remedy = f"let it finish (`scaling-search resume {sweep_id}`)"
        raise InputError(
            f"sweep {sweep_id} has no leader whose coefficients could be told apart: {remedy}"
        )
    if not 2 <= networks <= 100:
        raise InputError(f"{networks} networks asked for: give 2 to 100, so that they compare")
    spec = parse(SweepSpec, sweep.spec, f"sweep {sweep_id}")
    candidate = store.candidates(sweep_id)[leader]
    groups = coefficient_groups(_frame(candidate, spec), _class_of(candidate), spec.space.target)
    chosen = spread_out(groups, networks)
    if len(chosen) < 2:
        raise InputError(
            f"the coefficients that candidate {leader} of sweep {sweep_id} stands for realise "
            f"{len(chosen)} network of the right FLOPs at φ = 2: there is nothing to tell apart"
        )
    changes: dict[str, Any] = {
        "name": f"φ = 2 of {sweep.name}"[:100],
        "description": f"What the leader of sweep {sweep_id} parts into at φ = 2.",
        "space": identification_space(spec.space, chosen),
    }
    if seeds is not None:
        changes["seeds"] = seeds
    follow_up = parse(SweepSpec, spec.whole_grid().model_dump() | changes, "identify")
    if len(follow_up.seeds) < 2:
        raise InputError(
            f"identify with seeds {list(follow_up.seeds)} cannot tell noise from difference, so "
            "that nothing would be ruled out: give at least two seeds, better three or more "
            "(--seeds 3)"
        )
    return Question(sweep_id, candidate, groups, chosen, follow_up)


def create_identification(
    store: Store, question: Question, data: PreparedDataset, counted: Counted | None = None
) -> int:
    """Store the follow-up sweep; returns its id.

    Raises:
        InputError: the images are not those of the sweep that is followed up.
        WorkError: as `create_sweep`.
    """
    check_images(store.sweep(question.sweep_id), data)
    check_split(store, question.sweep_id, data)
    plan = make_plan(question.spec.space, in_channels=data.channels, classes=len(data.class_names))
    sweep_id = create_sweep(store, question.spec, data, plan, counted)
    store.add_identification(question.candidate.id, sweep_id)
    return sweep_id


def answer(
    store: Store,
    candidate_id: int,
    candidates: Sequence[Candidate],
    outcome: Outcome,
    sweep_id: int,
) -> NarrowedCoefficients:
    """What a follow-up leaves of a candidate's coefficients, as it is stored.

    Args:
        store: the record.
        candidate_id: the candidate in question, of the sweep that is followed up.
        candidates: the follow-up's own plan.
        outcome: what the follow-up concluded.
        sweep_id: the follow-up.
    """
    followed = store.sweep_of_candidate(candidate_id)
    candidate = next(one for one in store.candidates(followed) if one.id == candidate_id)
    spec = parse(SweepSpec, store.sweep(followed).spec, f"sweep {followed}")
    groups = coefficient_groups(_frame(candidate, spec), _class_of(candidate), spec.space.target)
    keys = {one.index: one.spec_key for one in candidates if "search" in one.roles}
    ruled_out = {row.index for row in outcome.comparisons if row.standing == "worse"}
    left = {key for index, key in keys.items() if index not in ruled_out}
    box = narrowed(groups, set(keys.values()), left)
    leader = keys.get(outcome.leader) if outcome.leader is not None else None
    best = next((group for group in groups if group.spec_key == leader), None)
    assert outcome.verdict is not None
    return NarrowedCoefficients(
        sweep=sweep_id,
        verdict=outcome.verdict,
        networks=len(groups),
        trained=len(keys),
        left=len(left),
        before=_class_of(candidate),
        intervals=box,
        coefficients=best.representative if best is not None and outcome.conclusive else None,
        ends_at_b7=ends_at(Frame.of(get_baseline(spec.space.baseline)), box),
        why=outcome.why,
    )
