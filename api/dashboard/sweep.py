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
from results.conclusions import conclusions
from results.errors import NotFoundError
from results.states import SWEEP_TRANSITIONS, AccessScope, SweepState, TrialState
from results.store import Store
from results.tables.candidates import CANDIDATES, REACHED, Compared, compared
from results.tables.provenance import provenance
from results.tables.table import Table, lay_out
from results.tables.trials import TRIALS
from results.values import Gallery, SweepDetail
from search_spaces.errors import InputError
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


_COLUMNS: Final = (
    "id", "candidate", "seed", "state", "accuracy", "loss", "flops", "train_seconds",
    "images_per_second", "attempts", "worker", "error",
)  # fmt: skip
"""Of the table of trials."""


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
    trials = read_listing(request, TrialQuery, _TRIALS, partial(store.trials, sweep_id))
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
        leader=next((one.candidate for one in candidates if one.leads), None),
        candidates=_candidate_table(candidates),
        eta=store.work(sweep_id).eta_seconds if state is SweepState.RUNNING else None,
        trials=trials,
        trial_table=lay_out(TRIALS, trials.rows, _COLUMNS),
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


def _best(store: Store, sweep: SweepDetail) -> list[Compared]:
    """The most accurate candidates; the leader is the outcome's, else the best so far."""
    outcome = sweep.outcome
    most_accurate = store.candidates(sweep.id, sort="-accuracy", limit=_CANDIDATES)
    reached = [row for row in most_accurate if row.accuracy_mean is not None]
    leading = next((row.index for row in reached if row.eligible), None)
    if outcome:
        leading = outcome.leader
    if outcome and leading is not None and leading not in {row.index for row in reached}:
        reached += store.candidates(sweep.id, index=leading)
    return compared(reached, outcome, leading)


def _candidate_table(candidates: Sequence[Compared]) -> Table[Compared]:
    timed = ("latency",) if any(one.candidate.latency for one in candidates) else ()
    names = (
        "index", "coefficients", "resolution_px", "flops", "measured_ratio", *timed, "params",
        *REACHED,
    )  # fmt: skip
    return lay_out(CANDIDATES, candidates, names, leads=lambda one: one.leads)
