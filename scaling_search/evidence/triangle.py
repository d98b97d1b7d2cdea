"""The verdict's model over the triangle of shares, for the picture of an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple

import numpy as np

from results.values import TriangleSurface, lattice
from scaling_search.evidence.noise import centred_variances
from scaling_search.evidence.posterior import infer
from scaling_search.evidence.table import Evidence
from search_spaces.coefficients import Shares
from search_spaces.specs.sweep import SelectionRule

_DIVISIONS = 8
_FEWEST = 4
"""Directions below which no surface is drawn: three points are a plane, whatever they say."""


def triangle_surface(
    evidence: Sequence[Evidence], rule: SelectionRule, shares: Mapping[int, Shares]
) -> TriangleSurface | None:
    """Accuracy that a network of any shares would have at matched cost.

    Shares are planned, while the model knows how networks were really scaled, in doublings of
    FLOPs. A least-squares fit over the candidates leads from one to the other; where they say
    nothing of a direction, it stays at their mean.

    Args:
        evidence: one entry a candidate.
        rule: δ and the confidence.
        shares: of the candidates, by index.

    Returns:
        None where there is no noise estimate, or fewer than four directions have results.
    """
    posterior = infer(evidence, rule)
    if posterior is None:
        return None
    rows = [row for row in posterior.table.eligible if posterior.table.entries[row].index in shares]
    if len(rows) < _FEWEST:
        return None
    planned = np.array([astuple(shares[posterior.table.entries[row].index]) for row in rows])
    realised = posterior.table.places[rows, :3]
    middle = planned.mean(0)
    slope, *_ = np.linalg.lstsq(planned - middle, realised - realised.mean(0), rcond=1e-6)
    directions = realised.mean(0) + (lattice(_DIVISIONS) - middle) @ slope
    places = np.column_stack([directions, np.full(len(directions), posterior.doublings)])
    mean, covariance = posterior.at(places)
    prior = centred_variances(posterior.surface.variances.covariance(places))
    return TriangleSurface(
        divisions=_DIVISIONS,
        mean=tuple(np.round(mean, 5).tolist()),
        std=tuple(np.sqrt(centred_variances(covariance)).round(5).tolist()),
        prior_std=round(float(np.sqrt(prior.mean())), 5),
    )
