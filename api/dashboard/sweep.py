"""The page of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, get_args

import yaml
from fastapi import APIRouter, Request, Response

from api.dashboard.queries import read_listing
from api.dashboard.rendering import page
from api.figures import prepare
from api.models.common import SweepId
from api.models.trials import TrialQuery
from api.service import PrincipalDep, StoreDep
from results import values
from results.conclusions import conclusions
from results.errors import NotFoundError
from results.provenance import provenance
from results.states import SWEEP_TRANSITIONS, AccessScope, SweepState, TrialState
from results.store import Store
from results.values import Comparison, Gallery, SweepDetail
from search_spaces.errors import InputError
from search_spaces.human import chance, points, points_between
from search_spaces.specs.reading import parse
from search_spaces.specs.strategy import StrategyName
from search_spaces.specs.sweep import SweepSpec

router: Final = APIRouter(include_in_schema=False)

_TRIALS: Final = 25
_CANDIDATES: Final = 12
_LOG_LINES: Final = 200

COSTS: Final = ("accuracy-latency", "accuracy-params", "accuracy-activations", "accuracy-seconds")
FIGURES: Final = (
    ("Training", ("curves", "losses", "timeline")),
    ("The plan", ("methods", "ratios", "parallel")),
    ("What it costs", COSTS),
    ("The family", ("family",)),
)
"""Below the triangle and accuracy against FLOPs, which come first."""

TITLES: Final = {
    "triangle": "Where a doubling of FLOPs is best spent",
    "accuracy": "Accuracy against FLOPs",
    "curves": "Learning curves",
    "losses": "Learning curves: validation loss",
    "timeline": "Trials on workers",
    "methods": "Ways of scaling",
    "ratios": "Nominal against measured FLOPs",
    "parallel": "Coefficients, costs and accuracy",
    "accuracy-params": "Accuracy against parameters",
    "accuracy-activations": "Accuracy against activations",
    "accuracy-seconds": "Accuracy against training time",
    "accuracy-latency": "Accuracy against latency",
    "family": "Family of scaled networks",
}
"""Until a figure brings its own."""


@dataclass(frozen=True)
class Candidate:
    """A row of the best candidates."""

    network: values.Candidate
    comparison: Comparison | None
    leads: bool

    @property
    def best(self) -> str:
        """Probability that no other is better."""
        return chance(None if self.comparison is None else self.comparison.probability_best)

    @property
    def regret(self) -> str:
        """What it is expected to lose, in points."""
        lost = None if self.comparison is None else self.comparison.expected_regret
        return "" if lost is None else points(lost)

    @property
    def gain(self) -> str:
        """The leader's gain over it in points, with its joint interval."""
        beside = self.comparison
        return "" if beside is None else points_between(beside.low, beside.high)


@router.get("/sweeps/{sweep_id}")
def get_sweep_page(
    sweep_id: SweepId, request: Request, store: StoreDep, principal: PrincipalDep
) -> Response:
    """All about a sweep; the address has filters, order and page of its trials."""
    event = store.last_event(sweep_id)
    prepare()
    sweep = store.sweep(sweep_id)
    state = sweep.state
    candidates = _best(store, sweep)
    may_write = principal.scope.includes(AccessScope.SUBMIT)
    after = SWEEP_TRANSITIONS[state]
    unassigned = state is SweepState.QUEUED and sweep.queued_at is None
    return page(
        request.scope,
        "sweep",
        draws=True,
        event=event,
        sweep=sweep,
        state=state,
        outcome=sweep.outcome,
        found=conclusions(sweep.outcome, sweep.target_quantity) if sweep.outcome else [],
        validation=next(iter(store.validations(protocol=sweep.protocol, limit=1)), None),
        gallery=_gallery(store, sweep_id),
        checkpoints=store.checkpoints(sweep_id),
        leader=next((one for one in candidates if one.leads), None),
        candidates=candidates,
        timed=next((one.network.latency for one in candidates if one.network.latency), None),
        eta=store.work(sweep_id).eta_seconds if state is SweepState.RUNNING else None,
        trials=read_listing(request, TrialQuery, _TRIALS, partial(store.trials, sweep_id)),
        trial_states=list(TrialState),
        log=store.driver_log(sweep_id, limit=_LOG_LINES),
        provenance=provenance(sweep),
        spec=yaml.safe_dump(sweep.spec, sort_keys=False, allow_unicode=True),
        sections=FIGURES,
        titles=TITLES,
        may_cancel=may_write and SweepState.CANCELLED in after and not sweep.cancel_requested,
        may_resume=may_write
        and (unassigned or (SweepState.QUEUED in after and state is not SweepState.RUNNING)),
        unassigned=unassigned,
        extending=_extending(sweep) if may_write else None,
        extendable=state not in (SweepState.QUEUED, SweepState.RUNNING),
    )


@dataclass(frozen=True)
class Extending:
    """What the form shows that asks for more of a sweep.

    `plannable` says whether the service can plan further directions: not where networks would have
    to be run, and not of ways of scaling.
    """

    strategy: str
    strategies: Sequence[str]
    trial_images: int
    plannable: bool


def _extending(sweep: SweepDetail) -> Extending | None:
    try:
        spec = parse(SweepSpec, sweep.spec, f"sweep {sweep.id}")
    except InputError:  # of another version, or of a baseline that is not installed here
        return None
    return Extending(
        spec.strategy.name,
        get_args(StrategyName),
        spec.proxy.total_images,
        plannable=spec.space.compare is None and not spec.space.target.timed,
    )


def _gallery(store: Store, sweep_id: int) -> Gallery | None:
    try:
        return store.gallery(sweep_id)
    except NotFoundError:
        return None


def _best(store: Store, sweep: SweepDetail) -> list[Candidate]:
    """The most accurate candidates; the leader is the outcome's, else the best so far."""
    outcome = sweep.outcome
    compared = {row.index: row for row in outcome.comparisons} if outcome else {}
    found = store.candidates(sweep.id, sort="-accuracy", limit=_CANDIDATES)
    reached = [row for row in found if row.accuracy_mean is not None]
    leading = next((row.index for row in reached if row.eligible), None)
    if outcome:
        leading = outcome.leader
    if outcome and leading is not None and leading not in {row.index for row in reached}:
        reached += store.candidates(sweep.id, index=leading)
    return [Candidate(row, compared.get(row.index), leads=row.index == leading) for row in reached]
