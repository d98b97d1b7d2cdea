"""A scaled network with how it was reached, what it costs, and what it inherits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from search_spaces.coefficients import Scaling
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec


@dataclass(frozen=True, kw_only=True)
class ScaledNetwork:
    """A network on the way from a baseline to a FLOPs target.

    Attributes:
        phi: the compound exponent, or None where a table was followed instead. A range of them
            realises the network: of a solved φ the number of fewest decimals in it is given.
        scaling: the multipliers of depth, width and resolution, each the number of fewest decimals
            (near α^φ, β^φ, γ^φ) that realises the network; those of a table as they stand there.
        spec: the realised network.
        complexity: its cost for one image in evaluation, in closed form.
        base_flops: FLOPs of the unscaled baseline at `base_resolution_px`.
        target_flops: the FLOPs that were aimed at.
        dropout: rate before the classifier, inherited from the baseline's published training.
        stochastic_depth: rate towards which the blocks' rates rise, inherited likewise.
        base_resolution_px: the resolution that the multiplier applies to.
        python: one line of Python that builds the network.
        note: what a reader must know to interpret it, or "".
    """

    inherited: ClassVar[tuple[str, ...]] = ("dropout", "stochastic_depth", "base_resolution_px")
    """Attributes that no search chose."""

    phi: float | None
    scaling: Scaling
    spec: NetworkSpec
    complexity: Complexity
    base_flops: int
    target_flops: float
    dropout: float
    stochastic_depth: float
    base_resolution_px: int
    python: str
    note: str = ""

    @property
    def flops_ratio(self) -> float:
        """FLOPs relative to the unscaled baseline's."""
        return self.complexity.flops / self.base_flops

    @property
    def residual(self) -> float:
        """How far the FLOPs are from the target, relative to it: 0.02 is 2% above."""
        return self.complexity.flops / self.target_flops - 1

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "phi": self.phi,
            **asdict(self.scaling),
            "resolution_px": self.spec.resolution_px,
            **asdict(self.complexity),
            "complexity_source": "closed_form",
            "target_flops": self.target_flops,
            "flops_ratio": self.flops_ratio,
            "residual": self.residual,
            "dropout": self.dropout,
            "stochastic_depth": self.stochastic_depth,
            "base_resolution_px": self.base_resolution_px,
            "inherited": list(self.inherited),
            "note": self.note,
            "python": self.python,
            "spec": self.spec.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class FamilyMember(ScaledNetwork):
    """Member b`k` of a family, which aims at 2^k × the baseline's FLOPs."""

    name: str
    k: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"name": self.name, "k": self.k, **super().to_dict()}
