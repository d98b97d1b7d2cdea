"""A network for a budget, as text and as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from scaling_search.cli.coefficients import Source
from scaling_search.cli.output import paragraph, table
from search_spaces.families.budget import BudgetModel
from search_spaces.human import amount, exactly, triple


def model_document(source: Source, model: BudgetModel) -> dict[str, Any]:
    """The network, its cost, and how it was found."""
    return source.to_dict() | {"spec_key": model.spec.key} | model.to_dict()


def show_model(out: Console, source: Source, model: BudgetModel) -> None:
    """The network's stages, its cost, and how to build it."""
    spec, cost = model.spec, model.complexity
    out.print(
        f"{amount(cost.flops)} FLOPs ({model.residual:+.1%} to the budget), {amount(cost.params)} "
        f"parameters, {spec.resolution_px} px, {spec.classes:,} classes",
        style="bold",
        markup=False,
    )
    scaling = model.scaling
    paragraph(
        out,
        f"{source.baseline} along ",
        f"{triple(source.coefficients)}, {source.origin}; φ {exactly(model.phi)}: depth × "
        f"{exactly(scaling.depth)}, width × {exactly(scaling.width)}, resolution × "
        f"{exactly(scaling.resolution)} of {model.base_resolution_px} px",
    )
    made = table("stage", "block", ">width", ">blocks", ">stride", ">kernel")
    made.add_row(
        "stem", "conv", str(spec.stem.width), "", str(spec.stem.stride), str(spec.stem.kernel)
    )
    for number, stage in enumerate(spec.stages, start=1):
        made.add_row(
            str(number),
            f"{stage.block} ×{stage.expansion}",
            str(stage.width),
            str(stage.depth),
            str(stage.stride),
            str(stage.kernel),
        )
    if spec.head_width:
        made.add_row("head", "conv", str(spec.head_width), "", "1", "1")
    out.print(made)
    paragraph(
        out,
        "Inherited, not searched: ",
        f"dropout {model.dropout:g}, stochastic depth {model.stochastic_depth:g}",
    )
    out.print()
    out.print(model.python, markup=False, soft_wrap=True)
