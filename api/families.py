"""Families that are derived from coefficients, each distinct one once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from api.models.families import FamilyQuery, Images, PublishedQuery
from api.problems import Finding, ProblemError
from results import Store
from results.values import CoefficientsRecord, Family
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, Coefficients
from search_spaces.errors import InputError
from search_spaces.families import (
    PUBLISHED_FAMILIES,
    Convention,
    FamilyMember,
    family,
    family_member,
)

_REMEMBERED = 256
OWN = Images()
"""The images that a baseline is made for."""


def frame(baseline: str, images: Images = OWN) -> Frame:
    """A baseline in its full form, for these images."""
    unscaled = get_baseline(baseline)
    rounding = unscaled.rounding
    if images.resolution_multiple != 1:
        rounding = rounding.model_copy(update={"resolution_multiple": images.resolution_multiple})
    return Frame.of(
        unscaled,
        resolution_px=images.resolution_px,
        classes=images.classes,
        rounding=rounding,
    )


@lru_cache(_REMEMBERED)
def derived(
    baseline: str,
    images: Images,
    coefficients: Coefficients,
    convention: Convention,
    members: int,
) -> tuple[FamilyMember, ...]:
    """Members b0, b1, … of a baseline; see `search_spaces.families.family`."""
    at = frame(baseline, images)
    return family(at, coefficients, members=members, convention=convention)


@lru_cache(_REMEMBERED)
def derived_member(
    baseline: str,
    images: Images,
    coefficients: Coefficients,
    convention: Convention,
    k: int,
) -> FamilyMember:
    """Member b`k` of a baseline."""
    return family_member(frame(baseline, images), coefficients, k, convention)


def counted(
    members: Sequence[FamilyMember], coefficients_id: int, store: Store
) -> tuple[FamilyMember, ...]:
    """The members; fvcore has counted those whose networks are in the stored family."""
    stored = [(one.spec, one.flops) for one in store.family_members(coefficients_id)]
    return tuple(
        replace(one, complexity_source="fvcore")
        if (one.spec.to_dict(), one.flops) in stored
        else one
        for one in members
    )


def official_family(query: PublishedQuery) -> Family:
    """The official table of a baseline.

    Raises:
        InputError: it has none.
    """
    count = official(query.baseline)
    members = derived(query.baseline, query.images, PUBLISHED, "published", count)
    return _family(query.baseline, query.images, "published", members)


def implied_family(record: CoefficientsRecord, query: FamilyQuery, store: Store) -> Family:
    """The family that stored coefficients imply."""
    members = derived(
        record.baseline, query.images, record.coefficients, query.convention, query.members
    )
    family = _family(
        record.baseline, query.images, query.convention, counted(members, record.id, store)
    )
    if query.convention == "published":
        return family
    return replace(family, coefficients=record.coefficients, sweep=record.sweep)


def _family(
    baseline: str, images: Images, convention: Convention, members: tuple[FamilyMember, ...]
) -> Family:
    at = frame(baseline, images)
    return Family(
        baseline=baseline,
        coefficients=None,
        sweep=None,
        convention=convention,
        resolution_px=at.resolution_px,
        classes=at.classes,
        in_channels=at.in_channels,
        members=members,
    )


def index_of(name: str, most: int) -> int:
    """The k of a member's name.

    Raises:
        ProblemError: 404, the name is none of b0, b1, …
    """
    digits = name.removeprefix("b")
    if name.startswith("b") and digits.isascii() and digits.isdigit() and len(digits) < 3:
        k = int(digits)
        if k < most and name == f"b{k}":
            return k
    finding = Finding(
        place="path",
        field="member",
        value=name[:50],
        rule=f"the members are b0 to b{most - 1}",
    )
    raise ProblemError(404, f"member {name[:50]!r} does not exist: {finding.rule}", [finding])


def official(baseline: str) -> int:
    """How many members the official family has.

    Raises:
        InputError: it has none.
    """
    frame(baseline)
    table = PUBLISHED_FAMILIES.get(baseline)
    if table is None:
        raise InputError(
            f"baseline is {baseline}: it has no published family; choose one of "
            f"{', '.join(PUBLISHED_FAMILIES)}"
        )
    return len(table)
