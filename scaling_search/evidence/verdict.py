"""From evidence to a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from results.states import Verdict
from results.values import Comparison, Gain, Outcome, Settling
from scaling_search.evidence.comparisons import Comparisons, described
from scaling_search.evidence.confirmation import confirmed
from scaling_search.evidence.posterior import Posterior, infer, unusable, why_not
from scaling_search.evidence.power import LIKELY, PowerAnalysis
from scaling_search.evidence.remedies import UNSTABLE, remedies
from scaling_search.evidence.table import Evidence, Table
from search_spaces.human import plural
from search_spaces.specs.sweep import SelectionRule
from search_spaces.specs.target import NAMES, Quantity


def _points(value: float) -> str:
    return f"{100 * value:.2f} points"


def _remedy(settling: Settling, images: int) -> str:
    if settling.images is not None:
        return (
            f"no number of seeds would settle it on {images:,} validation images: about "
            f"{settling.images:,} would be needed"
        )
    return f"about {settling.seeds:,} seeds would settle it ({LIKELY:.0%} confidence)"


def _settling(posterior: Posterior) -> Settling | None:
    """What would settle it; None if nothing has to be settled."""
    judgement = posterior.judgement
    if judgement.certainty >= posterior.rule.confidence:
        return None
    seeds = int(posterior.table.counts[posterior.leader_row])
    return PowerAnalysis.of(posterior).settling(seeds + 1)


def _objections(
    comparisons: Comparisons,
    gains: Mapping[str, Gain],
    settling: Settling | None,
    chance: float,
    lost: str | None,
    quantity: Quantity,
) -> list[str]:
    """Why there is no conclusion; empty if there is one. `lost`: what lost trials leave open."""
    posterior, judgement = comparisons.posterior, comparisons.posterior.judgement
    rule, images = posterior.rule, posterior.table.images
    if not comparisons.above(chance):
        accuracy = posterior.table.mean[posterior.leader_row]
        return [
            f"the leader's accuracy {accuracy:.3f} is not clearly above chance {chance:.3f}: "
            "train longer"
        ]
    objections = [] if lost is None else [lost]
    if "baseline" in gains and gains["baseline"].low <= 0:
        objections.append(
            "the leader is not clearly above the unscaled baseline, so this proxy rewards no extra "
            f"{NAMES[quantity]} and cannot say where to spend "
            f"{'it' if quantity == 'latency' else 'them'}: train longer, or on a harder task"
        )
    if settling is not None:
        objections.append(
            f"the leader loses at most {_points(rule.regret)} against the true best with "
            f"{100 * judgement.certainty:.0f}% probability, at most "
            f"{_points(judgement.regret_bound)} with {100 * rule.confidence:g}%; "
            f"{_remedy(settling, images)}{_unseen(posterior)}"
        )
    return objections


def _unseen(posterior: Posterior) -> str:
    """What is said of candidates without trials that count."""
    count = len(posterior.unseen)
    if not count:
        return ""
    failed = " or had one fail" if any(entry.failed for entry in posterior.unseen) else ""
    return (
        f"; {count} of {count + len(posterior.indices)} candidates finished no trial{failed}, and "
        "only the surface between the others tells of them"
    )


def _lost(
    evidence: Sequence[Evidence], posterior: Posterior, gains: Mapping[str, Gain], unstable: str
) -> str | None:
    """What is left open where the baseline, or the leader's confirmation, cannot be relied on."""
    baselines = [entry for entry in evidence if "baseline" in entry.roles]
    if "baseline" not in gains and any(entry.lost for entry in baselines):
        lost, failed = sum(one.lost for one in baselines), sum(one.failed for one in baselines)
        return (
            "the unscaled baseline lost a trial, so whether the leader is better than it is not "
            f"known: of its trials {remedies(lost, failed, unstable)}"
        )
    if "baseline" not in gains and any(entry.correct for entry in baselines):
        return (
            "no trial of the unscaled baseline can be used, so whether the leader is better than "
            "it is not known: run the sweep anew"
        )
    leader = next(entry for entry in evidence if entry.index == posterior.leader)
    if leader.fresh_lost:
        return (
            f"the leader lost {plural(leader.fresh_lost, 'fresh trial')}, so it is not confirmed: "
            f"of them {remedies(leader.fresh_lost, leader.fresh_failed, unstable)}"
        )
    return None


def _grounds(
    posterior: Posterior, standings: Counter[str], quantity: Quantity, *, lost: bool
) -> list[str]:
    """Why there is a conclusion; `lost`: whether candidates that could win are left out."""
    table, rule, judgement = posterior.table, posterior.rule, posterior.judgement
    seeds = int(table.counts[posterior.leader_row])
    parts = [
        f"{standings[name]} {'is' if standings[name] == 1 else 'are'} {said}"
        for name, said in (
            ("equivalent", f"as good ({100 * rule.confidence:g}% probability of losing no more)"),
            ("undecided", "maybe as good"),
            ("worse", "worse"),
        )
        if standings[name]
    ]
    rivals = len(judgement.standings) - 1
    return [
        f"the leader loses at most {_points(judgement.regret_bound)} against the true best "
        f"({100 * rule.confidence:g}% probability, from {seeds} seeds and {table.images:,} "
        f"validation images, at {2**posterior.doublings:.2f} × the baseline's {NAMES[quantity]})",
        "every rival is worse"
        if standings["worse"] == rivals and not posterior.unseen and not lost
        else f"of {rivals} {'rival' if rivals == 1 else 'rivals'} {', '.join(parts)}"
        + _unseen(posterior),
    ]


def _shown(
    evidence: Sequence[Evidence],
    table: Table,
    chance: float,
    leader: int | None,
    compared: Mapping[int, Comparison],
) -> Outcome:
    """What the trials showed, before any verdict.

    Args:
        evidence: one entry a candidate.
        table: the usable part of it.
        chance: accuracy of always naming the validation split's largest class.
        leader: its row, if there is one.
        compared: the rows beside it.
    """
    by_index = {one.index: one for one in compared.values()}
    able = table.eligible
    return Outcome(
        verdict=Verdict.INCONCLUSIVE,
        leader=None if leader is None else table.entries[leader].index,
        seeds=0 if leader is None else int(table.counts[leader]),
        images=table.images,
        chance=chance,
        between_candidates_sd=float(np.std(table.mean[able], ddof=1)) if len(able) > 1 else None,
        seed_sd=table.pooled_sd if table.entries else None,
        comparisons=tuple(
            by_index.get(one.index, Comparison(index=one.index, standing="incomplete"))
            for one in evidence
        ),
    )


def _region(shown: Outcome) -> tuple[int, ...]:
    """The leader and the candidates that are as good."""
    assert shown.leader is not None
    equals = (one.index for one in shown.comparisons if one.standing == "equivalent")
    return (shown.leader, *equals)


def _left_out(table: Table) -> list[str]:
    """What is said of candidates with finished trials that cannot be used."""
    return [f"left out, as they cannot be used: {unusable(table)}"] if table.unusable else []


def _incomplete(evidence: Sequence[Evidence], unstable: str) -> list[str]:
    """What is said of candidates that could win, but lost a trial."""
    lost = [entry for entry in evidence if entry.eligible and entry.lost]
    if not lost:
        return []
    told = remedies(
        sum(entry.lost for entry in lost), sum(entry.failed for entry in lost), unstable
    )
    return [
        f"left out, as they lost trials: {plural(len(lost), 'candidate')} that could win; of their "
        f"trials {told}"
    ]


def _without_noise(
    evidence: Sequence[Evidence], table: Table, chance: float, unstable: str
) -> Outcome:
    """The outcome where nothing can be compared: the highest mean leads, and nothing is certain."""
    reason = (
        why_not(evidence, table, unstable)
        or "no two candidates share two seeds, so the noise is unknown"
    )
    # Where nobody can win, the reason names those that are left out.
    left_out = _left_out(table) + _incomplete(evidence, unstable) if table.eligible else []
    leader = max(table.eligible, key=lambda row: table.mean[row], default=None)
    compared = {
        row: described(
            table,
            row,
            "leader" if row == leader else "undecided" if entry.eligible else "reference",
        )
        for row, entry in enumerate(table.entries)
    }
    shown = _shown(evidence, table, chance, leader, compared)
    return replace(shown, why=(reason, *left_out))


def select(
    evidence: Sequence[Evidence],
    rule: SelectionRule,
    chance: float,
    quantity: Quantity = "flops",
    unstable: str = UNSTABLE,
) -> Outcome:
    """Leader and verdict by the rules of this package.

    Args:
        evidence: one entry a candidate.
        rule: δ and the confidence.
        chance: accuracy of always naming the validation split's largest class.
        quantity: what candidates are matched on, for the reasons that are given.
        unstable: what to try where trainings diverge, for those reasons.
    """
    table = Table.of(evidence)
    posterior = infer(evidence, rule)
    if posterior is None:
        return _without_noise(evidence, table, chance, unstable)
    comparisons, judgement = Comparisons(posterior), posterior.judgement
    shown = _shown(evidence, table, chance, posterior.leader_row, comparisons.compared())
    gains, settling = comparisons.gains(), _settling(posterior)
    why = _objections(
        comparisons, gains, settling, chance, _lost(evidence, posterior, gains, unstable), quantity
    )
    verdict = Verdict.INCONCLUSIVE if why else judgement.verdict
    if not why:
        lost = any(entry.eligible and entry.lost for entry in evidence)
        why = _grounds(posterior, Counter(judgement.standings), quantity, lost=lost)
    return replace(
        shown,
        verdict=verdict,
        region=_region(shown) if verdict == Verdict.EQUIVALENT else (),
        why=(*why, *_left_out(table), *_incomplete(evidence, unstable)),
        flops_ratio=2**posterior.doublings,
        certainty=posterior.certainty,
        regret_bound=judgement.regret_bound,
        settling=settling,
        gains=gains,
        confirmation=confirmed(evidence, posterior),
    )
