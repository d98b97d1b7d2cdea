"""A scaled network with how it was reached, what it costs, and what it inherits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, TypeAdapter

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Scaling
from search_spaces.families.snippet import python_line
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec

EXAMPLE: Final[dict[str, Any]] = {
    "name": "b1",
    "k": 1,
    "phi": 0.98,
    "depth": 1.0,
    "width": 1.18,
    "resolution": 1.18,
    "resolution_px": 265,
    "flops": 801_000_000,
    "params": 7_100_000,
    "activations": 12_000_000,
    "complexity_source": "fvcore",
    "target_flops": 803_318_784.0,
    "flops_ratio": 1.99,
    "residual": -0.003,
    "dropout": 0.2,
    "stochastic_depth": 0.2,
    "base_resolution_px": 224,
    "inherited": ["dropout", "stochastic_depth", "base_resolution_px"],
    "note": "",
    "python": "from scaling_search import network; model = network(…)",
    "spec": {"baseline": "efficientnet_b0", "resolution_px": 265},
}

SpecJson = Annotated[
    NetworkSpec,
    BeforeValidator(lambda spec: NetworkSpec.from_dict(spec) if isinstance(spec, dict) else spec),
    PlainSerializer(lambda spec: spec.to_dict(), return_type=dict[str, Any]),
]
"""A network that JSON holds as `NetworkSpec.to_dict` gives it."""

_ADAPTERS: Final[Callable[[Any], TypeAdapter[Any]]] = cache(TypeAdapter)


@dataclass(frozen=True, kw_only=True)
class ScaledNetwork:
    """A network on the way from a baseline to a FLOPs target.

    Of the numbers that realise the network, `phi` and the multipliers are those of fewest decimals
    (multipliers of a table are given as they stand there).
    """

    phi: Annotated[
        float | None,
        Field(description="The compound exponent; null where a table was followed."),
    ]
    depth: Annotated[float, Field(description="Multiplier of depth.")]
    width: Annotated[float, Field(description="Multiplier of width.")]
    resolution: Annotated[float, Field(description="Multiplier of resolution.")]
    resolution_px: Annotated[int, Field(description="Side of the input images.")]
    flops: Annotated[int, Field(description="Multiply-adds of one image in evaluation.")]
    params: int
    activations: int
    complexity_source: Annotated[
        Literal["closed_form", "fvcore"], Field(description="Method that counted the FLOPs.")
    ] = "closed_form"
    target_flops: float
    flops_ratio: Annotated[
        float, Field(description="FLOPs over those of the baseline at the base resolution.")
    ]
    residual: Annotated[
        float,
        Field(description="Distance of the FLOPs to the target, relative to it: 0.02 is 2% above."),
    ]
    dropout: Annotated[float, Field(description="Rate before the classifier.")]
    stochastic_depth: Annotated[float, Field(description="Rate of the last block.")]
    base_resolution_px: Annotated[
        int, Field(description="Resolution that the multiplier applies to.")
    ]
    inherited: Annotated[
        tuple[str, ...],
        Field(description="Fields from the baseline's published training, which no search chose."),
    ] = ("dropout", "stochastic_depth", "base_resolution_px")
    note: Annotated[str, Field(description="Remark for the reader, or empty.")] = ""
    python: Annotated[str, Field(description="One line of Python that builds it.")]
    spec: Annotated[SpecJson, Field(description="The realised network.")]

    @classmethod
    def of(
        cls,
        frame: Frame,
        spec: NetworkSpec,
        scaling: Scaling,
        *,
        target_flops: float,
        dropout: float,
        **others: Any,
    ) -> Self:
        """A network of a baseline, its cost in closed form.

        Args:
            frame: the baseline with its base resolution, rounding, channels and classes.
            spec: the realised network.
            scaling: multipliers that realise it.
            target_flops: multiply-adds that were aimed at.
            dropout: rate before the classifier.
            others: the remaining fields.
        """
        cost, stochastic_depth = frame.complexity(spec), frame.baseline.stochastic_depth
        python = python_line(
            frame, spec, scaling, dropout=dropout, stochastic_depth=stochastic_depth
        )
        return cls(
            **asdict(scaling),
            **asdict(cost),
            resolution_px=spec.resolution_px,
            target_flops=target_flops,
            flops_ratio=cost.flops / frame.base_flops,
            residual=cost.flops / target_flops - 1,
            dropout=dropout,
            stochastic_depth=stochastic_depth,
            base_resolution_px=frame.resolution_px,
            python=python,
            spec=spec,
            **others,
        )

    @property
    def scaling(self) -> Scaling:
        """The three multipliers."""
        return Scaling(self.depth, self.width, self.resolution)

    @property
    def complexity(self) -> Complexity:
        """The cost for one image."""
        return Complexity(flops=self.flops, params=self.params, activations=self.activations)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        values: dict[str, Any] = _ADAPTERS(type(self)).dump_python(self, mode="json")
        return values


@dataclass(frozen=True, kw_only=True)
class Position:
    """Place of a member in its family; a class of its own, so that JSON begins with it."""

    name: Annotated[str, Field(description="b0, b1, …")]
    k: Annotated[int, Field(description="It aims at 2^k × the baseline's FLOPs.")]


@dataclass(frozen=True, kw_only=True)
class FamilyMember(ScaledNetwork, Position):
    """Member b`k` of a family, which aims at 2^k × the baseline's FLOPs."""

    __pydantic_config__ = ConfigDict(
        json_schema_extra={"example": EXAMPLE}, json_schema_serialization_defaults_required=True
    )
