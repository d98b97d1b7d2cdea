"""How much one request may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from api.problems import invalid
from api.settings import Settings
from results.values import NewCandidate
from search_spaces.human import plural
from search_spaces.specs.checkpoints import most_kept
from search_spaces.specs.space import SearchSpace
from search_spaces.specs.sweep import SweepSpec

_PARAMETER_BYTES: Final = 4


_ELSEWHERE: Final = "plan and run it with `scaling-search run` on the machine whose latency counts"


def check_space(space: SearchSpace, settings: Settings, *, elsewhere: str = _ELSEWHERE) -> None:
    """Raise a 422 if planning this space would take too long, or need networks to be run.

    Args:
        space: to be planned.
        settings: with the limits.
        elsewhere: the remedy where networks would have to be run.
    """
    if space.target.timed:
        raise invalid(
            "body",
            "space.target",
            space.target.describe(),
            "the service does not run networks, so it cannot plan for a latency target",
            elsewhere,
        )
    if space.axes is not None and space.axes.points > settings.max_points:
        raise invalid(
            "body",
            "space.axes",
            space.axes.points,
            f"at most {settings.max_points:,} points are planned per request",
            "use larger steps, or plan with `scaling-search plan` on a machine of your own",
        )
    if space.lattice is not None:
        divisions = space.lattice.divisions
        count = len(space.lattice.directions)
        if divisions is not None:
            count += (divisions + 1) * (divisions + 2) // 2
        if count > settings.max_directions:
            raise invalid(
                "body",
                "space.lattice",
                count,
                f"at most {settings.max_directions:,} directions are planned per request",
                "use fewer divisions or directions",
            )


def check_budget(spec: SweepSpec, planned: Sequence[NewCandidate], settings: Settings) -> None:
    """Raise a 422 if training these candidates would take too much."""
    candidates = len(planned)
    if candidates > settings.max_candidates:
        raise invalid(
            "body",
            "space",
            candidates,
            f"at most {settings.max_candidates:,} candidates are accepted per sweep",
            "use larger steps or a smaller target.tolerance",
        )
    trials = spec.most_trials(candidates, sum(one.eligible for one in planned))
    if trials > settings.max_trials:
        raise invalid(
            "body",
            "seeds",
            trials,
            f"at most {settings.max_trials:,} trials are accepted per sweep",
            "use fewer seeds or candidates",
        )
    images = trials * spec.proxy.total_images
    if images > settings.max_images:
        raise invalid(
            "body",
            "proxy",
            images,
            f"at most {settings.max_images:,} training images are accepted per sweep",
            "reduce the images per trial, or use fewer seeds or candidates",
        )
    most = most_kept(spec.keep_checkpoints)
    count = trials if most is None else min(most, trials)
    largest = max((one.params for one in planned), default=0)
    kept = count * largest * _PARAMETER_BYTES
    if kept > settings.max_weight_bytes:
        raise invalid(
            "body",
            "keep_checkpoints",
            spec.keep_checkpoints,
            f"at most {settings.max_weight_bytes:,} bytes of weights are kept per sweep; "
            f"{plural(count, 'trial')} with up to {largest:,} parameters may need {kept:,}",
            "keep the weights of fewer trials, for example best:3",
        )
