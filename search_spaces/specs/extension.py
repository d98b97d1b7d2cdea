"""More of a sweep: further seeds, a finer search, another strategy, a longer budget."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from search_spaces.errors import InputError
from search_spaces.specs.reading import parse
from search_spaces.specs.space import Axes, Lattice
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.sweep import MAX_SEEDS, SweepSpec


class Extension(BaseModel):
    """What a stored sweep should have besides what it has; at least one of it.

    All but the budget is added to the sweep itself, and all its trials count on. A budget is part
    of the protocol, so a longer one makes a new sweep, and no trial of the old one counts there.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"example": {"seeds": 6}}
    )

    seeds: int | tuple[int, ...] | None = Field(
        None, description="How many seeds in all, or further ones."
    )
    lattice: Lattice | None = Field(None, description="Directions to search besides.")
    axes: Axes | None = Field(None, description="A grid over α, β, γ to search besides.")
    strategy: StrategySpec | None = Field(None, description="How to go on.")
    confirmation_seeds: int | None = Field(
        None, ge=0, le=MAX_SEEDS, description="Fresh seeds of the leader when the search is over."
    )
    images: int | None = Field(None, ge=1, description="A longer budget, in images of a trial.")
    steps: int | None = Field(None, ge=1, description="A longer budget, in steps of a trial.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(
                "nothing to extend: give more seeds, a finer lattice, another strategy, more "
                "confirmation seeds or a longer budget"
            )
        if self.lattice is not None and self.axes is not None:
            raise ValueError("give at most one of lattice and axes: they say where to look")
        return self

    @property
    def looks_further(self) -> bool:
        """Whether a search is planned; what else is asked needs only the plan that is stored."""
        return self.lattice is not None or self.axes is not None

    @property
    def is_longer(self) -> bool:
        """Whether the budget changes, and with it the protocol."""
        return self.images is not None or self.steps is not None


def extended(spec: SweepSpec, extension: Extension, sweep_id: int) -> SweepSpec:
    """The specification of the sweep when it has been extended, or of the longer one.

    Args:
        spec: of the sweep so far.
        extension: what to add.
        sweep_id: of the sweep, which the description of a longer one names.

    Raises:
        InputError: something would become less, or the parts contradict each other.
    """
    values: dict[str, Any] = spec.model_dump(mode="json")
    values["seeds"] = _seeds(spec.seeds, extension.seeds)
    if extension.lattice is not None or extension.axes is not None:
        place = extension.model_dump(mode="json", include={"lattice", "axes"})
        values["space"] |= place
    if extension.strategy is not None:
        values["strategy"] = extension.strategy.model_dump(mode="json")
    if extension.confirmation_seeds is not None:
        fewer = extension.confirmation_seeds < len(spec.confirmation)
        if fewer:
            raise InputError(
                f"confirmation_seeds is {extension.confirmation_seeds}: the sweep has "
                f"{len(spec.confirmation)} already, and extending only adds; give more"
            )
        values["confirmation_seeds"] = extension.confirmation_seeds
    if extension.is_longer:
        values["proxy"] |= {"images": extension.images, "steps": extension.steps}
        said = f"Sweep {sweep_id} with a longer budget."
        values["description"] = f"{spec.description.strip()} {said}".strip()
    found = parse(SweepSpec, values, "the extended sweep")
    if extension.is_longer and found.proxy.total_images <= spec.proxy.total_images:
        raise InputError(
            f"the budget is {found.proxy.total_images:,} images a trial: the sweep has "
            f"{spec.proxy.total_images:,} already; give a longer one, or run a new sweep"
        )
    if found == spec:
        raise InputError(
            "nothing would change: the sweep has all of this already; give more seeds, a finer "
            "lattice, another strategy or a longer budget"
        )
    return found


def _seeds(present: tuple[int, ...], asked: int | tuple[int, ...] | None) -> list[int]:
    """The present seeds in their order, then further ones."""
    if asked is None:
        return list(present)
    if not isinstance(asked, int):
        return list(dict.fromkeys([*present, *asked]))
    if not len(present) <= asked <= MAX_SEEDS:
        raise InputError(
            f"seeds is {asked}: the sweep has {len(present)} already and can have {MAX_SEEDS}, "
            f"and extending only adds; give {len(present) + 1} to {MAX_SEEDS}"
        )
    further = (seed for seed in range(asked + len(present)) if seed not in present)
    return [
        *present,
        *(seed for seed, _ in zip(further, range(asked - len(present)), strict=False)),
    ]


def check_additions(before: SweepSpec, after: SweepSpec, further: int) -> None:
    """Refuse an extension that adds no trial.

    Args:
        before: the specification of the sweep so far.
        after: when it has been extended.
        further: candidates that are added.

    Raises:
        InputError: its networks are in the sweep already, and nothing else is asked.
    """
    asked = [(spec.seeds, spec.confirmation, spec.strategy) for spec in (before, after)]
    if not further and asked[0] == asked[1]:
        raise InputError(
            "nothing would be added: the sweep has every network of that search already; give a "
            "finer lattice (--divisions), more seeds, another strategy or a longer budget"
        )


def check_proposals(
    spec: SweepSpec, extension: Extension, searched: int, candidates: int, eligible: int
) -> None:
    """Refuse an extension after which a sampler would have nothing left to propose.

    Args:
        spec: of the sweep when it has been extended.
        extension: what is added.
        searched: trials of candidates that can win, without those that confirm.
        candidates: of the plan.
        eligible: those that can win.

    Raises:
        InputError: the search has as many trials as its sampler wants, and nothing else is asked.
    """
    if not spec.strategy.samples or extension.confirmation_seeds is not None:
        return
    strategy, seeds = spec.strategy, len(spec.seeds)
    wanted = strategy.sampled_trials(candidates, eligible, seeds)
    if searched < wanted:
        return
    more = []
    if searched >= eligible * seeds:  # none is left with these seeds
        seeds = searched // eligible + 1
        more.append(f"more seeds (--seeds {seeds})")
    if searched >= strategy.sampled_trials(candidates, eligible, seeds):
        trials = min(searched + 8, eligible * seeds)
        more.append(f"more trials in all (--set strategy.trials={trials})")
    raise InputError(
        f"{strategy.name} makes {wanted} trials here, and the sweep's search has {searched} "
        f"already, which count on: nothing would be proposed; give {' and '.join(more)}"
    )
