"""Collecting the distinct networks of a plan, and turning them into candidates."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import UNIT, Coefficients
from search_spaces.networks.latency import relative_latency
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning.candidates import Candidate, Role
from search_spaces.planning.constraint import cost_ratio, within_limits
from search_spaces.specs.target import Target


class CandidateBuilder:
    """Distinct networks in the order in which they were added, with their roles and triples."""

    def __init__(self, frame: Frame, target: Target) -> None:
        self._frame, self._target = frame, target
        self._roles: dict[NetworkSpec, dict[Role, None]] = {}
        self._triples: dict[NetworkSpec, dict[Coefficients, None]] = {}
        self._ratios: dict[NetworkSpec, float] = {}

    def add(
        self,
        role: Role,
        spec: NetworkSpec,
        triples: Iterable[Coefficients],
        ratio: float | None = None,
    ) -> None:
        """Add a network that is to be trained; `ratio` replaces the target's ratio for it."""
        self._roles.setdefault(spec, {})[role] = None
        self._triples.setdefault(spec, {}).update(dict.fromkeys(triples))
        self._ratios.setdefault(spec, self._target.ratio if ratio is None else ratio)

    def candidates(self, *, eligible: bool) -> tuple[Candidate, ...]:
        """All candidates, references first; `eligible`: whether any of them may win."""
        candidates = [self._candidate(spec, eligible) for spec in self._roles]
        references = [one for one in candidates if one.roles != ("search",)]
        searched = sorted(
            (one for one in candidates if one.roles == ("search",)),
            key=lambda one: one.representative,
        )
        return tuple(
            dataclasses.replace(one, index=index)
            for index, one in enumerate([*references, *searched])
        )

    def _candidate(self, spec: NetworkSpec, eligible: bool) -> Candidate:
        frame, target, ratio = self._frame, self._target, self._ratios[spec]
        roles, triples = tuple(self._roles[spec]), tuple(sorted(self._triples[spec]))
        phi = 1 if ratio > 1 else -1
        representative = UNIT
        if "baseline" not in roles:
            representative = min(
                triples, key=lambda c: (abs(c.nominal_flops_ratio - ratio**phi), c)
            )
        complexity = frame.complexity(spec)
        nominal = representative.nominal_flops_ratio**phi
        reached = cost_ratio(frame, target, spec) if target.by == "measured" else nominal
        return Candidate(
            index=0,
            roles=roles,
            spec=spec,
            coefficients=triples,
            representative=representative,
            complexity=complexity,
            nominal_ratio=nominal,
            measured_ratio=complexity.flops / frame.base_flops,
            residual=reached - ratio,
            eligible=eligible
            and representative != UNIT
            and target.holds(reached)
            and within_limits(frame, target, spec),
            phi=phi,
            latency=relative_latency(frame.base, spec, target.how_timed) if target.timed else None,
        )
