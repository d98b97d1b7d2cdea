"""Families as answers: derived from coefficients, each distinct one once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from api.problems import Finding, ProblemError
from results.documents.families import Member
from results.records import FamilyMember as StoredMember
from search_spaces.baselines import get_baseline
from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError
from search_spaces.families import (
    PUBLISHED_FAMILIES,
    Convention,
    FamilyMember,
    family,
    family_member,
)
from search_spaces.frame import Frame

_REMEMBERED = 256


def frame(baseline: str, resolution_px: int | None, classes: int | None) -> Frame:
    """A baseline in its full form, for these images."""
    return Frame.of(get_baseline(baseline), resolution_px=resolution_px, classes=classes)


@lru_cache(_REMEMBERED)
def derived(
    baseline: str,
    resolution_px: int | None,
    classes: int | None,
    coefficients: Coefficients,
    convention: Convention,
    members: int,
) -> tuple[FamilyMember, ...]:
    """Members b0, b1, … of a baseline; see `search_spaces.families.family`."""
    at = frame(baseline, resolution_px, classes)
    return family(at, coefficients, members=members, convention=convention)


@lru_cache(_REMEMBERED)
def derived_member(
    baseline: str,
    resolution_px: int | None,
    classes: int | None,
    coefficients: Coefficients,
    convention: Convention,
    k: int,
) -> FamilyMember:
    """Member b`k` of a baseline."""
    return family_member(frame(baseline, resolution_px, classes), coefficients, k, convention)


def answer(member: FamilyMember, stored: Iterable[StoredMember] = ()) -> Member:
    """A member as an answer; fvcore counted it if a stored one is the same network."""
    values: dict[str, Any] = member.to_dict()
    counted = any(one.spec == values["spec"] and one.flops == values["flops"] for one in stored)
    return Member(**values | {"complexity_source": "fvcore" if counted else "closed_form"})


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
        rule=f"a member is one of b0 to b{most - 1}",
    )
    raise ProblemError(404, f"member {name[:50]!r} does not exist: {finding.rule}", [finding])


def official(baseline: str) -> int:
    """How many members the official family has.

    Raises:
        InputError: it has none.
    """
    frame(baseline, None, None)
    table = PUBLISHED_FAMILIES.get(baseline)
    if table is None:
        raise InputError(
            f"baseline is {baseline}: it has no published family, only "
            f"{', '.join(PUBLISHED_FAMILIES)} has; ask for one of those"
        )
    return len(table)
