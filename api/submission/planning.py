"""Plans of submitted specifications, and sweeps from plans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

from api.settings import Settings
from api.submission.data import find_data
from api.submission.limits import check_budget, check_space
from results.plans import new_candidates
from results.store import Store
from results.values import Dataset, NewCandidate, NewSweep
from search_spaces.planning import Candidate, Plan, make_plan
from search_spaces.planning.warnings import upsampling_note
from search_spaces.specs.sweep import SweepSpec


@dataclass(frozen=True)
class Planned:
    """A specification with its plan; `data` is None where none was named."""

    spec: SweepSpec
    plan: Plan
    data: Dataset | None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings of the plan and notes of the data set."""
        notes = () if self.data is None else self.data.notes
        return (*self.plan.warnings, *notes)

    @cached_property
    def candidates(self) -> list[NewCandidate]:
        """The candidates to store."""
        return new_candidates(self.plan, self.remarks)

    def remarks(self, candidate: Candidate) -> tuple[str, ...]:
        """The note of a candidate that upsamples the images."""
        if self.data is None or self.data.native_px is None:
            return ()
        native_px = self.data.native_px
        kept_px = self.spec.data.source_px or self.data.details.get("source_px", native_px)
        note = upsampling_note(candidate.spec.resolution_px, native_px, kept_px)
        return (note,) if note else ()


def plan_for(spec: SweepSpec, store: Store, settings: Settings, *, needs_data: bool) -> Planned:
    """Plan a specification within the limits of the service.

    Without data (possible in a dry run), the baseline's own channels and classes are used.

    Raises:
        ProblemError: 422, a limit is exceeded or the data set is unknown.
        InputError: the space has no network within its constraint, or the strategy cannot work on
            its plan.
    """
    check_space(spec.space, settings)
    named = needs_data or "data" in spec.model_fields_set
    data = find_data(spec, store, settings) if named else None
    plan = make_plan(
        spec.space,
        in_channels=None if data is None else spec.data.in_channels or data.channels,
        classes=None if data is None else data.classes,
    )
    spec.check_plan(len(plan.candidates), sum(one.eligible for one in plan.candidates))
    planned = Planned(spec, plan, data)
    check_budget(spec, planned.candidates, settings)
    return planned


def submit_spec(spec: SweepSpec, store: Store, settings: Settings, key: str | None = None) -> int:
    """Plan a specification and queue it as a sweep; returns its id.

    Args:
        spec: of the sweep.
        store: gets the sweep.
        settings: with the limits.
        key: idempotency key; a second call with it returns the first sweep.

    Raises:
        ProblemError: 422, a limit is exceeded or the data set is unknown.
        InputError: see `plan_for`.
    """
    planned = plan_for(spec, store, settings, needs_data=True)
    assert planned.data is not None, "a submitted sweep has data"
    sweep = as_sweep(spec, planned.data, key)
    return store.create_sweep(
        sweep, planned.candidates, enqueue=True, first_seeds=spec.certain_seeds
    )


def as_sweep(spec: SweepSpec, data: Dataset, key: str | None) -> NewSweep:
    """The sweep to store.

    Its specification names the images by their source and as they were registered, so that the
    driver finds the same ones. The driver adds versions and hardware, and confirms complexities
    with fvcore.
    """
    located = spec.model_copy(update={"data": spec.data.registered_as(data.source, data.choices)})
    return NewSweep(
        name=spec.name,
        spec=located.model_dump(mode="json"),
        protocol=located.protocol(data.fingerprint),
        baseline=spec.space.baseline,
        dataset=data.name,
        dataset_fingerprint=data.fingerprint,
        target_ratio=spec.space.target.ratio,
        target_quantity=spec.space.target.quantity,
        seeds=spec.seeds,
        versions={"scaling-search": version("scaling-search")},
        hardware={},
        idempotency_key=key,
    )
