"""Latency of a network relative to its baseline's, on one machine.

FLOPs are counted and the same everywhere. Latency has to be measured, and is comparable only for
the same machine, threads, batch and backend. So a constraint on latency is a multiple of the
baseline's on the machine that makes the plan, whose name goes into the specification. This package
runs no networks: the process that plans provides a `TIMER`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from search_spaces.errors import InputError
from search_spaces.models import StrictModel
from search_spaces.networks.spec import NetworkSpec

MOST_TIMED = 300
"""Most networks of a grid that are measured one by one; a direction needs about a dozen."""


class Timing(StrictModel):
    """How latency is measured."""

    threads: int = Field(1, ge=1, le=1024, description="CPU threads.")
    batch: int = Field(1, ge=1, le=4096, description="Images per run.")
    backend: Literal["torch", "onnxruntime", "onnxruntime-int8"] = Field(
        "torch", description="Runtime; the two of ONNX need the extra `edge`."
    )
    runs: int = Field(
        20,
        ge=5,
        le=1000,
        description="Measured runs of a network, alternating with the baseline.",
    )
    machine: str | None = Field(
        None,
        description="Machine on which latencies were measured, the only one for which they hold. "
        "Absent: the machine that makes the plan, whose name is then filled in.",
    )


@dataclass(frozen=True, kw_only=True)
class RelativeLatency:
    """Median time of a network's runs relative to the baseline's, measured in turns; in ms.

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


Timer = Callable[[NetworkSpec, NetworkSpec, Timing], RelativeLatency]
"""Measures a network (second argument) against its baseline (first)."""

TIMER: ContextVar[Timer | None] = ContextVar("TIMER", default=None)
"""Measures latencies in this process; None where no network can be run."""


def relative_latency(base: NetworkSpec, spec: NetworkSpec, timing: Timing) -> RelativeLatency:
    """A network's latency relative to its baseline's.

    Raises:
        InputError: this process cannot run networks, or the latencies are another machine's.
    """
    timer = TIMER.get()
    if timer is None:
        raise InputError(
            "target limits latency, so networks have to be run to plan, which the service does "
            "not do: plan and run it by the command line (`scaling-search run`) on the machine "
            "whose latency counts, or use flops_ratio"
        )
    return timer(base, spec, timing)
