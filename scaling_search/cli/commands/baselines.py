"""`scaling-search baselines`."""

from __future__ import annotations

import math
from typing import Any

from scaling_search.cli.options import JsonOption


def baselines(json: JsonOption = False) -> None:
    """List the networks that can be scaled, and what they cost.

    A package of yours can add its own through an entry point; CONTRIBUTING.md says how.

    \b
    Example:
      scaling-search baselines
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli.output import console, print_json, table
    from search_spaces.baselines import baselines as known
    from search_spaces.baselines import complexity
    from search_spaces.human import amount

    rows: list[dict[str, Any]] = []
    for name, baseline in known().items():
        cost, base = complexity(baseline, baseline.base), baseline.base
        rows.append(
            {
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
        )
    if json:
        print_json({"baselines": rows})
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
    console().print(made)
