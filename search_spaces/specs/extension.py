"""Extensions of a sweep: further seeds, a finer search, another strategy, a longer budget."""

from __future__ import annotations

import itertools
from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from search_spaces.errors import InputError
from search_spaces.models import StrictModel
from search_spaces.specs.reading import parse
from search_spaces.specs.seeds import MAX_SEEDS
from search_spaces.specs.space import Axes, Lattice
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.sweep import SweepSpec


class Extension(StrictModel):
    """Changes to a stored sweep, at least one of them.

    All but the budget are added to the sweep itself, and its trials remain valid. The budget is
    part of the protocol, so a longer one makes a new sweep, which uses no trial of the old one.
    """

    model_config = ConfigDict(json_schema_extra={"example": {"seeds": 6}})

    seeds: int | tuple[int, ...] | None = Field(
        None, description="Total number of seeds, or a list of further ones."
    )
    lattice: Lattice | None = Field(None, description="Further directions to search.")
    axes: Axes | None = Field(None, description="A further grid over α, β, γ to search.")
    strategy: StrategySpec | None = Field(None, description="Strategy of the further search.")
    confirmation_seeds: int | None = Field(
        None, ge=0, le=MAX_SEEDS, description="Fresh seeds of the leader after the search."
    )
    images: int | None = Field(
        None, ge=1, description="A longer budget, in training images per trial."
    )
    steps: int | None = Field(
        None, ge=1, description="A longer budget, in optimizer steps per trial."
    )

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
        """Whether a new search has to be planned."""
        return self.lattice is not None or self.axes is not None

    @property
    def is_longer(self) -> bool:
        """Whether the budget changes, and with it the protocol."""
        return self.images is not None or self.steps is not None


def extended(spec: SweepSpec, extension: Extension, sweep_id: int) -> SweepSpec:
    """The specification of the extended sweep, or of the new one with a longer budget.

    Args:
        spec: the specification so far.
        extension: what to add.
        sweep_id: the sweep, which the description of a new one names.

    Raises:
        InputError: something would become less, nothing would change, or values contradict each
            other.
    """
    values: dict[str, Any] = spec.model_dump(mode="json")
    values["seeds"] = _seeds(spec.seeds, extension.seeds)
    if extension.lattice is not None or extension.axes is not None:
        values["space"] |= extension.model_dump(mode="json", include={"lattice", "axes"})
    if extension.strategy is not None:
        values["strategy"] = extension.strategy.model_dump(mode="json")
    if extension.confirmation_seeds is not None:
        if extension.confirmation_seeds < len(spec.confirmation):
            raise InputError(
                f"confirmation_seeds is {extension.confirmation_seeds}: the sweep has "
                f"{len(spec.confirmation)} already, and extending only adds; give more"
            )
        values["confirmation_seeds"] = extension.confirmation_seeds
    if extension.is_longer:
        values["proxy"] |= {"images": extension.images, "steps": extension.steps}
        origin = f"Sweep {sweep_id} with a longer budget."
        values["description"] = f"{spec.description.strip()} {origin}".strip()
    result = parse(SweepSpec, values, "the extended sweep")
    if extension.is_longer and result.proxy.total_images <= spec.proxy.total_images:
        raise InputError(
            f"the budget is {result.proxy.total_images:,} images per trial: the sweep has "
            f"{spec.proxy.total_images:,} already; give a longer one, or run a new sweep"
        )
    if result == spec:
        raise InputError(
            "nothing would change: the sweep has all of this already; give more seeds, a finer "
            "lattice, another strategy or a longer budget"
        )
    return result


def _seeds(present: tuple[int, ...], wanted: int | tuple[int, ...] | None) -> list[int]:
    """The present seeds in their order, then further ones."""
    if wanted is None:
        return list(present)
    if not isinstance(wanted, int):
        return list(dict.fromkeys([*present, *wanted]))
    if not len(present) <= wanted <= MAX_SEEDS:
        raise InputError(
            f"seeds is {wanted}: the sweep has {len(present)} already and can have {MAX_SEEDS}, "
            f"and extending only adds; give {len(present) + 1} to {MAX_SEEDS}"
        )
    unused = (seed for seed in range(wanted + len(present)) if seed not in present)
    return [*present, *itertools.islice(unused, wanted - len(present))]


def check_additions(before: SweepSpec, after: SweepSpec, further: int) -> None:
    """Refuse an extension that adds no trial.

    Args:
        before: the specification so far.
        after: the extended one.
        further: number of candidates that are added.

    Raises:
        InputError: the sweep has all networks already, and nothing else changes.
    """
    trials = [(spec.seeds, spec.confirmation, spec.strategy) for spec in (before, after)]
    if not further and trials[0] == trials[1]:
        raise InputError(
            "nothing would be added: the sweep has every network of that search already; give a "
            "finer lattice (--divisions), more seeds, another strategy or a longer budget"
        )


def check_proposals(
    spec: SweepSpec, extension: Extension, searched: int, candidates: int, eligible: int
) -> None:
    """Refuse an extension after which a sampler would have nothing left to propose.

    Args:
        spec: the extended specification.
        extension: what is added.
        searched: trials of candidates that can win, without confirmation trials.
        candidates: networks of the plan, references included.
        eligible: those that can win.

    Raises:
        InputError: the search has as many trials as its sampler makes, and nothing else changes.
    """
    if not spec.strategy.samples or extension.confirmation_seeds is not None:
        return
    strategy, seeds = spec.strategy, len(spec.seeds)
    wanted = strategy.sampled_trials(candidates, eligible, seeds)
    if searched < wanted:
        return
    more = []
    if searched >= eligible * seeds:  # no trial is left with these seeds
        seeds = searched // eligible + 1
        more.append(f"more seeds (--seeds {seeds})")
    if searched >= strategy.sampled_trials(candidates, eligible, seeds):
        trials = min(searched + 8, eligible * seeds)
        more.append(f"more trials in all (--set strategy.trials={trials})")
    raise InputError(
        f"{strategy.name} makes {wanted} trials here, and the sweep's search has {searched} "
        f"already, which count on: nothing would be proposed; give {' and '.join(more)}"
    )
