"""Whether a map points at the object, where the object's place is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Localisation:
    """A map against the place of the object; by chance, hit and energy are both the area.

    Attributes:
        hit: whether the largest value lies on the object (the pointing game, arXiv 1608.00507).
        energy: share of the map's sum that lies on the object (arXiv 1910.01279).
        area: share of the image that the object takes.
    """

    hit: bool
    energy: float
    area: float


def localise(heat: NDArray[np.float32], mask: NDArray[np.bool_]) -> Localisation | None:
    """A map of (S, S) against the object's place, (S, S); None where no object is left in view.

    A map without evidence for the class points nowhere: no hit, and no energy.
    """
    if not mask.any():
        return None
    total = float(heat.sum())
    if total <= 0:
        return Localisation(False, 0.0, float(mask.mean()))
    peak = np.unravel_index(int(heat.argmax()), heat.shape)
    return Localisation(bool(mask[peak]), float(heat[mask].sum()) / total, float(mask.mean()))
