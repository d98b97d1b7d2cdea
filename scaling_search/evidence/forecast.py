"""What a conclusive answer is likely to cost, from the noise of trials of the same protocol."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scaling_search.evidence.noise import Floats
from scaling_search.evidence.posterior import infer
from scaling_search.evidence.power import LIKELY, PowerAnalysis, image_variance
from scaling_search.evidence.table import Evidence
from search_spaces.human import amount, duration, plural, points
from search_spaces.specs.sweep import SelectionRule


@dataclass(frozen=True)
class Planned:
    """What a sweep would train if every candidate got every seed.

    `places` are `Evidence.place` of the candidates that can win, shape (E, 4), or None for those of
    the pilot itself. `trials`, `images` (trained on) and `seconds` (elapsed, None if unknown) are
    those of all `seeds` together.
    """

    places: Floats | None
    seeds: int
    trials: int
    images: int
    seconds: float | None = None


@dataclass(frozen=True)
class Forecast:
    """How much is likely to be needed until the leader's regret is known to be small.

    `regret` and `confidence` are those of the rule. With `seeds` of every candidate the verdict is
    conclusive with probability `likely`; None where no number of seeds would do on the present
    validation images: then about `validation_images` are needed. `trials`, `images` and `seconds`
    are what those seeds take. With the `planned_seeds` it is conclusive with probability
    `planned_chance`. `seed_sd` is the spread between seeds, `image_sd` what the validation images
    leave open of one accuracy beside another.
    """

    regret: float
    confidence: float
    likely: float
    seeds: int | None
    validation_images: int | None
    trials: int | None
    images: int | None
    seconds: float | None
    planned_seeds: int
    planned_chance: float
    seed_sd: float
    image_sd: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return dataclasses.asdict(self)

    @property
    def needs(self) -> str:
        """What it would take, in words."""
        aim = f"regret ≤ {points(self.regret)} points, {self.confidence:.0%}"
        seeds = plural(self.planned_seeds, "planned seed")
        planned = f"the {seeds} would with {self.planned_chance:.0%} probability"
        if self.seeds is None:
            return (
                f"no number of seeds would settle it ({aim}), but about "
                f"{self.validation_images:,} validation images; {planned}"
            )
        hours = "" if self.seconds is None else f", about {duration(self.seconds)}"
        return (
            f"about {plural(self.seeds, 'seed')} per candidate would settle it ({self.likely:.0%} "
            f"confidence; {aim}): {self.trials:,} trials, {amount(self.images or 0)} images{hours}"
            f"; {planned}"
        )

    @property
    def noise(self) -> str:
        """How noisy trials are, in words."""
        return f"{points(self.seed_sd)} points between seeds, {points(self.image_sd)} from images"


def forecast(pilot: Sequence[Evidence], planned: Planned, rule: SelectionRule) -> Forecast | None:
    """What a grid is likely to cost until it is conclusive.

    Args:
        pilot: trials of the same protocol: the first ones of the sweep itself, or of another one.
        planned: the sweep.
        rule: δ and the confidence.

    Returns:
        None if the pilot says nothing of noise: it needs two candidates that share two seeds.
    """
    posterior = infer(pilot, rule)
    if posterior is None:
        return None
    power = PowerAnalysis.of(posterior)
    if planned.places is not None:
        power = power.elsewhere(posterior.surface.variances.covariance(planned.places))
    needed = power.settling(1)
    factor = None if needed.seeds is None else needed.seeds / planned.seeds
    return Forecast(
        regret=rule.regret,
        confidence=rule.confidence,
        likely=LIKELY,
        seeds=needed.seeds,
        validation_images=needed.images,
        trials=None if factor is None else round(factor * planned.trials),
        images=None if factor is None else round(factor * planned.images),
        seconds=None if factor is None or planned.seconds is None else factor * planned.seconds,
        planned_seeds=planned.seeds,
        planned_chance=power.chance(planned.seeds, power.count),
        seed_sd=float(np.sqrt(power.between.mean())),
        image_sd=float(np.sqrt(image_variance(power.images))),
    )
