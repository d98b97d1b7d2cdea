"""`scaling-search baselines`."""

from __future__ import annotations

import math
from typing import Annotated, Any

import typer

from scaling_search.cli.options import JsonOption


def baselines(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|MODULE:CLASS]",
            help="Check this one, for example mypkg.nets:TinyNet, and show what it costs.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the networks that can be scaled, and what they cost; check one.

    A class of your own can be one: docs/baselines.md has an example. What is checked: it builds,
    runs forward and backward, is decided by torch's generator alone, every multiplier acts and adds
    FLOPs, and a closed form equals fvcore's count.

    \b
    Examples:
      scaling-search baselines
      scaling-search baselines mypkg.nets:TinyNet
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli.output import console, print_json, table
    from search_spaces.baselines import baselines as known
    from search_spaces.baselines import complexity, get_baseline
    from search_spaces.human import amount

    rows: list[dict[str, Any]] = []
    checks: list[str] = []
    if name is None:
        listed = known()
    else:
        from scaling_search.networks.user_baselines.checks import check_baseline

        listed = {name: get_baseline(name)}
        checks = check_baseline(listed[name])
    for called, baseline in listed.items():
        cost, base = complexity(baseline, baseline.base), baseline.base
        rows.append(
            {
                "name": called,
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
        )
    if json:
        print_json({"baselines": rows} | ({"checks": checks} if name else {}))
        return
    made = table("name", ">params", ">FLOPs", ">px", ">stages", ">blocks", ">stride")
    for row in rows:
        made.add_row(
            row["name"],
            amount(row["params"]),
            amount(row["flops"]),
            str(row["resolution_px"]),
            str(row["stages"]),
            str(row["blocks"]),
            str(row["total_stride"]),
        )
    out = console()
    out.print(made)
    for check in checks:
        out.print(f"✓ {check}", markup=False)
