"""`scaling-search baselines`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaling_search.cli import options

if TYPE_CHECKING:
    from rich.console import Console

    from search_spaces.baselines import Baseline


def baselines(
    output: options.Output,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|MODULE:CLASS]",
            help="Check this one, for example mypkg.nets:TinyNet, and show its cost.",
        ),
    ] = None,
) -> None:
    """List networks that can be scaled, or check your own.

    A class of your own can be a baseline: docs/baselines.md has an example. The checks: it builds,
    runs forward and backward, depends on torch's generator alone, every multiplier has an effect
    and adds FLOPs, and a closed form equals fvcore's count.

    Examples:
      scaling-search baselines
      scaling-search baselines mypkg.nets:TinyNet
    """
    from search_spaces.baselines import baselines as known
    from search_spaces.baselines import get_baseline

    checks: list[str] = []
    if name is None:
        listed = known()
    else:
        from scaling_search.networks.user_baselines.checks import check_baseline

        listed = {name: get_baseline(name)}
        checks = check_baseline(listed[name])
    rows = [_row(called, baseline) for called, baseline in listed.items()]
    document = {"baselines": rows} | ({"checks": checks} if name else {})
    output.present(document, lambda out: _show(out, rows, checks))


def _row(name: str, baseline: Baseline) -> dict[str, Any]:
    from search_spaces.baselines import complexity

    cost, base = complexity(baseline, baseline.base), baseline.base
    return {
        "name": name,
        "params": cost.params,
        "flops": cost.flops,
        "activations": cost.activations,
        "resolution_px": base.resolution_px,
        "classes": base.classes,
        "in_channels": base.in_channels,
        "stages": len(base.stages),
        "blocks": sum(base.depths),
        "total_stride": math.prod(base.strides),
        "rounding": baseline.rounding.model_dump(),
        "spec": base.to_dict(),
    }


def _show(out: Console, rows: list[dict[str, Any]], checks: list[str]) -> None:
    from scaling_search.cli.output import table
    from search_spaces.human import amount

    made = table("name", ">params", ">FLOPs", ">px", ">stages", ">blocks", ">stride")
    for row in rows:
        counts = (str(row[key]) for key in ("resolution_px", "stages", "blocks", "total_stride"))
        made.add_row(row["name"], amount(row["params"]), amount(row["flops"]), *counts)
    out.print(made)
    for check in checks:
        out.print(f"✓ {check}", markup=False)
