"""FLOPs, parameters and activations as fvcore measures them on the built network."""

from __future__ import annotations

import logging
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import torch
from fvcore.nn import FlopCountAnalysis, jit_handles

from scaling_search.networks.modules import build
from search_spaces.baselines import get_baseline
from search_spaces.networks.complexity import Complexity, Mode
from search_spaces.networks.spec import NetworkSpec

_Handle = Callable[[list[Any], list[Any]], Any]

_ACTIVATIONS = "activations"

_WITH_ACTIVATIONS: dict[str, _Handle] = {
    "aten::_convolution": jit_handles.conv_flop_jit,
    "aten::addmm": jit_handles.addmm_flop_jit,
    "aten::bmm": jit_handles.bmm_flop_jit,
    "aten::einsum": jit_handles.einsum_flop_jit,
    "aten::matmul": jit_handles.matmul_flop_jit,
    "aten::linear": jit_handles.linear_flop_jit,
}
"""The operators whose outputs fvcore's `ActivationCountAnalysis` counts, with its FLOPs of each."""


@dataclass(frozen=True)
class Measured:
    """A network's complexity for one image, and the operators that fvcore left out of it.

    `uncounted` maps an operator (aten::silu_, …) to how often it ran; `seconds` is what measuring
    took.
    """

    complexity: Complexity
    uncounted: dict[str, int]
    seconds: float


def measuring_versions(spec: NetworkSpec) -> str:
    """What a measurement depends on beside the spec, as one string.

    That is the versions of what measures, and of a user's own baseline the code that builds it.
    """
    code = getattr(get_baseline(spec.baseline), "source", "")
    return f"fvcore {version('fvcore')}, torch {torch.__version__}" + (code and f", code {code}")


def _with_activations(flops: _Handle) -> _Handle:
    """An operator's FLOPs as fvcore counts them, and beside them its activations as it does those.

    Its two analyses would trace the network once each, and tracing is most of what they cost.
    """
    activations = jit_handles.generic_activation_jit(_ACTIVATIONS)

    def count(inputs: list[Any], outputs: list[Any]) -> Counter[str]:
        found = flops(inputs, outputs)
        counter = found if isinstance(found, Counter) else Counter(flops=found)
        counter.update(activations(inputs, outputs))
        return counter

    return count


@contextmanager
def _one_thread() -> Iterator[None]:
    """One image is too little work to share: threads would mostly wait, and for busy cores long."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def measure(spec: NetworkSpec, mode: Mode = "eval") -> Measured:
    """Build a network on the CPU and count what one image costs.

    fvcore traces the network, which takes about 0.4 s for B0 and 5 s for B7 at 600 px; it cannot
    trace on the meta device (torch 2.13). In training mode two images are traced, because batch
    norm needs more than one value per channel, and the count is halved.
    """
    started = time.perf_counter()
    batch = 1 if mode == "eval" else 2
    images = torch.zeros(batch, spec.in_channels, spec.resolution_px, spec.resolution_px)
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    with (
        _one_thread(),
        torch.random.fork_rng([]),
        torch.no_grad(),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # tracing warns of the shapes that padding reads
        network = build(spec).train(mode == "train")
        analysis = FlopCountAnalysis(network, images).unsupported_ops_warnings(False)
        analysis.set_op_handle(
            **{kind: _with_activations(flops) for kind, flops in _WITH_ACTIVATIONS.items()}
        )
        counts = Counter(analysis.by_operator())
        activations = counts.pop(_ACTIVATIONS, 0)
        counted = Complexity(
            int(counts.total()) // batch,
            sum(parameter.numel() for parameter in network.parameters()),
            int(activations) // batch,
        )
        uncounted = Counter(analysis.unsupported_ops())
    return Measured(counted, dict(sorted(uncounted.items())), time.perf_counter() - started)
