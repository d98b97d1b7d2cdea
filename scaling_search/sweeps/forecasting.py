"""What a conclusive answer is likely to cost.

Before a sweep begins, an earlier sweep of its protocol says so; later its own first trials do, as
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
"""Sweeps of the protocol, latest first, whose noise may be used."""


@dataclass(frozen=True)
class EarlierForecast:
    """A forecast and the sweep whose trials it rests on."""

    sweep: int
    forecast: Forecast

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {"sweep": self.sweep} | self.forecast.to_dict()


def forecast_plan(
    store: Store, spec: SweepSpec, fingerprint: str, plan: Plan, cost: Estimate
) -> EarlierForecast | None:
    """The forecast for a plan; None without a finished sweep of its protocol that shows noise.

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
        expected = forecast(gather(store, sweep.id), planned, spec.selection)
        if expected is not None:
            return EarlierForecast(sweep.id, expected)
    return None


def forecast_key(spec: SweepSpec) -> str:
    """Key of the decision with a forecast; a sweep that is given more seeds gets another one."""
    return f"forecast for {plural(len(spec.seeds), 'seed')}"


def forecast_decision(ledger: Ledger, spec: SweepSpec) -> Decision | None:
    """What every candidate with every seed would show, by the trials so far.

    None while they say nothing of noise: two candidates that share two seeds have to be finished.
    """
    places = [entry.place for entry in ledger.evidence if entry.eligible]
    trials = len(ledger.arms) * len(spec.seeds)
    images = trials * spec.proxy.total_images
    planned = Planned(np.array(places), len(spec.seeds), trials, images)
    expected = forecast(ledger.evidence, planned, spec.selection)
    if expected is None:
        return None
    finished = sum(status == "finished" for status in ledger.trials.values())
    why = f"After {plural(finished, 'trial')}: {expected.needs}; {expected.noise}"
    return Decision(forecast_key(spec), why)
