"""Validations of proxies as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from results.values import Validation
from scaling_search.cli.output import paragraph, table
from scaling_search.cli.views.sweep import moment, short_name
from search_spaces.human import amount, duration, percent, points, triple

_STATES = {"agrees": "agrees", "flips": "FLIPS", "unclear": "unclear"}


def _recommended(report: dict[str, Any] | None) -> str:
    found = (report or {}).get("recommended")
    if found is None:
        return "–"
    tuned = "" if found["learning_rate"] == "shared" else ", own rates"
    return f"{found['images']:,} images{tuned}"


def show_validations(out: Console, rows: Sequence[Validation]) -> None:
    """A list of validations."""
    if not rows:
        out.print("No validations: `scaling-search validate-proxy` begins one", markup=False)
        return
    made = table(">id", "~name", "baseline", "~data", "~budgets", "recommended", "finished")
    for row in rows:
        budgets = [one["images"] for one in (row.report or {}).get("budgets", [])]
        made.add_row(
            str(row.id),
            row.name,
            row.baseline,
            short_name(row.dataset),
            ", ".join(f"{images:,}" for images in budgets),
            _recommended(row.report),
            moment(row.finished_at) if row.finished_at else "not complete",
        )
    out.print(made)


def show_validation(out: Console, row: Validation) -> None:
    """One validation: budgets, candidates, what follows."""
    out.print(f"Validation {row.id} {row.name!r} of {row.baseline}", style="bold", markup=False)
    report = row.report
    if report is None or not report["candidates"]:
        out.print(f"Nothing is trained yet: scaling-search validate-proxy --resume {row.id}")
        return
    _show_budgets(out, report)
    for found in report["budgets"]:
        _show_candidates(out, report, found)
    out.print()
    label = "Recommended: "
    found = report["recommended"]
    paragraph(
        out,
        label,
        "no budget"
        if found is None
        else f"{found['images']:,} images per trial under "
        + (
            f"the shared learning rate {report['shared_rate']:g}"
            if found["learning_rate"] == "shared"
            else "each candidate's own learning rate"
        ),
        style="bold",
    )
    for reason in report["why"]:
        paragraph(out, "– ", reason)
    if not report["complete"]:
        out.print(f"Go on: scaling-search validate-proxy --resume {row.id}", markup=False)


def _show_budgets(out: Console, report: dict[str, Any]) -> None:
    """What each budget costs, and how it stands to the longest."""
    made = table(
        ">images",
        ">s a trial",
        ">trained",
        ">in all",
        "rates",
        ">r (ceiling)",
        ">without noise",
        ">regret",
        ">at most",
    )
    for found in report["budgets"]:
        effect = found["rate_effect"]
        seconds = found["seconds_per_trial"]
        first = [
            f"{found['images']:,}",
            "–" if seconds is None else f"{seconds:,.1f}",
            amount(found["trained_images"]),
            duration(found["train_seconds"]),
            "–" if effect is None else _STATES[effect["state"]],
        ]
        made.add_row(*first, *_standing(found["shared"]))
        if found["tuned"] is not None and found["tuned"]["regret"] is not None:
            made.add_row("own rates", "", "", "", "", *_standing(found["tuned"]))
    out.print(made)
    delta, confidence = report["regret"], report["confidence"]
    paragraph(
        out,
        "",
        f"rates: whether the shared learning rate chooses as each candidate's own would; r: "
        f"correlation with {report['long_images']:,} images, and what perfect agreement would show "
        f"through the noise; regret there of choosing here, by these or other seeds, in "
        f"points, expected and at most with {confidence:.0%} confidence ({points(delta)} allowed)",
        style="dim",
    )


def _standing(reading: dict[str, Any] | None) -> tuple[str, str, str, str]:
    """Correlation, the same without noise, and regret."""
    found = reading and reading["agreement"]
    lost = reading and reading["regret"]
    plain = clean = "–"
    if found and found["pearson"] is not None:
        plain = f"{found['pearson']:.2f} ({found['pearson_ceiling']:.2f})"
    if found and found["disattenuated"] is not None:
        clean = f"{found['disattenuated']:.2f}"  # its interval is among the reasons below
    if not lost:
        return plain, clean, "–", "–"
    return plain, clean, points(lost["expected"]), points(lost["high"])


def _show_candidates(out: Console, report: dict[str, Any], found: dict[str, Any]) -> None:
    """Accuracies at one budget: under the shared rate, and under each candidate's own."""
    shared = _by_candidate(found["shared"])
    tuned = _by_candidate(found["tuned"])
    if not shared and not tuned:
        return
    out.print()
    made = table(
        ">#",
        "α, β, γ",
        ">FLOPs",
        ">shared rate",
        ">± seed sd",
        ">own rate",
        ">best at",
        title=f"{found['images']:,} images",
    )
    for candidate in report["candidates"]:
        index = candidate["index"]
        if index not in shared and index not in tuned:
            continue
        plain, own = shared.get(index), tuned.get(index)
        made.add_row(
            str(index),
            triple(candidate["coefficients"].values())[1:-1],
            f"{candidate['flops_ratio']:.2f} ×",
            percent(plain["accuracy"]) if plain else "lost",
            points(plain["seed_sd"]) if plain else "",
            percent(own["accuracy"]) if own else "–",
            f"{own['learning_rate']:g}" if own else "",
        )
    out.print(made)


def _by_candidate(reading: dict[str, Any] | None) -> dict[int, dict[str, Any]]:
    return {row["candidate"]: row for row in (reading or {}).get("accuracies", [])}
