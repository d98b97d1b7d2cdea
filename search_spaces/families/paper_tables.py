"""The scaled networks of EfficientNet's paper (arXiv 1905.11946, Tables 3 and 7), computed.

FLOPs by the official rounding rules stand beside the printed ones, because some of those follow
from no simple rule. `python -m search_spaces.families.paper_tables` rewrites the table in
docs/baselines.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from search_spaces.baselines import complexity, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.reference import rewrite

AGREES = 0.06
"""Largest relative difference at which a figure printed with two digits counts as reproduced."""

_GUESSED = "the paper does not give the multipliers; these are MobileNetV1's"


@dataclass(frozen=True, slots=True)
class PublishedScaling:
    """One row: a baseline, how it was scaled, and the paper's 10⁹ multiply-adds and top-1 in %."""

    table: int
    baseline: str
    method: str
    scaling: Scaling
    paper_gflops: float
    paper_top1: float
    note: str = ""

    @property
    def spec(self) -> NetworkSpec:
        """The network by the baseline's own rules."""
        return realise(get_baseline(self.baseline), self.scaling)

    @property
    def flops(self) -> int:
        """Multiply-adds of convolutions and linear layers for one image, as papers count them."""
        return complexity(get_baseline(self.baseline), self.spec, "weights").flops

    @property
    def difference(self) -> float:
        """How far the computed FLOPs are from the paper's, relative to those."""
        return self.flops / (self.paper_gflops * 1e9) - 1


_COMPOUND = Scaling(1.4, 1.2, 1.3)

PUBLISHED_SCALINGS: tuple[PublishedScaling, ...] = (
    PublishedScaling(3, "mobilenet_v1", "baseline", Scaling(1, 1, 1), 0.6, 70.6),
    PublishedScaling(3, "mobilenet_v1", "width only", Scaling(1, 2, 1), 2.2, 74.2),
    PublishedScaling(3, "mobilenet_v1", "resolution only", Scaling(1, 1, 2), 2.2, 72.7),
    PublishedScaling(
        3, "mobilenet_v1", "compound", _COMPOUND, 2.3, 75.6,
        "between rounding depth up, as the official code does, and to the nearest (2.18)",
    ),
    PublishedScaling(3, "mobilenet_v2", "baseline", Scaling(1, 1, 1), 0.3, 72.0),
    PublishedScaling(3, "mobilenet_v2", "depth only", Scaling(4, 1, 1), 1.2, 76.8),
    PublishedScaling(3, "mobilenet_v2", "width only", Scaling(1, 2, 1), 1.1, 76.4),
    PublishedScaling(3, "mobilenet_v2", "resolution only", Scaling(1, 1, 2), 1.2, 74.8),
    PublishedScaling(3, "mobilenet_v2", "compound", _COMPOUND, 1.3, 77.4, _GUESSED),
    PublishedScaling(3, "resnet50", "baseline", Scaling(1, 1, 1), 4.1, 76.0),
    PublishedScaling(
        3, "resnet50", "depth only", Scaling(4, 1, 1), 16.2, 78.1,
        "the paper's depth and width look swapped: 14.6 and 16.1 computed, 16.2 and 14.7 printed",
    ),
    PublishedScaling(
        3, "resnet50", "width only", Scaling(1, 2, 1), 14.7, 77.7, "as depth only",
    ),
    PublishedScaling(3, "resnet50", "resolution only", Scaling(1, 1, 2), 16.4, 77.5),
    PublishedScaling(3, "resnet50", "compound", _COMPOUND, 16.7, 78.8, _GUESSED),
    PublishedScaling(7, "efficientnet_b0", "baseline", Scaling(1, 1, 1), 0.4, 77.3),
    PublishedScaling(
        7, "efficientnet_b0", "depth only", Scaling(4, 1, 1), 1.8, 79.0,
        "no plain rule gives 1.8: every stage four times as deep is 1.58",
    ),
    PublishedScaling(
        7, "efficientnet_b0", "width only", Scaling(1, 2, 1), 1.8, 78.9,
        "no plain rule gives 1.8: every layer twice as wide is 1.45",
    ),
    PublishedScaling(
        7, "efficientnet_b0", "resolution only", Scaling(1, 1, 2), 1.9, 79.1,
        "no plain rule gives 1.9: 448 px is 1.54, four times the unscaled 0.386",
    ),
    PublishedScaling(7, "efficientnet_b0", "compound", _COMPOUND, 1.8, 81.1),
)  # fmt: skip


def _row(row: PublishedScaling) -> str:
    d, w, r = row.scaling
    agrees = abs(row.difference) <= AGREES
    remark = "reproduced" if agrees and not row.note else f"{row.difference:+.0%}: {row.note}"
    return (
        f"| {row.table} | `{row.baseline}` | {row.method} | {d:g} | {w:g} | {r:g} | "
        f"{row.spec.resolution_px} | {row.flops / 1e9:.3f} | {row.paper_gflops:g} | "
        f"{row.paper_top1:g} | {remark} |"
    )


def table() -> str:
    """All rows as a Markdown table."""
    head = (
        "| table | baseline | method | depth | width | resolution | px | computed, G | paper, G | "
        "paper's top-1, % | |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    return "\n".join([head, *(_row(row) for row in PUBLISHED_SCALINGS)])


if __name__ == "__main__":
    rewrite(Path("docs/baselines.md"), "scaled", table())
