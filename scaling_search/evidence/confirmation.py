"""The leader's accuracy and gains from trials that had no part in its selection.

The best of many noisy figures is too good on average (the winner's curse). Seeds that are trained
once the leader is known are not: they alone are used for it here. The baseline and the published
coefficients were not selected, so all of their trials count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from results.values import Confirmation, Gain
from scaling_search.evidence.comparisons import reference_rows
from scaling_search.evidence.noise import measured
from scaling_search.evidence.posterior import Posterior
from scaling_search.evidence.table import Evidence, Table


def confirmed(evidence: Sequence[Evidence], posterior: Posterior) -> Confirmation | None:
    """What the fresh seeds of the leader say of it; None if it has none.

    Args:
        evidence: of the sweep; `fresh` of the leader, and of references if they have any, are used.
        posterior: from the other seeds.
    """
    leader = posterior.leader
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
    row, before = rows[leader], posterior.leader_row
    one_sided, each = (1 + posterior.rule.confidence) / 2, np.eye(len(table.entries))
    gains = {}
    for name, old in reference_rows(posterior.table).items():
        index = posterior.table.entries[old].index
        if index not in rows or index == leader:
            continue
        weights = each[row] - each[rows[index]]
        moved = posterior.surface.moved[before] - posterior.surface.moved[old]
        unsure = posterior.surface.moved_sd[before] + posterior.surface.moved_sd[old]
        gain = float(weights @ noise.means + moved)
        half = noise.margin(weights, one_sided, known=float(unsure**2))
        gains[name] = Gain(over=index, gain=gain, low=gain - half, high=gain + half)
    accuracy, half = float(table.mean[row]), noise.margin(each[row], one_sided)
    return Confirmation(
        seeds=int(table.counts[row]),
        accuracy=accuracy,
        low=accuracy - half,
        high=accuracy + half,
        gains=gains,
    )
