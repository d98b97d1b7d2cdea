"""More of a stored sweep, for the runners to train."""

from __future__ import annotations

from api.settings import Settings
from api.submission.limits import check_budget, check_space
from api.submission.planning import Planned, as_sweep
from results.plans import further_candidates, new_candidates
from results.records import Dataset
from results.store import Store
from search_spaces.extension import Extension, check_additions, check_proposals, extended
from search_spaces.planning import make_plan
from search_spaces.reading import parse
from search_spaces.sweep_spec import SweepSpec


def extend_for(
    store: Store, settings: Settings, sweep_id: int, extension: Extension, key: str | None
) -> int:
    """Extend a sweep, or make the longer one, and put it into the queue; its id.

    Raises:
        NotFoundError: there is no such sweep, or its data set is not known any more.
        ConflictError: it waits or is driven.
        ProblemError: 422, a limit is passed.
        InputError: something would become less, or contradicts the rest.
    """
    stored = store.sweep(sweep_id)
    before = parse(SweepSpec, stored.spec, f"sweep {sweep_id}")
    spec = extended(before, extension, sweep_id)
    data: Dataset = store.dataset(stored.dataset)
    check_space(spec.space, settings)
    plan = make_plan(
        spec.space,
        in_channels=spec.data.in_channels or data.channels,
        classes=data.classes,
    )
    check_budget(spec, plan, settings)
    planned = Planned(spec, plan, data)
    if extension.is_longer:
        spec.check_plan(len(plan.candidates), sum(one.eligible for one in plan.candidates))
        sweep, candidates = as_sweep(planned, key)
        return store.create_sweep(sweep, candidates, enqueue=True, first_seeds=spec.certain_seeds)
    present = store.candidates(sweep_id)
    further = further_candidates(present, new_candidates(plan, planned.remarks))
    check_additions(before, spec, len(further))
    everyone = [*present, *further]
    eligible = sum(one.eligible for one in everyone)
    spec.check_plan(len(everyone), eligible)
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
