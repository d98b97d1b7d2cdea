"""Warnings about plans and candidates, and the error of a plan without candidates."""

from __future__ import annotations

import math
from collections.abc import Iterable

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Shares
from search_spaces.errors import InputError
from search_spaces.planning.candidates import Candidate, Direction
from search_spaces.specs.methods import Aim
from search_spaces.specs.space import SearchSpace
from search_spaces.specs.target import NAMES, Target

FAR = 0.05
"""Relative difference from the target FLOPs above which a comparison's network is reported."""


def _describe(shares: Shares) -> str:
    return f"({shares.depth:.2g}, {shares.width:.2g}, {shares.resolution:.2g})"


def coarse_strides(frame: Frame) -> list[str]:
    """A warning if the strides are large for the resolution."""
    stride = math.prod(frame.base.strides)
    if frame.resolution_px >= 4 * stride:
        return []
    return [
        f"base resolution {frame.resolution_px} px is below 4 × the total stride of {stride}: "
        f"the last feature map is {frame.base.last_map_px} px wide, so that depth and "
        "resolution act in jumps; raise resolution_px, or lower form.stem_stride and "
        "form.strides"
    ]


def unequal_flops(candidates: Iterable[Candidate], target: Target) -> list[str]:
    """A warning if rounding keeps networks of a comparison from their target FLOPs."""
    far = [
        f"{aim.role} comes to {candidate.measured_ratio:.2f}× in place of "
        f"{target.ratio**aim.phi:.3g}×"
        for candidate in candidates
        for aim in map(Aim.of_role, candidate.roles)
        if aim and abs(math.log(candidate.measured_ratio / target.ratio**aim.phi)) > FAR
    ]
    if not far:
        return []
    return [
        f"rounding keeps some networks from the FLOPs of the others: {'; '.join(far)}; gains are "
        "adjusted for that by the logarithm of FLOPs; a smaller rounding.width_divisor, or "
        "rounding.depth nearest, would bring them closer"
    ]


def noisy_latencies(candidates: Iterable[Candidate], target: Target) -> list[str]:
    """A warning if latencies are less precise than the constraint requires."""
    noise = max((one.latency.noise for one in candidates if one.latency), default=0.0)
    allowed = target.tolerance / target.ratio if target.latency_ratio else FAR
    if noise <= allowed / 2:
        return []
    return [
        f"latencies are known to {noise:.1%} only (standard error), and the constraint asks for "
        f"{allowed:.1%}: another measurement may take other networks; raise target.timing.runs, "
        "or plan while the machine does nothing else"
    ]


def unreachable_directions(
    target: Target, directions: tuple[Direction, ...], eligible: int
) -> list[str]:
    """Warnings if rounding leaves little of the triangle to search."""
    warnings = []
    far = [direction for direction in directions if not direction.reachable]
    if len(far) > len(directions) / 2:
        worst = max(far, key=lambda d: abs(math.log(d.ratio / target.ratio)))
        warnings.append(
            f"{len(far)} of {len(directions)} directions of the triangle reach no network "
            f"within {target.ratio:g} ± {target.tolerance:g} (the farthest, shares "
            f"{_describe(worst.shares)}, comes to {worst.ratio:.2f}×): rounding is coarse "
            "here; widen target.tolerance, lower rounding.width_divisor, or raise resolution_px"
        )
    if eligible == 1:
        warnings.append(
            "only one candidate satisfies the constraint, so nothing will be compared; "
            "widen target.tolerance or search more finely"
        )
    return warnings


def no_network(space: SearchSpace, directions: tuple[Direction, ...]) -> InputError:
    """The error of a plan without candidates: the nearest ratio, and what to change."""
    target = space.target
    nearest = min((abs(d.ratio - target.ratio), d.ratio) for d in directions)
    if target.at_most is not None and nearest[0] <= target.tolerance + 1e-9:
        return InputError(
            f"every network of this space within {target.ratio:g} ± {target.tolerance:g} of the "
            f"baseline's {NAMES[target.quantity]} breaks a limit of target.at_most: raise the "
            "limits, or leave them out"
        )
    return InputError(
        f"no network of this space has a {target.by} {NAMES[target.quantity]} ratio within "
        f"{target.ratio:g} ± {target.tolerance:g}; along the directions tried the nearest "
        f"{'measured ' if target.by == 'measured' else ''}ratio is {nearest[1]:.3f}: set "
        f"target.tolerance to at least {nearest[0]:.3f}, refine or widen "
        "the axes, or choose a form or base resolution whose steps are finer"
    )


def upsampling_note(resolution_px: int, native_px: int, kept_px: int) -> str | None:
    """The warning about a candidate that is trained above the resolution of its images.

    Args:
        resolution_px: side of the candidate's input, in pixels.
        native_px: shorter side of the original images, in pixels.
        kept_px: side of the images in the cache, in pixels.

    Returns:
        The sentence to show, or None where the images have at least that many pixels.
    """
    detail_px = min(native_px, kept_px)
    if resolution_px <= detail_px:
        return None
    note = (
        f"{resolution_px} px exceeds the {detail_px} px of the images: upsampling adds no detail, "
        "so a difference there comes from the network's strides and no effect of resolution is "
        "claimed"
    )
    if kept_px < native_px:
        note += f" (the originals have {native_px} px: a larger source_px would keep more of them)"
    return note
