"""Adding seeds, candidates or budget to a stored sweep, on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from results.plans import further_candidates, new_candidates
from results.store import Store
from results.values import NewCandidate
from scaling_search.data import PreparedDataset
from scaling_search.sweeps.creation import (
    Counted,
    check_images,
    confirm,
    networks_of,
    remarks_of,
    store_sweep,
)
from scaling_search.sweeps.images import check_split
from search_spaces.planning import make_plan
from search_spaces.specs.extension import Extension, check_additions, check_proposals, extended
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec


@dataclass(frozen=True)
class Extended:
    """The outcome of an extension.

    `sweep_id` is the sweep to drive: the same one, or a new one for a longer budget. `reused`
    counts the finished trials that it goes on with, `left` those of another budget that have no
    part in it.
    """

    sweep_id: int
    spec: SweepSpec
    reused: int
    left: int

    @property
    def why(self) -> str:
        """For people: which results count on."""
        if self.left:
            return (
                f"the budget is part of the protocol, so this is a new sweep: {self.left:,} "
                "trials of the shorter budget stay where they are and are not compared with it; "
                "its plan and what fvcore measured are reused"
            )
        return f"{self.reused:,} finished trials count on: the protocol is the same"


def extend_sweep(
    store: Store,
    sweep_id: int,
    extension: Extension,
    data: PreparedDataset,
    counted: Counted | None = None,
) -> Extended:
    """Add to a sweep, or make the longer one; nothing is trained yet.

    Args:
        store: where the sweep is.
        sweep_id: of the sweep.
        extension: what to add.
        data: its images, prepared.
        counted: called with the progress of measuring new candidates.

    Raises:
        InputError: something would become less, or contradicts the rest; the images changed.
        ConflictError: the sweep waits or is driven.
        WorkError: fvcore and the closed form disagree, or the database cannot be written.
    """
    stored = store.sweep(sweep_id)
    before = parse(SweepSpec, stored.spec, f"sweep {sweep_id}")
    spec = extended(before, extension, sweep_id)
    check_images(stored, data)
    check_split(store, sweep_id, data)
    present = store.candidates(sweep_id)
    further: list[NewCandidate] = []
    if extension.looks_further:
        plan = make_plan(spec.space, in_channels=data.channels, classes=len(data.class_names))
        further = further_candidates(present, new_candidates(plan, remarks_of(data)))
    finished = store.progress([sweep_id])[sweep_id].finished
    if extension.is_longer:
        new = store_sweep(store, spec, data, [*present, *further], counted)
        return Extended(new, spec, reused=0, left=finished)
    check_additions(before, spec, len(further))
    eligible = sum(one.eligible for one in [*present, *further])
    spec.check_plan(len(present) + len(further), eligible)
    searched = store.search_size(sweep_id)
    check_proposals(spec, extension, searched, len(present) + len(further), eligible)
    if further:
        confirm(store, networks_of(further), counted)
    reused = store.extend(
        sweep_id,
        spec.model_dump(mode="json"),
        seeds=spec.seeds,
        first_seeds=spec.certain_seeds,
        candidates=further,
    )
    return Extended(sweep_id, spec, reused=reused, left=0)
