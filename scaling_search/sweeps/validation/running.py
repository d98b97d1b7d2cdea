"""A validation's sweeps, one after another: created when their turn comes, driven, and gone by.

What is missing is found from the database, so that a validation which was stopped anywhere goes on
where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from results.states import SweepState
from results.store import Store
from results.values import NewValidation, ValidationSweep
from scaling_search.data import PreparedDataset
from scaling_search.evidence.validity.trials import MIN_RANKED
from scaling_search.sweeps.creation import Counted, check_images, create_sweep
from scaling_search.sweeps.images import check_split
from scaling_search.sweeps.registration import as_record
from scaling_search.tune.execution import Execution
from search_spaces.errors import InputError
from search_spaces.planning import Plan, make_plan
from search_spaces.specs.validation import ValidationSpec, Variant


@dataclass(frozen=True)
class Turn:
    """A variant whose turn it is: the `number`-th of `of`, trained by sweep `sweep_id`."""

    variant: Variant
    sweep_id: int
    number: int
    of: int


def sample(spec: ValidationSpec, data: PreparedDataset) -> Plan:
    """The candidates of a validation: those of the sample at the target's FLOPs, and the baseline.

    Raises:
        InputError: too few directions of the sample have a network of the target's FLOPs.
    """
    space = next(spec.variants()).sweep.space
    plan = make_plan(space, in_channels=data.channels, classes=len(data.class_names))
    able = sum(candidate.eligible for candidate in plan.candidates)
    if able < MIN_RANKED:
        target = space.target
        missed = ", ".join(f"{one.flops_ratio:.2f}" for one in plan.directions if not one.reachable)
        raise InputError(
            f"{able} of {len(plan.directions)} sampled directions have a network within "
            f"{target.ratio:g} ± {target.tolerance:g} × the baseline's FLOPs (the others "
            f"come to {missed}), and ranks are compared between equal FLOPs only: at least "
            f"{MIN_RANKED} are needed; widen space.target.tolerance, or raise "
            "space.resolution_px"
        )
    return plan


def left_out(plan: Plan) -> tuple[str, ...]:
    """Directions of the sample that no network of the target's FLOPs realises, in words."""
    return tuple(
        f"depth {one.shares.depth:.2f}, width {one.shares.width:.2f}, resolution "
        f"{one.shares.resolution:.2f} (nearest: {one.flops_ratio:.2f} ×)"
        for one in plan.directions
        if not one.reachable
    )


def create_validation(store: Store, spec: ValidationSpec, data: PreparedDataset) -> int:
    """Store a validation of which nothing is trained yet; returns its id.

    Raises:
        InputError: the sample is too small.
        WorkError: the database cannot be written.
    """
    sample(spec, data)
    store.put_dataset(as_record(data, name=data.name, source=spec.sweep.data.name))
    return store.create_validation(
        NewValidation(
            name=spec.sweep.name,
            spec=spec.model_dump(mode="json"),
            baseline=spec.sweep.space.baseline,
            dataset=data.name,
            dataset_fingerprint=data.fingerprint,
            target_ratio=spec.sweep.space.target.ratio,
        )
    )


def _sweep_of(
    store: Store,
    validation_id: int,
    variant: Variant,
    data: PreparedDataset,
    plan: Plan,
    counted: Counted | None,
) -> int:
    """The sweep of a variant, created if it is not there yet."""
    for known in store.validation_sweeps(validation_id):
        if (known.images, known.learning_rate) == (variant.images, variant.learning_rate):
            return known.sweep_id
    # The key makes a second attempt find the sweep of a first one that stopped right after this.
    key = f"validation {validation_id}: {variant.images} at {variant.learning_rate!r}"
    sweep_id = create_sweep(store, variant.sweep, data, plan, counted, key=key)
    store.add_validation_sweep(
        ValidationSweep(
            validation_id=validation_id,
            sweep_id=sweep_id,
            images=variant.images,
            learning_rate=variant.learning_rate,
        )
    )
    return sweep_id


def is_over(store: Store, sweep_id: int) -> bool:
    """Whether nothing more comes of a sweep: it is finished, and no trial failed."""
    return store.sweep_state(sweep_id) is SweepState.FINISHED


@contextmanager
def _one_ray(execution: Execution) -> Iterator[None]:
    """One Ray for all sweeps, rather than one each."""
    from scaling_search.tune.session import ray_session

    cpus, gpus = execution.cpus_per_trial, execution.gpus_per_trial
    with ray_session(
        address=execution.ray_address, cpus=execution.workers * cpus, gpus=execution.workers * gpus
    ):
        yield


def train_validation(
    store: Store,
    validation_id: int,
    spec: ValidationSpec,
    data: PreparedDataset,
    execution: Execution,
    drive: Callable[[Turn], None],
    counted: Counted | None = None,
) -> None:
    """Train every variant that is not over, cheapest first.

    Args:
        store: the record.
        validation_id: which validation.
        spec: as it was stored.
        data: its images; their content must be what it was.
        execution: resources, for the Ray that all variants share.
        drive: drives the sweep of a turn to its end; raises what `sweeps.drive` raises.
        counted: told of the progress of measuring candidates.

    Raises:
        InputError: the images changed since the validation began.
        WorkError: a sweep failed.
    """
    check_images(store.validation(validation_id), data)
    for row in store.validation_sweeps(validation_id):
        check_split(store, row.sweep_id, data)
    plan = sample(spec, data)
    variants = list(spec.variants())
    over = {
        (row.images, row.learning_rate)
        for row in store.validation_sweeps(validation_id)
        if is_over(store, row.sweep_id)
    }
    missing = [
        (number, variant)
        for number, variant in enumerate(variants, start=1)
        if (variant.images, variant.learning_rate) not in over
    ]
    if not missing:
        return
    with _one_ray(execution):
        for number, variant in missing:
            sweep_id = _sweep_of(store, validation_id, variant, data, plan, counted)
            drive(Turn(variant, sweep_id, number, len(variants)))
