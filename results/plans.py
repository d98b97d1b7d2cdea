"""From a plan to the candidates that a sweep stores, and from a family to its members."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, replace
from typing import cast

from results.values import Network, NewCandidate, RelativeLatency
from results.values.json import to_json
from search_spaces.baselines.frame import Frame
from search_spaces.families.intervals import intervals
from search_spaces.planning import Candidate, Plan

Remarks = Callable[[Candidate], tuple[str, ...]]
"""What a reader must know of a candidate."""


def new_candidates(plan: Plan, remarks: Remarks = lambda candidate: ()) -> list[NewCandidate]:
    """Every candidate of a plan, with the interval of each coefficient that realises it."""
    return [_new(candidate, plan.frame, remarks(candidate)) for candidate in plan.candidates]


def _new(candidate: Candidate, frame: Frame, notes: tuple[str, ...]) -> NewCandidate:
    ends = intervals(frame, candidate.representative, phi=candidate.phi)
    network = planned_network(candidate, notes)
    return NewCandidate(**vars(network), intervals=to_json(ends))


def planned_network(candidate: Candidate, notes: tuple[str, ...] = ()) -> Network:
    """The network of a candidate as JSON and tables have it."""
    shares, latency = candidate.shares, candidate.latency
    return Network(
        index=candidate.index,
        roles=candidate.roles,
        spec=candidate.spec.to_dict(),
        spec_key=candidate.spec.key,
        representative=astuple(candidate.representative),
        coefficients=tuple(astuple(one) for one in candidate.coefficients),
        shares=asdict(shares) if shares else None,
        flops=candidate.complexity.flops,
        params=candidate.complexity.params,
        activations=candidate.complexity.activations,
        nominal_ratio=candidate.nominal_ratio,
        measured_ratio=candidate.measured_ratio,
        residual=candidate.residual,
        eligible=candidate.eligible,
        latency=None if latency is None else cast(RelativeLatency, asdict(latency)),
        notes=notes,
    )


def further_candidates(
    stored: Sequence[NewCandidate], wanted: Sequence[NewCandidate]
) -> list[NewCandidate]:
    """Those of another plan whose networks are not stored yet, numbered after the stored ones."""
    known = {candidate.spec_key for candidate in stored}
    new = [candidate for candidate in wanted if candidate.spec_key not in known]
    first = max((candidate.index for candidate in stored), default=-1) + 1
    return [replace(candidate, index=first + place) for place, candidate in enumerate(new)]
