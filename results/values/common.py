"""What several values have in common."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

ComplexitySource = Literal["fvcore", "closed_form"]
"""What counted a network's FLOPs."""

Triple = tuple[float, float, float]
"""(α, β, γ)."""


class RelativeLatency(TypedDict):
    """A network's latency beside its baseline's, the two taking turns on one machine."""

    ratio: Annotated[float, Field(description="The network's over the baseline's.")]
    p50_ms: Annotated[float, Field(description="Median time of a run, in milliseconds.")]
    base_p50_ms: Annotated[float, Field(description="The baseline's in the same rounds.")]
    noise: Annotated[float, Field(description="Standard error of the ratio, as a fraction of it.")]
    machine: Annotated[str, Field(description="Where: processor, cores, memory.")]
    threads: int
    batch: Annotated[int, Field(description="Images of a run.")]
    backend: str
    runs: int
