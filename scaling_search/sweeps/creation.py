"""From a spec and prepared images to a stored sweep, every candidate confirmed by fvcore."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from results.plans import Remarks, new_candidates
from results.store import Store
from results.values import (
    Measurement,
    MeasurementKey,
    NewCandidate,
    NewSweep,
    Sweep,
    Validation,
)
from scaling_search.data import PreparedDataset
from scaling_search.environment import hardware, versions
from scaling_search.networks.measure import measure, measuring_versions
from scaling_search.networks.user_baselines.flop_counter import known
from scaling_search.sweeps.registration import as_record
from search_spaces.errors import InputError, WorkError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import Candidate, Plan
from search_spaces.specs.sweep import SweepSpec

Counted = Callable[[int, int], None]
"""Called with how many networks are measured, and how many there are."""


def _key(spec: NetworkSpec) -> MeasurementKey:
    return MeasurementKey(
        spec_key=spec.key,
        classes=spec.classes,
        in_channels=spec.in_channels,
        mode="eval",
        versions=measuring_versions(spec),
    )


def confirm(
    store: Store, networks: Sequence[tuple[NetworkSpec, Complexity]], counted: Counted | None = None
) -> dict[str, Measurement]:
    """What fvcore counts of each network, by spec key; measured only where none is stored yet.

    Raises:
        WorkError: fvcore counts otherwise than the closed form, so that the plan cannot be trusted.
    """
    keys = {spec.key: _key(spec) for spec, _ in networks}
    stored = {key.spec_key: row for key, row in store.measurements(keys.values()).items()}
    for number, (spec, expected) in enumerate(networks, start=1):
        if spec.key not in stored:
            measured = known().get(spec) or measure(spec)
            if measured.complexity != expected:
                raise WorkError(
                    f"fvcore measures {measured.complexity} on {spec.baseline} at "
                    f"{spec.resolution_px} px, its closed form says {expected}: the baseline's "
                    "layers do not describe what it builds"
                )
            stored[spec.key] = Measurement(
                key=keys[spec.key],
                flops=measured.complexity.flops,
                params=measured.complexity.params,
                activations=measured.complexity.activations,
                uncounted=measured.uncounted,
                seconds=measured.seconds,
            )
            # Stored one by one: what is measured stays measured, whatever happens next.
            store.put_measurements([stored[spec.key]])
        if counted is not None:
            counted(number, len(networks))
    return stored


def measured_before(store: Store, spec: NetworkSpec) -> Complexity | None:
    """What is stored of a network that was measured with the same versions and code."""
    key = _key(spec)
    row = store.measurements([key]).get(key)
    return None if row is None else Complexity(row.flops, row.params, row.activations)


def remarks_of(data: PreparedDataset) -> Remarks:
    """The caution for a candidate that enlarges the images."""

    def of(candidate: Candidate) -> tuple[str, ...]:
        note = data.upsampling_note(candidate.spec.resolution_px)
        return (note,) if note else ()

    return of


def networks_of(candidates: Sequence[NewCandidate]) -> list[tuple[NetworkSpec, Complexity]]:
    """What `confirm` measures of them."""
    return [
        (NetworkSpec.from_dict(row.spec), Complexity(row.flops, row.params, row.activations))
        for row in candidates
    ]


def check_images(stored: Sweep | Validation, data: PreparedDataset) -> None:
    """Refuse other images than those of a sweep or a validation.

    Raises:
        InputError: they changed since it was created.
    """
    if data.fingerprint != stored.dataset_fingerprint:
        kind = "sweep" if isinstance(stored, Sweep) else "validation"
        raise InputError(
            f"the images of {data.name} changed since {kind} {stored.id} was created (fingerprint "
            f"{data.fingerprint[:12]}, then {stored.dataset_fingerprint[:12]}): trials on "
            f"different images cannot be compared; restore the images, or run a new {kind}"
        )


def create_sweep(
    store: Store,
    spec: SweepSpec,
    data: PreparedDataset,
    plan: Plan,
    counted: Counted | None = None,
    *,
    key: str | None = None,
) -> int:
    """Store a sweep over a plan with its candidates and pending trials; returns its id.

    Args:
        store: where to.
        spec: of the sweep.
        data: the images, prepared.
        plan: of `spec.space`, for the channels and classes of `data`.
        counted: called with the progress of measuring.
        key: a second sweep under the same key is not stored, and the first one's id returned.

    Raises:
        InputError: the strategy cannot work on this plan.
        WorkError: fvcore and the closed form disagree, or the database cannot be written.
    """
    candidates = new_candidates(plan, remarks_of(data))
    return store_sweep(store, spec, data, candidates, counted, key=key)


def store_sweep(
    store: Store,
    spec: SweepSpec,
    data: PreparedDataset,
    candidates: Sequence[NewCandidate],
    counted: Counted | None = None,
    *,
    key: str | None = None,
) -> int:
    """`create_sweep` with the candidates of a plan that was made before."""
    spec.check_plan(len(candidates), sum(one.eligible for one in candidates))
    confirm(store, networks_of(candidates), counted)
    store.put_dataset(as_record(data, name=data.name, source=spec.data.name))
    return store.create_sweep(
        NewSweep(
            name=spec.name,
            spec=spec.model_dump(mode="json"),
            protocol=spec.protocol(data.fingerprint),
            baseline=spec.space.baseline,
            dataset=data.name,
            dataset_fingerprint=data.fingerprint,
            target_ratio=spec.space.target.ratio,
            target_quantity=spec.space.target.quantity,
            seeds=spec.seeds,
            versions=dict(versions()),
            hardware=hardware(),
            idempotency_key=key,
        ),
        candidates,
        first_seeds=spec.certain_seeds,
    )
