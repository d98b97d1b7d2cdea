"""The family b0…b7 that coefficients imply, by one of three conventions for φ."""

from __future__ import annotations

from typing import Literal, get_args

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.errors import InputError, suggest
from search_spaces.families.member import FamilyMember
from search_spaces.families.published import published_member
from search_spaces.planning.curve import ScalingCurve

Convention = Literal["fitted", "integer", "published"]
CONVENTIONS: tuple[str, ...] = get_args(Convention)
MOST_MEMBERS = 16


def _placed(
    frame: Frame, path: ScalingCurve | None, k: int, convention: Convention
) -> tuple[float | None, Scaling, float, str]:
    """φ, multipliers, dropout and note of member `k`; a table has no path."""
    if path is None:
        return None, *published_member(frame, k)
    phi = float(k)
    if convention == "fitted":
        phi = path.nearest(2.0**k * frame.base_flops, f"b{k}, 2^{k} × the baseline,")
    return phi, frame.simplest(path.scaling(phi)), frame.baseline.dropout(k), ""


def family_member(
    frame: Frame, coefficients: Coefficients, k: int, convention: Convention = "fitted"
) -> FamilyMember:
    """Member b`k`; see `family`."""
    return _member(frame, _path(frame, coefficients, convention), k, convention)


def _path(frame: Frame, coefficients: Coefficients, convention: Convention) -> ScalingCurve | None:
    """What all members lie along, found once for them: its bounds and networks are remembered."""
    if convention not in CONVENTIONS:
        raise InputError(
            f"convention {convention!r} is unknown: {suggest(convention, CONVENTIONS)}"
        )
    return None if convention == "published" else ScalingCurve(frame, coefficients)


def _member(
    frame: Frame, path: ScalingCurve | None, k: int, convention: Convention
) -> FamilyMember:
    phi, scaling, dropout, note = _placed(frame, path, k, convention)
    return FamilyMember.of(
        frame,
        frame.realise(scaling),
        scaling,
        dropout=dropout,
        name=f"b{k}",
        k=k,
        phi=phi,
        target_flops=2.0**k * frame.base_flops,
        note=note,
    )


def family(
    frame: Frame,
    coefficients: Coefficients,
    *,
    members: int = 8,
    convention: Convention = "fitted",
) -> tuple[FamilyMember, ...]:
    """Members b0, b1, … of a baseline.

    Args:
        frame: the baseline with its form, base resolution, rounding, channels and classes.
        coefficients: the direction (`fitted`) or the bases (`integer`); `published` has its own.
        members: how many.
        convention: `fitted` solves φ so that the closed-form FLOPs come nearest 2^k × the
            baseline's, compared in log, because rounding makes φ = k drift far from 2^k; `integer`
            is φ = k, as arXiv 1905.11946 section 3.3 has it; `published` is the official table.

    Raises:
        InputError: a number of members outside 1…16, an unknown convention, coefficients that scale
            nothing, a target that they cannot reach, or no published family or member.
    """
    if not 1 <= members <= MOST_MEMBERS:
        raise InputError(
            f"members is {members}: a family has 1 to {MOST_MEMBERS} members; 8 makes b0…b7"
        )
    path = _path(frame, coefficients, convention)
    return tuple(_member(frame, path, k, convention) for k in range(members))
