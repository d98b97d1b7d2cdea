"""From evidence to a verdict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scaling_search.selection.contrasts import Contrasts
from scaling_search.selection.evidence import Evidence, Table
from scaling_search.selection.outcome import Comparison, Outcome, Verdict
from search_spaces.sweep_spec import SelectionRule


def _points(value: float) -> str:
    return f"{100 * value:.2f} points"


def _incomparable(table: Table, eligible: Sequence[int]) -> str | None:
    """Why nothing can be compared at all."""
    if not eligible:
        return "no eligible candidate finished a trial for every seed"
    if len(table.seeds) < 2:
        return "one seed says nothing about noise: train at least two"
    if len(eligible) < 2:
        return "only one candidate could win, so nothing was compared"
    return None


def _doubts(
    contrasts: Contrasts, compared: dict[int, Comparison], bound: float, chance: float
) -> list[str]:
    """Why there is no conclusion; empty if there is one."""
    table, rule = contrasts.table, contrasts.rule
    if not contrasts.above(chance):
        accuracy = table.mean[contrasts.leader]
        return [
            f"the leader's accuracy {accuracy:.3f} is not clearly above chance {chance:.3f}: "
            "train longer"
        ]
    doubts = []
    baselines = [compared[row].low for row in compared if table.entries[row].baseline]
    if any(low is not None and low <= 0 for low in baselines):
        doubts.append(
            "the leader is not clearly above the unscaled baseline, so this proxy rewards no extra "
            "FLOPs and cannot say where to spend them: train longer, or on a harder task"
        )
    undecided = [rival for rival in compared.values() if rival.standing == "undecided"]
    if undecided:
        rivals = sum(rival.standing != "reference" for rival in compared.values())
        doubts.append(
            f"{len(undecided)} of {rivals} rivals could be better than the leader by more than "
            f"{_points(rule.regret)} ({100 * rule.confidence:g}% joint confidence; up to "
            f"{_points(bound)}); {contrasts.settling(undecided)}"
        )
    return doubts


def select(evidence: Sequence[Evidence], rule: SelectionRule, chance: float) -> Outcome:
    """Leader and verdict by the rules of this package.

    Args:
        evidence: one entry a candidate.
        rule: δ and the joint confidence.
        chance: accuracy of always naming the validation split's largest class.
    """
    table = Table.of(evidence)
    rows = {entry.index: row for row, entry in enumerate(table.entries)}
    eligible = [row for row, entry in enumerate(table.entries) if entry.eligible]
    leader = max(eligible, key=lambda row: table.mean[row], default=None)
    compared: dict[int, Comparison] = {}
    verdict: Verdict = "inconclusive"
    region: tuple[int, ...] = ()
    bound: float | None = None
    incomparable = _incomparable(table, eligible)
    if leader is None or incomparable is not None:
        why = [str(incomparable)]
    else:
        contrasts = Contrasts(table, leader, rule)
        compared = {row: contrasts.against(row) for row in rows.values() if row != leader}
        rivals = [found for row, found in compared.items() if table.entries[row].eligible]
        bound = max(0.0, *(-rival.low for rival in rivals if rival.low is not None))
        why = _doubts(contrasts, compared, bound, chance)
        if not why:
            equals = [rival.index for rival in rivals if rival.standing == "equivalent"]
            verdict = "equivalent" if equals else "chosen"
            why = [
                f"no rival is better than the leader by more than {_points(bound)} "
                f"({100 * rule.confidence:g}% joint confidence over {len(table.seeds)} seeds and "
                f"{table.images:,} validation images)"
            ]
            if equals:
                region = (table.entries[leader].index, *equals)
                why.append(f"{len(equals)} of {len(rivals)} rivals may be as good")
            else:
                why.append("every rival is worse")

    def described(entry: Evidence) -> Comparison:
        row = rows.get(entry.index)
        if row is None:
            return Comparison(entry.index, "incomplete")
        if row == leader:
            return table.described(row, "leader")
        plain = table.described(row, "undecided" if entry.eligible else "reference")
        return compared.get(row, plain)

    spread = table.seed_sd if table.entries else None
    return Outcome(
        verdict=verdict,
        leader=None if leader is None else table.entries[leader].index,
        region=region,
        why=tuple(why),
        seeds=len(table.seeds),
        chance=chance,
        regret_bound=bound,
        between_candidates_sd=(
            float(np.std(table.mean[eligible], ddof=1)) if len(eligible) > 1 else None
        ),
        seed_sd=None if spread is None else float(np.sqrt(np.mean(np.square(spread)))),
        comparisons=tuple(described(entry) for entry in evidence),
    )
