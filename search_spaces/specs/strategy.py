"""Which trials of a plan are trained, in which order, and when enough are."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from search_spaces.models import StrictModel

StrategyName = Literal["grid", "contenders", "asha", "hyperband", "tpe", "gp"]

RACES = ("asha", "hyperband")
SAMPLERS = ("tpe", "gp")

_KEYS_OF = {
    "pilot_seeds": ("contenders",),
    "negligible": ("contenders",),
    "reduction": RACES,
    "first_rung": RACES,
    "trials": SAMPLERS,
    "startup_trials": SAMPLERS,
}


class StrategySpec(StrictModel):
    """How a sweep spends its budget.

    - `grid`: every candidate with every seed.
    - `contenders`: pilot seeds for all, then further ones only for candidates that may still be
      within δ of the best, until the verdict is conclusive.
    - `asha`, `hyperband`: trials are stopped early if others were better after as many epochs
      (arXiv 1810.05934); a candidate whose trial was stopped gets no further seeds.
    - `tpe`, `gp`: Optuna's samplers propose shares; the nearest network is trained.
    """

    name: StrategyName = Field("grid", description="grid, contenders, asha, hyperband, tpe or gp.")
    max_images: int | None = Field(
        None,
        ge=1,
        description="Largest number of training images of the search, all trials together, "
        "without confirmation. Absent: no limit.",
    )
    seed: int = Field(0, ge=0, lt=2**31, description="tpe, gp: seed of the sampler.")
    pilot_seeds: int = Field(
        2, ge=2, description="contenders: seeds of every candidate before any is dropped."
    )
    negligible: float = Field(
        0.05,
        gt=0,
        lt=0.5,
        description="contenders: a candidate gets further seeds while the probability that it is "
        "within δ of the best is above this.",
    )
    reduction: int = Field(
        4,
        ge=2,
        le=16,
        description="asha, hyperband: factor by which the number of trials falls, and the number "
        "of epochs rises, from one rung to the next.",
    )
    first_rung: int = Field(
        1, ge=1, description="asha, hyperband: epochs before any trial may be stopped."
    )
    trials: int | None = Field(
        None,
        ge=2,
        description="tpe, gp: trials of the search, without references. Absent: with references a "
        "quarter of a grid with three seeds.",
    )
    startup_trials: int = Field(
        8, ge=2, description="tpe, gp: trials drawn evenly before the sampler learns."
    )

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        defaults = type(self).model_fields
        for key, owners in _KEYS_OF.items():
            changed = getattr(self, key) != defaults[key].default
            if changed and self.name not in owners:
                raise ValueError(
                    f"{key} is {getattr(self, key)}, which {self.name} does not use: it is for "
                    f"{' and '.join(owners)}; leave it out, or choose one of those"
                )
        if self.trials is not None and self.trials < self.startup_trials:
            raise ValueError(
                f"trials is {self.trials}, fewer than the {self.startup_trials} that "
                f"{self.name} starts with: it would never learn; raise trials, or lower "
                "startup_trials"
            )
        return self

    @property
    def races(self) -> bool:
        """Whether trials may be stopped early."""
        return self.name in RACES

    @property
    def samples(self) -> bool:
        """Whether Optuna proposes what to train."""
        return self.name in SAMPLERS

    def sampled_trials(self, candidates: int, eligible: int, seeds: int) -> int:
        """Number of trials of a sampler's search, without references.

        Args:
            candidates: networks of the plan, references included.
            eligible: those that can win.
            seeds: most seeds of a candidate.
        """
        quarter = 3 * candidates // 4 - (candidates - eligible)
        wanted = self.trials or max(self.startup_trials, quarter)
        return min(wanted, eligible * seeds)
