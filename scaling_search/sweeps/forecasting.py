"""What a conclusive answer is likely to cost, told by an earlier sweep of the same protocol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from results.states import SweepState
from results.store import Store
from scaling_search.estimates import Estimate
from scaling_search.selection import Evidence, Forecast, Planned, forecast
from scaling_search.sweeps.conclusion import gather
from search_spaces.planning import Plan
from search_spaces.realised import realised_scaling
from search_spaces.sweep_spec import SweepSpec

_LOOKED_AT = 5
"""Sweeps of the protocol, latest first, that may tell of noise."""


@dataclass(frozen=True)
class Foretold:
    """A forecast and the sweep whose trials it rests on."""

    sweep: int
    forecast: Forecast

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {"sweep": self.sweep} | self.forecast.to_dict()


def foretell(
    store: Store, spec: SweepSpec, fingerprint: str, plan: Plan, cost: Estimate
) -> Foretold | None:
    """The forecast for a plan; None without a finished sweep of its protocol that tells of noise.

    Args:
        store: where earlier sweeps are.
        spec: what would be trained.
        fingerprint: of its images.
        plan: its candidates.
        cost: what training it with the seeds of the spec takes.
    """
    protocol = spec.protocol(fingerprint)
    places = [
        replace(
            Evidence(candidate.index, True, candidate.roles, {}),
            scaling=realised_scaling(candidate.spec, plan.frame.base),
            flops_ratio=candidate.measured_ratio,
        ).place
        for candidate in plan.candidates
        if candidate.eligible
    ]
    if len(places) < 2:
        return None
    planned = Planned(np.array(places), len(spec.seeds), cost.trials, cost.images, cost.seconds)
    for sweep in store.sweeps(protocol=protocol, states=[SweepState.FINISHED], limit=_LOOKED_AT):
        found = forecast(gather(store, sweep.id), planned, spec.selection)
        if found is not None:
            return Foretold(sweep.id, found)
    return None
