"""The outcome of a sweep, as text."""

from __future__ import annotations

import dataclasses

from rich.console import Console

from results.conclusions import conclusions
from results.tables.candidates import CANDIDATES, REACHED, compared
from results.tables.table import lay_out
from results.values import (
    Candidate,
    LeadingCoefficients,
    NarrowedCoefficients,
    Sweep,
    Validation,
)
from scaling_search.cli.documents import SweepRecord
from scaling_search.cli.output import drawn, paragraph
from scaling_search.cli.views.family import show_members
from scaling_search.cli.views.methods import show_methods
from scaling_search.cli.views.plan import SHOWN, show_notes, upsampling
from scaling_search.cli.views.scatter import scatter
from search_spaces.families.intervals import Ends, Intervals
from search_spaces.human import (
    amount,
    exactly,
    named_triple,
    percent,
    points,
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


def show_comparisons(out: Console, record: SweepRecord) -> None:
    """Every candidate beside the leader, and the noise that they are seen through."""
    outcome = record.sweep.outcome
    if outcome is None or not outcome.comparisons:
        return
    rows = compared(record.candidates, outcome, outcome.leader)
    rows.sort(key=lambda row: -(row.candidate.accuracy_mean or 0))
    timed = ("latency",) if any(one.latency for one in record.candidates) else ()
    reached = (name for name in REACHED if name != "seeds")
    names = ("index", "coefficients", "measured_ratio", *timed, *reached)
    layout = lay_out(CANDIDATES, rows, names, leads=lambda row: row.leads, limit=SHOWN)
    out.print()
    out.print(drawn(layout))
    if layout.hidden:
        out.print(f"… and {layout.hidden:,} more (--json has them)", markup=False)
    out.print(layout.legend, style="dim", markup=False)
    confidence = record.sweep.spec["selection"]["confidence"]
    out.print(
        f"Gains are at matched {NAMES[record.sweep.target_quantity]}, their intervals of "
        f"{confidence:.0%}",
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
        show_members(out, family)
    show_notes(out, notes_of(record))


def notes_of(record: SweepRecord) -> list[str]:
    """What must be said beside the result: of the data, and of candidates that exceed them."""
    detail_px, notes = record.sweep.detail_px, record.sweep.notes
    if detail_px is None:
        return list(notes)
    cautions = {c.index: c.notes[0] for c in record.candidates if c.notes}
    caution = upsampling(cautions, len(record.candidates), detail_px)
    return [*notes, *([caution] if caution else [])]
