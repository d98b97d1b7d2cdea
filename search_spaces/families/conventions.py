"""The family b0…b7 of coefficients, by one of three conventions for φ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError, suggest
from search_spaces.families.member import FamilyMember
from search_spaces.families.published import published_member
from search_spaces.planning.curve import ScalingCurve

Convention = Literal["fitted", "integer", "published"]
CONVENTIONS: tuple[str, ...] = get_args(Convention)
MOST_MEMBERS = 16


def _members(
    frame: Frame, coefficients: Coefficients, convention: Convention, numbers: Iterable[int]
) -> Iterator[FamilyMember]:
    if convention not in CONVENTIONS:
        raise InputError(
            f"convention {convention!r} is unknown: {suggest(convention, CONVENTIONS)}"
        )
    # One curve for all members, which remembers its bounds and networks.
    curve = None if convention == "published" else ScalingCurve(frame, coefficients)
    for k in numbers:
        phi, target_flops, note = None, 2.0**k * frame.base_flops, ""
        if curve is None:
            scaling, dropout, note = published_member(frame, k)
        else:
            phi = float(k)
            if convention == "fitted":
                phi = curve.nearest(target_flops, f"b{k}, 2^{k} × the baseline,")
            scaling, dropout = frame.simplest(curve.scaling(phi)), frame.baseline.dropout(k)
        yield FamilyMember.of(
            frame,
            frame.realise(scaling),
            scaling,
            dropout=dropout,
            name=f"b{k}",
            k=k,
            phi=phi,
            target_flops=target_flops,
            note=note,
        )


def family_member(
    frame: Frame, coefficients: Coefficients, k: int, convention: Convention = "fitted"
) -> FamilyMember:
    """Member b`k`; see `family`."""
    return next(_members(frame, coefficients, convention, [k]))


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
        coefficients: the direction (`fitted`) or the bases (`integer`); `published` ignores them.
        members: number of members.
        convention: `fitted` solves φ so that the closed-form FLOPs are nearest 2^k × the
            baseline's, compared in log, because with rounding φ = k may be far from 2^k; `integer`
            is φ = k, as in arXiv 1905.11946 section 3.3; `published` is the official table.

    Raises:
        InputError: a number of members outside 1…16, an unknown convention, coefficients that scale
            nothing, a target that they cannot reach, or no published family or member.
    """
    if not 1 <= members <= MOST_MEMBERS:
        raise InputError(
            f"members is {members}: a family has 1 to {MOST_MEMBERS} members; 8 makes b0…b7"
        )
    return tuple(_members(frame, coefficients, convention, range(members)))
