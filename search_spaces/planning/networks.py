"""The distinct networks of a plan while it is made, and the candidates that they become."""

from __future__ import annotations

from collections.abc import Iterable

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.networks.latency import relative_latency
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning.candidates import Candidate, Role
from search_spaces.specs.target import Quantity, Target, amount_of

UNIT = Coefficients(1.0, 1.0, 1.0)


def cost_ratio(frame: Frame, target: Target, quantity: Quantity, spec: NetworkSpec) -> float:
    """What a network costs, as a multiple of the baseline's."""
    if quantity == "latency":
        return relative_latency(frame.base, spec, target.how_timed).ratio
    return amount_of(quantity, frame.complexity(spec)) / amount_of(quantity, frame.base_complexity)


def broken_limit(frame: Frame, target: Target, spec: NetworkSpec) -> str | None:
    """The first limit beside the target that a network exceeds, in words."""
    if target.at_most is None:
        return None
    return target.at_most.broken(lambda quantity: cost_ratio(frame, target, quantity, spec))


class Networks:
    """Distinct networks in the order of their first appearance, with roles and triples."""

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
        """A network that is to be trained; `ratio` is what it aims at, if not at the target."""
        self._roles.setdefault(spec, {})[role] = None
        self._triples.setdefault(spec, {}).update(dict.fromkeys(triples))
        self._ratios.setdefault(spec, self._target.ratio if ratio is None else ratio)

    def candidates(self, *, eligible: bool) -> tuple[Candidate, ...]:
        """All of them, references first; `eligible`: whether any may win."""
        drafts = [self._candidate(spec, eligible) for spec in self._roles]
        references = [draft for draft in drafts if draft.roles != ("search",)]
        searched = sorted(
            (draft for draft in drafts if draft.roles == ("search",)),
            key=lambda draft: draft.representative,
        )
        return tuple(
            Candidate(**{**vars(draft), "index": index})
            for index, draft in enumerate([*references, *searched])
        )

    def _candidate(self, spec: NetworkSpec, eligible: bool) -> Candidate:
        frame, target, ratio = self._frame, self._target, self._ratios[spec]
        roles, triples = tuple(self._roles[spec]), tuple(sorted(self._triples[spec]))
        phi = 1 if ratio > 1 else -1
        if "baseline" in roles:
            representative = UNIT
        else:
            representative = min(
                triples, key=lambda c: (abs(c.nominal_flops_ratio - ratio**phi), c)
            )
        complexity = frame.complexity(spec)
        nominal = representative.nominal_flops_ratio**phi
        counted = cost_ratio(frame, target, target.quantity, spec)
        reached = counted if target.by == "measured" else nominal
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
            and broken_limit(frame, target, spec) is None,
            phi=phi,
            latency=(
                relative_latency(frame.base, spec, target.how_timed) if target.timed else None
            ),
        )
