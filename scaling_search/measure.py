"""FLOPs, parameters and activations as fvcore measures them on the built network."""

from __future__ import annotations

import logging
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version

import torch
from fvcore.nn import ActivationCountAnalysis, FlopCountAnalysis

from search_spaces.complexity import Complexity, Mode
from search_spaces.modules import build
from search_spaces.spec import NetworkSpec


@dataclass(frozen=True)
class Measured:
    """A network's complexity for one image, and the operators that fvcore left out of it.

    `uncounted` maps an operator (aten::silu_, …) to how often it ran; `seconds` is what measuring
    took.
    """

    complexity: Complexity
    uncounted: dict[str, int]
    seconds: float


def measuring_versions() -> str:
    """The versions that a measurement depends on, as one string."""
    return f"fvcore {version('fvcore')}, torch {torch.__version__}"


def measure(spec: NetworkSpec, mode: Mode = "eval") -> Measured:
    """Build a network on the CPU and count what one image costs.

    fvcore traces the network, which takes about 0.3 s for B0 and 9 s for B7 at 600 px; it cannot
    trace on the meta device (torch 2.13). In training mode two images are traced, because batch
    norm needs more than one value a channel, and the count is halved.
    """
    started = time.perf_counter()
    batch = 1 if mode == "eval" else 2
    network = build(spec).train(mode == "train")
    images = torch.zeros(batch, spec.in_channels, spec.resolution_px, spec.resolution_px)
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    with torch.random.fork_rng([]), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of the shapes that padding reads
        flops = FlopCountAnalysis(network, images).unsupported_ops_warnings(False)
        activations = ActivationCountAnalysis(network, images).unsupported_ops_warnings(False)
        counted = Complexity(
            int(flops.total()) // batch,
            sum(parameter.numel() for parameter in network.parameters()),
            int(activations.total()) // batch,
        )
        uncounted = Counter(flops.unsupported_ops())
    return Measured(counted, dict(sorted(uncounted.items())), time.perf_counter() - started)
