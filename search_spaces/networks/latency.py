"""Latency as a cost: what a network takes on one machine, beside the baseline that it scales.

FLOPs are counted and the same everywhere; latency has to be measured, and means something only with
the machine, threads, batch and backend that it was measured with. So a constraint on it is a
multiple of the baseline's latency on the machine that made the plan, whose name goes into the
specification. This package runs no networks: the process that plans says what does (`TIMER`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec

MOST_TIMED = 300
"""Networks of a grid that are run one by one; directions need about a dozen each."""


class Timing(BaseModel):
    """How latency is measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(1, ge=1, le=1024, description="CPU threads of a run.")
    batch: int = Field(1, ge=1, le=4096, description="Images of a run.")
    backend: Literal["torch", "onnxruntime", "onnxruntime-int8"] = Field(
        "torch", description="What runs networks; the last two need the extra `edge`."
    )
    runs: int = Field(
        20,
        ge=5,
        le=1000,
        description="Runs of a network that count, in turns with the baseline.",
    )
    machine: str | None = Field(
        None,
        description="The machine that latencies were measured on, and the only one that they hold "
        "for; by default the one that plans, which is written down here.",
    )


@dataclass(frozen=True, kw_only=True)
class RelativeLatency:
    """A network's median time of a run over the baseline's, the two taking turns; in ms.

    `noise` is the standard error of the ratio, as a fraction of it.
    """

    ratio: float
    p50_ms: float
    base_p50_ms: float
    noise: float
    machine: str
    threads: int
    batch: int
    backend: str
    runs: int

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


Timer = Callable[[NetworkSpec, NetworkSpec, Timing], RelativeLatency]
"""Measures a network (second) against its baseline (first)."""

TIMER: ContextVar[Timer | None] = ContextVar("TIMER", default=None)
"""What runs networks in this process, if anything does."""


def relative_latency(base: NetworkSpec, spec: NetworkSpec, timing: Timing) -> RelativeLatency:
    """A network's latency beside its baseline's.

    Raises:
        InputError: this process measures nothing, or the latencies are another machine's.
    """
    timer = TIMER.get()
    if timer is None:
        raise InputError(
            "target names a latency, so networks have to be run to plan, which the service does "
            "not do: plan and run it by the command line (`scaling-search run`) on the machine "
            "whose latency counts, or aim at flops_ratio"
        )
    return timer(base, spec, timing)
