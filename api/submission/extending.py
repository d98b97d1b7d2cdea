"""Extends a stored sweep and queues it."""

from __future__ import annotations

from typing import Final

from api.settings import Settings
from api.submission.limits import check_budget, check_space
from api.submission.planning import Planned, as_sweep
from results.plans import further_candidates
from results.store import Store
from results.values import Dataset, NewCandidate
from search_spaces.errors import InputError
from search_spaces.planning import make_plan
from search_spaces.specs.extension import Extension, check_additions, check_proposals, extended
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec

_ELSEWHERE: Final = (
    "add directions with `scaling-search extend` on the machine whose latency counts; more seeds, "
    "another strategy and a longer budget need no plan and are accepted here"
)


def extend_for(
    store: Store, settings: Settings, sweep_id: int, extension: Extension, key: str | None
) -> int:
    """Extend a sweep, or create one with a longer budget, and queue it; returns its id.

    Raises:
        NotFoundError: there is no such sweep, or its data set is not known any more.
        ConflictError: it is queued or running.
        ProblemError: 422, a limit is exceeded.
        InputError: something would be reduced, or contradicts the rest.
    """
    stored = store.sweep(sweep_id)
    before = parse(SweepSpec, stored.spec, f"sweep {sweep_id}")
    spec = extended(before, extension, sweep_id)
    data = store.dataset(stored.dataset)
    if data.fingerprint != stored.dataset_fingerprint:
        raise InputError(
            f"the images registered as {data.name} changed since sweep {sweep_id} was created: "
            "trials on different images cannot be compared; restore them, or submit a new sweep"
        )
    present = store.candidates(sweep_id)
    wanted = _planned(spec, data, settings) if extension.looks_further else ()
    further = further_candidates(present, wanted)
    everyone = [*present, *further]
    check_budget(spec, everyone, settings)
    eligible = sum(one.eligible for one in everyone)
    spec.check_plan(len(everyone), eligible)
    if extension.is_longer:
        return store.create_sweep(
            as_sweep(spec, data, key), everyone, enqueue=True, first_seeds=spec.certain_seeds
        )
    check_additions(before, spec, len(further))
    check_proposals(spec, extension, store.search_size(sweep_id), len(everyone), eligible)
    store.extend(
        sweep_id,
        spec.model_dump(mode="json"),
        seeds=spec.seeds,
        first_seeds=spec.certain_seeds,
        candidates=further,
        enqueue=True,
    )
    return sweep_id


def _planned(spec: SweepSpec, data: Dataset, settings: Settings) -> list[NewCandidate]:
    """The candidates of the extended search."""
    check_space(spec.space, settings, elsewhere=_ELSEWHERE)
    plan = make_plan(
        spec.space, in_channels=spec.data.in_channels or data.channels, classes=data.classes
    )
    return Planned(spec, plan, data).candidates
