"""Accuracy over the triangle of shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def lattice(divisions: int) -> NDArray[np.float64]:
    """Shares of depth, width and resolution in equal steps, shape (N, 3).

    N is (divisions + 1)(divisions + 2) / 2. Depth rises from 0 to 1, and for each depth the
    resolution from 0.
    """
    steps = range(divisions + 1)
    points = [
        (depth, divisions - depth - resolution, resolution)
        for depth in steps
        for resolution in steps[: divisions - depth + 1]
    ]
    return np.array(points, dtype=np.float64) / divisions


@dataclass(frozen=True, kw_only=True)
class TriangleSurface:
    """Accuracy of a network at each point of the triangle, by the model that decides the verdict.

    Values are in the order of `lattice(divisions)`.
    """

    divisions: int
    mean: tuple[float, ...]
    """Expected accuracy at matched cost."""
    std: tuple[float, ...]
    """Standard deviation of the accuracy beside the mean of the triangle, whose own level is no
    question of a search: of the surface, and of a single network off it."""
    prior_std: float
    """The same before any candidate was seen."""
