"""A plan as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console

from results.plans import planned_network
from results.tables.candidates import NETWORKS
from results.tables.table import lay_out
from results.values import Measurement
from scaling_search.cli.output import drawn, paragraph
from scaling_search.cli.views.triangle import MISSED, REACHED, triangle
from scaling_search.data import PreparedDataset
from scaling_search.sweeps.estimates import Estimate
from search_spaces.human import amount, duration, exactly, plural, size
from search_spaces.planning import Plan
from search_spaces.specs.sweep import SweepSpec

if TYPE_CHECKING:
    from scaling_search.sweeps.forecasting import EarlierForecast

SHOWN = 40
FLOPS_OF_BASELINE = "the baseline's FLOPs"  # which stand just before the target
_NAMED = 12


def show_counts(out: Console, plan: Plan) -> None:
    """What is searched, and how many networks it comes to."""
    target, frame = plan.space.target, plan.frame
    paragraph(
        out,
        "",
        f"{plan.space.baseline} at {frame.resolution_px} px, {plural(frame.in_channels, 'channel')}"
        f", {frame.classes:,} classes: {amount(plan.base_flops)} FLOPs; "
        f"target {target.describe().replace(FLOPS_OF_BASELINE, 'that')}",
    )
    if plan.space.compare is not None:
        methods = ", ".join(method.name for method in plan.space.compare.methods)
        phis = ", ".join(map(exactly, plan.space.compare.phis))
        paragraph(
            out, "", f"{methods}, each at φ = {phis}: {plural(plan.networks, 'distinct network')}"
        )
        return
    eligible = sum(candidate.eligible for candidate in plan.candidates)
    paragraph(
        out,
        "",
        f"{plural(plan.points, 'point')} → {plan.points_within:,} within the constraint → "
        f"{plural(plan.networks, 'distinct network')} → {plural(len(plan.candidates), 'candidate')}"
        f" ({eligible:,} can win, the others are references)",
    )


def show_data(out: Console, data: PreparedDataset) -> None:
    """Which images it is for."""
    paragraph(
        out,
        "Images: ",
        f"{data.name}: {data.n_train:,} to train on, {data.n_validation:,} to validate, "
        f"{len(data.class_names):,} classes, {data.native_median_px} px",
    )


def show_triangle(out: Console, plan: Plan) -> None:
    """Which directions reach the target."""
    reached = sum(direction.reachable for direction in plan.directions)
    out.print()
    out.print(
        f"Where a doubling can go: {reached} of {len(plan.directions)} directions reach a network "
        f"within the target ({REACHED}), {len(plan.directions) - reached} do not ({MISSED})",
        markup=False,
    )
    out.print(triangle(plan.directions), markup=False)


def show_candidates(out: Console, plan: Plan, *, everything: bool = False) -> None:
    """The candidates, the first ones of many; under a constraint on latency with that."""
    timed = [one.latency for one in plan.candidates if one.latency is not None]
    names = (
        "index", "roles", "coefficients", "triples", "blocks", "widths", "resolution_px", "flops",
        "params", "latency" if timed else "nominal_ratio", "measured_ratio", "residual", "eligible",
    )  # fmt: skip
    networks = map(planned_network, plan.candidates)
    layout = lay_out(NETWORKS, networks, names, limit=None if everything else SHOWN)
    out.print()
    out.print(drawn(layout))
    if layout.hidden:
        out.print(f"… and {layout.hidden:,} more (--all shows them)", markup=False)
    out.print(layout.legend, style="dim", markup=False)
    if timed:
        how = timed[0]
        paragraph(
            out,
            "",
            f"latency: the baseline's is {how.base_p50_ms:.3g} ms, the median of {how.runs} "
            f"runs in turns, {plural(how.batch, 'image')} each, by {how.backend}, "
            f"{plural(how.threads, 'thread')}, on {how.machine}; standard error at most "
            f"{max(one.noise for one in timed):.1%}",
            style="dim",
        )


def show_warnings(out: Console, warnings: Iterable[str]) -> None:
    """What to change before training."""
    for warning in warnings:
        paragraph(out, "Warning: ", warning, style="yellow")


def upsampling(notes: Mapping[int, str], candidates: int, data_px: int) -> str | None:
    """Which candidates look at enlarged images, in one sentence for all of them."""
    if not notes:
        return None
    named = ", ".join(str(index) for index in list(notes)[:_NAMED])
    more = "" if len(notes) <= _NAMED else f" and {len(notes) - _NAMED} more"
    which = "every candidate exceeds" if len(notes) == candidates else f"{named}{more} exceed"
    return (
        f"{which} the {data_px} px of the images: upsampling adds no detail, so a difference there "
        "comes from the network's strides and no effect of resolution is claimed"
    )


def show_notes(out: Console, notes: Iterable[str]) -> None:
    """What a reader must know."""
    for note in notes:
        paragraph(out, "Note: ", note)


def show_cost(out: Console, cost: Estimate, spec: SweepSpec, plan: Plan) -> None:
    """What training takes."""
    out.print()
    disk = f"{size(cost.database_bytes)} in the database"
    if cost.data_bytes:
        disk += f", {size(cost.data_bytes)} of decoded images"
    strategy, decides = spec.strategy.name, ""
    if strategy == "grid" and spec.strategy.max_images is None:
        trials = f"{plural(cost.trials, 'trial')} ({plural(len(spec.seeds), 'seed')} each"
        fresh = len(spec.confirmation)
        trials += f", {fresh} fresh ones of the winner and the references)" if fresh else ")"
    else:
        trials = f"at most {plural(cost.trials, 'trial')} (strategy {strategy})"
    if strategy != "grid":
        decides = f"; after the first {amount(_first_images(spec, plan))} {strategy} decides"
    paragraph(
        out,
        "Training: ",
        f"{trials} × {spec.proxy.total_images:,} images = {amount(cost.images)} images, about "
        f"{duration(cost.seconds)} on {plural(cost.workers, 'worker')}{decides}; {disk}",
    )
    out.print(f"(time: {cost.rate.source})", style="dim", markup=False)


def _first_images(spec: SweepSpec, plan: Plan) -> int:
    eligible = sum(candidate.eligible for candidate in plan.candidates)
    return spec.first_images(len(plan.candidates), eligible)


def show_planned(
    out: Console, spec: SweepSpec, plan: Plan, data: PreparedDataset, cost: Estimate
) -> None:
    """What is about to be trained."""
    show_counts(out, plan)
    show_data(out, data)
    show_candidates(out, plan)
    show_warnings(out, plan.warnings)
    show_cost(out, cost, spec, plan)


def show_forecast(out: Console, told: EarlierForecast | None, spec: SweepSpec) -> None:
    """What a conclusive answer is likely to cost."""
    if told is None:
        return
    found = told.forecast
    strategy = spec.strategy.name
    part = "" if strategy == "grid" else f". That is of a grid, of which {strategy} trains a part"
    noise = f"As noisy as sweep {told.sweep}: {found.noise}"
    paragraph(out, "Forecast: ", f"{found.needs}{part}. {noise}")


def plan_document(
    plan: Plan,
    spec: SweepSpec,
    cost: Estimate,
    data: PreparedDataset | None,
    notes: Mapping[int, str],
    measured: Mapping[str, Measurement] | None,
    told: EarlierForecast | None = None,
) -> dict[str, Any]:
    """The plan with what training it takes, and the caution of each candidate."""
    document = plan.to_dict()
    for candidate in document["candidates"]:
        candidate["notes"] = [notes[candidate["index"]]] if candidate["index"] in notes else []
        if measured is not None:
            found = measured[candidate["spec_key"]]
            candidate["complexity_source"] = "fvcore"
            candidate["uncounted"] = found.uncounted
    return (
        {"name": spec.name, "dataset": data.name if data else None}
        | {"in_channels": plan.frame.in_channels, "classes": plan.frame.classes}
        | {"resolution_px": plan.frame.resolution_px}
        | document
        | {
            "training": cost.to_dict()
            | {"seeds": list(spec.seeds), "strategy": spec.strategy.name}
            | {"first_images": _first_images(spec, plan)}
        }
        | {"forecast": told.to_dict() if told else None}
    )
