"""Which trials of a plan are trained, in which order, and when enough are."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

StrategyName = Literal["grid", "contenders", "asha", "hyperband", "tpe", "gp"]

RACES = ("asha", "hyperband")
SAMPLERS = ("tpe", "gp")

_OWN_KEYS = {
    "pilot_seeds": ("contenders",),
    "negligible": ("contenders",),
    "reduction": RACES,
    "first_rung": RACES,
    "trials": SAMPLERS,
    "startup_trials": SAMPLERS,
}


class StrategySpec(BaseModel):
    """How a sweep spends its budget.

    - `grid`: every candidate with every seed, the faithful one.
    - `contenders`: pilot seeds for all, then further ones only for candidates that may still be
      within δ of the best, until the verdict is conclusive.
    - `asha`, `hyperband`: trials are stopped early where others were better after as many epochs
      (arXiv 1810.05934); what is stopped is not tried with further seeds.
    - `tpe`, `gp`: Optuna's samplers propose shares; the nearest network is trained.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: StrategyName = Field("grid", description="grid, contenders, asha, hyperband, tpe or gp.")
    max_images: int | None = Field(
        None,
        ge=1,
        description="Most training images of the search, all trials together; confirmation comes "
        "on top. Absent: as many as the strategy wants.",
    )
    seed: int = Field(
        0, ge=0, lt=2**31, description="Of the strategy's own random choices (tpe, gp)."
    )
    pilot_seeds: int = Field(
        2, ge=2, description="contenders: seeds of every candidate before any is dropped."
    )
    negligible: float = Field(
        0.05,
        gt=0,
        lt=0.5,
        description="contenders: a candidate goes on while the probability that it loses at most δ "
        "is above this.",
    )
    reduction: int = Field(
        4,
        ge=2,
        le=16,
        description="asha, hyperband: one of so many trials goes on at each rung, and rungs are so "
        "many times farther apart.",
    )
    first_rung: int = Field(
        1, ge=1, description="asha, hyperband: epochs before any trial may be stopped."
    )
    trials: int | None = Field(
        None,
        ge=2,
        description="tpe, gp: trials of the search, references not counted. Absent: so many that "
        "with those it is a quarter of a grid with three seeds.",
    )
    startup_trials: int = Field(
        8, ge=2, description="tpe, gp: how many of them are drawn evenly before the sampler learns."
    )

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        defaults = type(self).model_fields
        for key, owners in _OWN_KEYS.items():
            changed = getattr(self, key) != defaults[key].default
            if changed and self.name not in owners:
                raise ValueError(
                    f"{key} is {getattr(self, key)}, which means nothing to {self.name}: it is for "
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
        """Trials of the search by a sampler, references not counted.

        Args:
            candidates: of the plan.
            eligible: those that can win.
            seeds: of a candidate at most.
        """
        quarter = 3 * candidates // 4 - (candidates - eligible)
        wanted = self.trials or max(self.startup_trials, quarter)
        return min(wanted, eligible * seeds)
