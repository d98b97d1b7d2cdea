"""What a conclusive answer is likely to cost.

An earlier sweep of the protocol tells it before a sweep begins; the sweep's own first trials do as
soon as they show their noise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from results.states import CONCLUDED
from results.store import Store
from scaling_search.evidence import Evidence, Forecast, Planned, forecast
from scaling_search.sweeps.conclusion import gather
from scaling_search.sweeps.estimates import Estimate
from scaling_search.sweeps.strategies import Decision, Ledger
from search_spaces.human import plural
from search_spaces.networks.spec import realised_scaling
from search_spaces.planning import Plan
from search_spaces.specs.sweep import SweepSpec
from search_spaces.specs.target import matched_cost

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
        cost: what training every candidate with every seed of the spec takes.
    """
    protocol, target = spec.protocol(fingerprint), spec.space.target
    places = []
    for candidate in plan.candidates:
        if not candidate.eligible:
            continue
        _, ratio = matched_cost(
            target.quantity, target.ratio, candidate.measured_ratio, candidate.residual
        )
        shown = Evidence(candidate.index, True, candidate.roles, {})
        scaling = realised_scaling(candidate.spec, plan.frame.base)
        places.append(replace(shown, scaling=scaling, flops_ratio=ratio).place)
    if len(places) < 2:
        return None
    planned = Planned(np.array(places), len(spec.seeds), cost.trials, cost.images, cost.seconds)
    for sweep in store.sweeps(protocol=protocol, states=CONCLUDED, limit=_LOOKED_AT):
        found = forecast(gather(store, sweep.id), planned, spec.selection)
        if found is not None:
            return Foretold(sweep.id, found)
    return None


def forecast_key(spec: SweepSpec) -> str:
    """Of the decision that tells a forecast; a sweep that is given more seeds gets another one."""
    return f"forecast for {plural(len(spec.seeds), 'seed')}"


def foreseen(ledger: Ledger, spec: SweepSpec) -> Decision | None:
    """What every candidate with every seed would show, told by the trials so far.

    None while they say nothing of noise: two candidates that share two seeds have to be finished.
    """
    places = [entry.place for entry in ledger.evidence if entry.eligible]
    trials = len(ledger.arms) * len(spec.seeds)
    images = trials * spec.proxy.total_images
    planned = Planned(np.array(places), len(spec.seeds), trials, images)
    found = forecast(ledger.evidence, planned, spec.selection)
    if found is None:
        return None
    finished = sum(stands == "finished" for stands in ledger.trials.values())
    told = f"told by {plural(finished, 'trial')}: {found.needs}; {found.noise}"
    return Decision(forecast_key(spec), told)
