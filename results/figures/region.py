"""The outline of the candidates that are not shown to be worse than the leader."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull, Delaunay, QhullError

Floats = npt.NDArray[np.float64]


def outline(members: Floats, others: Floats) -> Floats | None:
    """The closed convex hull of places, unless one of the others lies in it.

    Args:
        members: places of shape (n, 2).
        others: places of shape (m, 2) that the outline must not hold.

    Returns:
        Shape (k + 1, 2), the first place repeated at the end; a line where all lie on one; None
        where there is no such outline, or fewer than two members.
    """
    if len(np.unique(members, axis=0)) < 2:
        return None
    try:
        corners = members[ConvexHull(members).vertices]
        hidden = len(others) > 0 and bool((Delaunay(corners).find_simplex(others) >= 0).any())
    except QhullError:  # all on one line
        corners, hidden = _ends(members, others)
    return None if hidden else np.concatenate([corners, corners[:1]])


def _ends(members: Floats, others: Floats) -> tuple[Floats, bool]:
    """The ends of places on one line, and whether another place lies between them."""
    middle = members.mean(axis=0)
    direction = np.linalg.svd(members - middle)[2]
    along = (members - middle) @ direction[0]
    beside = np.abs((others - middle) @ direction[1]) < 1e-6
    between = (others[beside] - middle) @ direction[0]
    hidden = bool(((between > along.min()) & (between < along.max())).any())
    return members[[int(along.argmin()), int(along.argmax())]], hidden
