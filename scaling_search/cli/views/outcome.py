"""The outcome of a sweep, as text."""

from __future__ import annotations

import dataclasses

from rich.console import Console

from results.conclusions import conclusions
from results.values import (
    Candidate,
    LeadingCoefficients,
    NarrowedCoefficients,
    RelativeLatency,
    Sweep,
    Validation,
)
from scaling_search.cli.documents import SweepRecord
from scaling_search.cli.output import paragraph, table
from scaling_search.cli.views.family import show_members, stored_rows
from scaling_search.cli.views.methods import show_methods
from scaling_search.cli.views.plan import SHOWN, roles, show_notes, upsampling
from scaling_search.cli.views.scatter import scatter
from search_spaces.families.intervals import Ends, Intervals
from search_spaces.human import (
    amount,
    chance,
    exactly,
    named_triple,
    percent,
    points,
    points_between,
    triple,
)
from search_spaces.specs.target import NAMES, matched_cost

_STYLE = {"chosen": "bold green", "equivalent": "bold green", "inconclusive": "bold yellow"}


def show_verdict(out: Console, record: SweepRecord) -> None:
    """Leader, verdict, and why."""
    outcome = record.sweep.outcome
    leading = record.leading
    if leading is not None:
        candidate, accuracy = leading.candidate, leading.accuracy
        paragraph(
            out,
            f"Leader{'' if outcome else ' so far'}: ",
            f"{named_triple(candidate.alpha, candidate.beta, candidate.gamma)} (candidate "
            f"{candidate.index}): validation accuracy {percent(accuracy)} at "
            f"{_cost(candidate, record.sweep)}",
        )
    if outcome is None or outcome.verdict is None:
        return
    out.print("Verdict: ", end="")
    out.print(outcome.verdict, style=_STYLE[outcome.verdict])
    for reason in (*outcome.why, *conclusions(outcome, record.sweep.target_quantity)):
        paragraph(out, "– ", reason)


def _cost(candidate: Candidate, sweep: Sweep) -> str:
    """A candidate's cost: what the search is matched on, and FLOPs."""
    quantity, ratio = matched_cost(
        sweep.target_quantity, sweep.target_ratio, candidate.measured_ratio, candidate.residual
    )
    told = f"{ratio:.2f} × the baseline's {NAMES[quantity]}"
    return told if quantity == "flops" else f"{told}, {candidate.measured_ratio:.2f} × its FLOPs"


def show_picture(out: Console, record: SweepRecord) -> None:
    """Accuracy against FLOPs, where there are results to compare."""
    leading = record.leading
    drawn = scatter(record.candidates, None if leading is None else leading.candidate.index)
    if drawn:
        out.print()
        out.print("Mean accuracy against FLOPs:")
        out.print(drawn, markup=False)


def _latency(found: RelativeLatency | None) -> str:
    return "" if found is None else f"{found['ratio']:.2f}"


def show_comparisons(out: Console, record: SweepRecord) -> None:
    """Every candidate beside the leader, and the noise that they are seen through."""
    outcome = record.sweep.outcome
    if outcome is None or not outcome.comparisons:
        return
    timed = any(candidate.latency for candidate in record.candidates)
    made = table(
        ">#",
        "α, β, γ",
        ">ratio",
        *([">lat."] if timed else []),
        ">accuracy",
        ">± sd" if timed else ">± seed sd",
        ">gain",
        "joint interval",
        ">best",
        ">regret",
        "~",
    )
    candidates = {candidate.index: candidate for candidate in record.candidates}
    rows = sorted(outcome.comparisons, key=lambda row: -(row.accuracy or 0))
    for row in rows[:SHOWN]:
        candidate = candidates[row.index]
        named = [roles((role,)) for role in candidate.roles if role != "search"]
        made.add_row(
            str(row.index),
            triple((candidate.alpha, candidate.beta, candidate.gamma))[1:-1],
            f"{candidate.measured_ratio:.2f}",
            *([_latency(candidate.latency)] if timed else []),
            percent(row.accuracy),
            points(row.seed_sd),
            "" if row.gain is None else points(row.gain, sign=True),
            points_between(row.low, row.high),
            chance(row.probability_best),
            points(row.expected_regret),
            ", ".join(named if row.standing == "reference" else [row.standing, *named]),
            style="bold" if row.standing == "leader" else None,
        )
    out.print()
    out.print(made)
    if len(rows) > SHOWN:
        out.print(f"… and {len(rows) - SHOWN:,} more (--json has them)", markup=False)
    confidence = record.sweep.spec["selection"]["confidence"]
    out.print(
        f"gain: the leader's accuracy minus this one's at matched "
        f"{NAMES[record.sweep.target_quantity]}, in points, with its "
        f"{confidence:.0%} joint interval over seeds and images; best: probability that no other "
        "is better; regret: points that it is expected to lose against the best"
        + ("; lat.: latency over the baseline's, as planned" if timed else ""),
        style="dim",
        markup=False,
    )
    between, within = outcome.between_candidates_sd, outcome.seed_sd
    if between is not None and within is not None:
        out.print(
            f"Spread: {points(between)} points between candidates that can win, {points(within)} "
            "points between seeds of one candidate",
            markup=False,
        )


def _range(ends: tuple[float, float], unit: str = "", decimals: int = 6) -> str:
    low, high = (exactly(end, decimals) for end in ends)
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"


def _intervals(ends: Intervals) -> str:
    return f"α {_range(ends.alpha)}, β {_range(ends.beta)}, γ {_range(ends.gamma)}"


def show_class(out: Console, leading: LeadingCoefficients) -> None:
    """The class of coefficients that the leader stands for, and what it leaves open."""
    out.print()
    paragraph(
        out,
        "The leader stands for every triple that rounds to its network: ",
        _intervals(leading.intervals),
    )
    if leading.shares is not None:
        shares = dataclasses.asdict(leading.shares).items()
        spent = ", ".join(f"{name} {share:.0%}" for name, share in shares)
        normalised = dataclasses.astuple(leading.normalised)
        paragraph(
            out,
            "It spends a doubling on ",
            f"{spent}; normalised to αβ²γ² = 2: {triple(round(value, 3) for value in normalised)}",
        )
    if leading.ends_at_b7 is not None:
        show_ends(out, leading.ends_at_b7)


def show_ends(out: Console, ends: Ends) -> None:
    """What the ends of the intervals of coefficients would mean for the largest member."""
    params, flops = (" to ".join(map(amount, each)) for each in (ends.params, ends.flops))
    paragraph(
        out,
        f"The ends of the intervals would mean at {ends.name}: ",
        f"depth × {_range(ends.depth, decimals=2)}, width × {_range(ends.width, decimals=2)}, "
        f"{_range(ends.resolution_px, ' px')}, {params} parameters, {flops} FLOPs",
    )


def show_validity(out: Console, found: Validation | None) -> None:
    """What is known of the budget and learning rate that the sweep trained with."""
    if found is None or found.report is None:
        return
    out.print()
    label = f"Its budget and learning rate: validation {found.id} says that "
    paragraph(out, label, "; ".join(found.report["why"][:2]))


def show_narrowed(out: Console, narrowed: NarrowedCoefficients | None) -> None:
    """What a follow-up at φ = 2 leaves of the class of coefficients."""
    if narrowed is None:
        return
    left = f"{narrowed.left} of {narrowed.trained} networks"
    if narrowed.intervals == narrowed.before:
        paragraph(
            out,
            "",
            f"At φ = 2 (sweep {narrowed.sweep}: {narrowed.verdict}) nothing of it was ruled out: "
            f"{left} are left",
        )
        return
    paragraph(
        out,
        f"At φ = 2 (sweep {narrowed.sweep}: {narrowed.verdict}, {left} left) it is narrowed to ",
        _intervals(narrowed.intervals),
    )
    show_ends(out, narrowed.ends_at_b7)


def show_outcome(out: Console, record: SweepRecord) -> None:
    """Verdict, comparisons, class, family, notes; of a comparison of methods, that."""
    outcome = record.sweep.outcome
    if outcome is not None and outcome.methods is not None:
        show_methods(out, record)
        show_picture(out, record)
        show_notes(out, notes_of(record))
        return
    show_verdict(out, record)
    show_picture(out, record)
    show_comparisons(out, record)
    show_validity(out, record.validation)
    if outcome is not None and outcome.leading is not None:
        show_class(out, outcome.leading)
    if record.sweep.leader is not None:
        show_narrowed(out, record.sweep.identification)
    elif outcome is not None:
        show_narrowed(out, outcome.identified)
    family = record.sweep.family
    if family:
        first = family[0]
        out.print()
        out.print(
            f"Family of {record.sweep.baseline} by these coefficients ({first.convention}; "
            f"{first.resolution_px} px, {first.classes:,} classes; measured by fvcore)",
            markup=False,
        )
        show_members(out, stored_rows(family))
    show_notes(out, notes_of(record))


def notes_of(record: SweepRecord) -> list[str]:
    """What must be said beside the result: of the data, and of candidates that exceed them."""
    detail_px, notes = record.sweep.detail_px, record.sweep.notes
    if detail_px is None:
        return list(notes)
    cautions = {c.index: c.notes[0] for c in record.candidates if c.notes}
    caution = upsampling(cautions, len(record.candidates), detail_px)
    return [*notes, *([caution] if caution else [])]
