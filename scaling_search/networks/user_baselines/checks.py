"""What a baseline of the user must do before anything is searched on it, each with its remedy."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from scaling_search.networks.measure import measure
from scaling_search.networks.modules import build
from search_spaces.baselines import Baseline, LayeredBaseline, complexity, realise
from search_spaces.baselines.user import DOCUMENT
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec

STEPS = (1.0, 1.5, 2.0)
"""Multipliers that each dimension is tried at."""

_DIMENSIONS: dict[str, Callable[[float], Scaling]] = {
    "depth": lambda by: Scaling(by, 1, 1),
    "width": lambda by: Scaling(1, by, 1),
    "resolution": lambda by: Scaling(1, 1, by),
}
_OTHER_CLASSES, _BATCH = 7, 2


def check_baseline(baseline: Baseline) -> list[str]:
    """Build, run, differentiate, scale and count a baseline; returns what was checked, in words.

    Raises:
        InputError: one of the checks failed; the message says which, with what, and what to do.
    """
    base = baseline.base
    with warnings.catch_warnings(), torch.random.fork_rng([]):
        warnings.simplefilter("ignore")
        network = _built(baseline, base)
        _forward(baseline, base, network)
        other = dataclasses.replace(base, classes=_OTHER_CLASSES)
        _forward(baseline, other, _built(baseline, other))
        _backward(baseline, base, network)
        _deterministic(baseline, base)
        networks = sum(1 for _ in _scaled(baseline))
    closed = isinstance(baseline, LayeredBaseline) or not getattr(baseline, "measured", True)
    return [
        "builds, and gives logits of (images, classes)",
        "gradients reach every parameter",
        "the generator alone decides its weights",
        "depth, width and resolution each act, and never lower FLOPs",
        f"its closed form equals fvcore on {networks} networks"
        if closed
        else "it has no closed form, so fvcore counts every network",
    ]


def _wrong(baseline: Baseline, found: str, remedy: str) -> InputError:
    return InputError(f"baseline {baseline.name}: {found}; {remedy} ({DOCUMENT})")


def _built(baseline: Baseline, spec: NetworkSpec) -> nn.Module:
    torch.manual_seed(0)
    try:
        network = build(spec)
    except Exception as error:
        raise _wrong(
            baseline,
            f"it cannot be built at {spec.resolution_px} px, widths {list(spec.widths)}, depths "
            f"{list(spec.depths)} ({type(error).__name__}: {error})",
            "build every network whose spec its own rounding rules give",
        ) from error
    if not isinstance(network, nn.Module):
        raise _wrong(
            baseline, f"module(spec) gives a {type(network).__name__}", "return a torch nn.Module"
        )
    return network


def _images(spec: NetworkSpec) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(_BATCH, spec.in_channels, spec.resolution_px, spec.resolution_px)


def _forward(baseline: Baseline, spec: NetworkSpec, network: nn.Module) -> Tensor:
    images = _images(spec)
    try:
        logits: Tensor = network(images)
    except Exception as error:
        raise _wrong(
            baseline,
            f"forward of {tuple(images.shape)} images fails ({type(error).__name__}: {error})",
            "accept (N, in_channels, resolution_px, resolution_px)",
        ) from error
    shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
    if shape != (_BATCH, spec.classes):
        raise _wrong(
            baseline,
            f"forward gives {shape} for {_BATCH} images and {spec.classes} classes",
            "return logits of (images, spec.classes)",
        )
    return logits


def _backward(baseline: Baseline, spec: NetworkSpec, network: nn.Module) -> None:
    logits = _forward(baseline, spec, network.train())
    labels = torch.arange(_BATCH) % spec.classes
    torch.autograd.backward(nn.functional.cross_entropy(logits.float(), labels))
    for name, parameter in network.named_parameters():
        gradient = parameter.grad
        if gradient is None:
            raise _wrong(
                baseline, f"no gradient reaches {name}", "use every parameter, or leave it out"
            )
        if not bool(torch.isfinite(gradient).all()):
            raise _wrong(
                baseline, f"the gradient of {name} is not finite", "check its initialisation"
            )


def _deterministic(baseline: Baseline, spec: NetworkSpec) -> None:
    one, other = _built(baseline, spec).eval(), _built(baseline, spec).eval()
    with torch.no_grad():
        same = torch.equal(_forward(baseline, spec, one), _forward(baseline, spec, other))
    if not same:
        raise _wrong(
            baseline,
            "two networks built from one seed of torch's generator differ",
            "draw weights from torch's global generator alone, and nothing in eval mode",
        )


def _scaled(baseline: Baseline) -> Iterator[NetworkSpec]:
    """Every network that is tried: none costs less than the one before, the last more."""
    for dimension, scaled in _DIMENSIONS.items():
        specs = [realise(baseline, scaled(by)) for by in STEPS]
        flops = [_counted(baseline, spec).flops for spec in specs]
        for by, before, after in zip(STEPS[1:], flops, flops[1:], strict=False):
            if after < before:
                raise _wrong(
                    baseline,
                    f"{after:,} FLOPs at {dimension} × {by:g}, fewer than the {before:,} before",
                    "let every multiplier only add",
                )
        if flops[-1] == flops[0]:
            raise _wrong(
                baseline,
                f"{dimension} × {STEPS[-1]:g} changes nothing: {flops[-1]:,} FLOPs as before",
                f"build the {dimension} that the spec has",
            )
        yield from specs


def _counted(baseline: Baseline, spec: NetworkSpec) -> Complexity:
    """What fvcore counts, found equal to the closed form where there is one."""
    if getattr(baseline, "measured", False):
        return complexity(baseline, spec)
    _built(baseline, spec)
    found, stated = measure(spec).complexity, complexity(baseline, spec)
    if found != stated:
        raise _wrong(
            baseline,
            f"its closed form says {stated} at {spec.resolution_px} px, widths "
            f"{list(spec.widths)}, depths {list(spec.depths)}, fvcore counts {found}",
            "repair it, or leave `complexity` out and let fvcore count",
        )
    return found
