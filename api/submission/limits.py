"""Limits of the service on what a request may plan and train."""

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
    if space.axes is not None:
        _check_most(
            "space.axes",
            space.axes.points,
            settings.max_points,
            "points are planned per request",
            "use larger steps, or plan with `scaling-search plan` on a machine of your own",
        )
    if space.lattice is not None:
        divisions = space.lattice.divisions
        count = len(space.lattice.directions)
        if divisions is not None:
            count += (divisions + 1) * (divisions + 2) // 2
        _check_most(
            "space.lattice",
            count,
            settings.max_directions,
            "directions are planned per request",
            "use fewer divisions or directions",
        )


def check_budget(spec: SweepSpec, planned: Sequence[NewCandidate], settings: Settings) -> None:
    """Raise a 422 if training these candidates would take too much."""
    trials = spec.most_trials(len(planned), sum(one.eligible for one in planned))
    for field, count, most, what, remedy in (
        (
            "space",
            len(planned),
            settings.max_candidates,
            "candidates are accepted per sweep",
            "use larger steps or a smaller target.tolerance",
        ),
        (
            "seeds",
            trials,
            settings.max_trials,
            "trials are accepted per sweep",
            "use fewer seeds or candidates",
        ),
        (
            "proxy",
            trials * spec.proxy.total_images,
            settings.max_images,
            "training images are accepted per sweep",
            "reduce the images per trial, or use fewer seeds or candidates",
        ),
    ):
        _check_most(field, count, most, what, remedy)
    limit = most_kept(spec.keep_checkpoints)
    kept = trials if limit is None else min(limit, trials)
    largest = max((one.params for one in planned), default=0)
    total_bytes = kept * largest * _PARAMETER_BYTES
    if total_bytes > settings.max_weight_bytes:
        raise invalid(
            "body",
            "keep_checkpoints",
            spec.keep_checkpoints,
            f"at most {settings.max_weight_bytes:,} bytes of weights are kept per sweep; "
            f"{plural(kept, 'trial')} with up to {largest:,} parameters may need {total_bytes:,}",
            "keep the weights of fewer trials, for example best:3",
        )


def _check_most(field: str, count: int, most: int, what: str, remedy: str) -> None:
    if count > most:
        raise invalid("body", field, count, f"at most {most:,} {what}", remedy)
