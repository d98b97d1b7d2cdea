"""EfficientNet's official family (tensorflow/tpu `efficientnet_builder.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from search_spaces.baselines import FULL_FORM
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError


@dataclass(frozen=True, slots=True)
class PublishedMember:
    """One row of an official table; resolution in px."""

    width: float
    depth: float
    resolution_px: int
    dropout: float


PUBLISHED_FAMILIES: dict[str, tuple[PublishedMember, ...]] = {
    "efficientnet_b0": (
        PublishedMember(1.0, 1.0, 224, 0.2),
        PublishedMember(1.0, 1.1, 240, 0.2),
        PublishedMember(1.1, 1.2, 260, 0.3),
        PublishedMember(1.2, 1.4, 300, 0.3),
        PublishedMember(1.4, 1.8, 380, 0.4),
        PublishedMember(1.6, 2.2, 456, 0.4),
        PublishedMember(1.8, 2.6, 528, 0.5),
        PublishedMember(2.0, 3.1, 600, 0.5),
    )
}


def published_member(frame: Frame, k: int) -> tuple[Scaling, float, str]:
    """Multipliers, dropout and a note for official member b`k` in this frame.

    The official resolutions belong to the baseline's own base resolution. In a frame with another
    one the same ratios apply, and the note says so.

    Raises:
        InputError: the baseline has no official family, or the family no such member.
    """
    name = frame.baseline.name
    table = PUBLISHED_FAMILIES.get(name)
    if table is None:
        raise InputError(
            f"baseline {name} has no published family, only {', '.join(PUBLISHED_FAMILIES)} has; "
            "use the convention fitted or integer"
        )
    if not 0 <= k < len(table):
        raise InputError(
            f"b{k} is not in the published family: it ends at b{len(table) - 1}; "
            "ask for fewer members, or use the convention fitted or integer"
        )
    row, base_px = table[k], table[0].resolution_px
    notes = []
    if frame.resolution_px != base_px:
        notes.append(
            f"the official resolutions are defined for a base of {base_px} px; here they are "
            f"multiplied by {frame.resolution_px}/{base_px} and rounded"
        )
    if frame.form != FULL_FORM or frame.rounding != frame.baseline.rounding:
        notes.append("the official multipliers are applied to another form or rounding")
    scaling = Scaling(row.depth, row.width, row.resolution_px / base_px)
    return scaling, row.dropout, "; ".join(notes)
