"""The leader's accuracy and gains from trials that had no part in its selection.

The best of many noisy figures is too good on average (the winner's curse). Seeds that are trained
once the leader is known are not: they alone are used for it here. The baseline and the published
coefficients were not selected, so all of their trials count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from results.values import Confirmation, Gain
from scaling_search.evidence.belief import Belief
from scaling_search.evidence.contrasts import reference_rows, student
from scaling_search.evidence.evidence import Evidence, Table
from scaling_search.evidence.noise import measured


def confirmed(evidence: Sequence[Evidence], belief: Belief) -> Confirmation | None:
    """What the fresh seeds of the leader say of it; None if it has none.

    Args:
        evidence: of the sweep; `fresh` of the leader, and of references if they have any, are used.
        belief: from the other seeds.
    """
    leader = belief.leader
    entries = []
    for entry in evidence:
        if entry.index == leader:
            if not entry.fresh or entry.fresh_lost:
                return None  # of some that survived nothing fair can be said
            entries.append(replace(entry, correct=entry.fresh))
        elif entry.eligible:
            entries.append(entry)
        else:
            lost = entry.lost + entry.fresh_lost  # then, too, only the lucky ones are left
            entries.append(replace(entry, correct={**entry.correct, **entry.fresh}, lost=lost))
    table = Table.of(entries)
    rows = {entry.index: row for row, entry in enumerate(table.entries)}
    noise = measured(table)
    if noise is None or leader not in rows:
        return None
    row, before = rows[leader], belief.leader_row
    quantile = student((1 + belief.rule.confidence) / 2, noise.freedom)

    def within(middle: float, variance: float) -> tuple[float, float]:
        half = quantile * math.sqrt(variance)
        return middle - half, middle + half

    accuracy = float(table.mean[row])
    low, high = within(accuracy, float(noise.covariance[row, row]))
    gains = {}
    for name, old in reference_rows(belief.table).items():
        index = belief.table.entries[old].index
        if index not in rows or index == leader:
            continue
        sides = np.zeros(len(table.entries))
        sides[row], sides[rows[index]] = 1, -1
        moved = belief.surface.moved[before] - belief.surface.moved[old]
        unsure = belief.surface.moved_sd[before] + belief.surface.moved_sd[old]
        gain = float(sides @ noise.means + moved)
        ends = within(gain, float(sides @ noise.covariance @ sides + unsure**2))
        gains[name] = Gain(over=index, gain=gain, low=ends[0], high=ends[1])
    return Confirmation(
        seeds=int(table.counts[row]), accuracy=accuracy, low=low, high=high, gains=gains
    )
