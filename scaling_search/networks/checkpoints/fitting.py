"""From what a checkpoint says and holds to its network.

A description is whatever somebody wrote: it may ask for a network that no machine can hold. So the
tensors of a built-in baseline's network are compared before any memory is taken for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from scaling_search.networks.checkpoints.about import About
from scaling_search.networks.modules import build
from scaling_search.networks.weights.likely import likely
from search_spaces.baselines import LayeredBaseline, get_baseline
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec


def fitted(path: Path, about: About, tensors: Mapping[str, Tensor]) -> nn.Module:
    """The network of a description with its weights, in evaluation mode.

    Raises:
        InputError: its baseline is unknown, or the user's own and was not named; it cannot be
            built; or a tensor does not fit, of which the first is named.
    """
    spec = about.network
    try:
        baseline = get_baseline(spec.baseline)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if isinstance(baseline, LayeredBaseline):
        if sum(spec.depths) > len(tensors):
            raise InputError(
                f"{path}: its network, {described(spec)}, has more blocks than the file has "
                f"tensors, {len(tensors):,}{_likely(tensors)}"
            )
        with torch.device("meta"):
            _check_shapes(path, spec, _built(path, about).state_dict(), tensors)
    network = _built(path, about)
    _check_shapes(path, spec, network.state_dict(), tensors)
    sizes = (
        ("names of classes", len(about.class_names), "classes", spec.classes),
        ("channels", about.channels, "channels in its network", spec.in_channels),
        ("means of channels", len(about.mean), "channels", about.channels),
        ("deviations of channels", len(about.std), "channels", about.channels),
    )
    for what, found, against, wanted in sizes:
        if found != wanted:
            raise InputError(
                f"{path}: its description contradicts itself, with {found} {what} for {wanted} "
                f"{against}: it was not written by this program; train the network again"
            )
    network.load_state_dict(tensors)
    return network.eval()


def _built(path: Path, about: About) -> nn.Module:
    try:
        with torch.random.fork_rng([]):
            return build(about.network, padding=about.padding, norm_eps=about.norm_eps)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except Exception as error:  # a description may hold any number
        raise InputError(
            f"{path}: its network, {described(about.network)}, cannot be built "
            f"({type(error).__name__}: {error}); train the network again"
        ) from error


def described(spec: NetworkSpec) -> str:
    """A network in a message."""
    widths = ", ".join(str(width) for width in spec.widths)
    depths = ", ".join(str(depth) for depth in spec.depths)
    return (
        f"{spec.baseline} at {spec.resolution_px} px with widths {widths}, depths {depths} and "
        f"{spec.classes} classes ({spec.key})"
    )


def _check_shapes(
    path: Path, spec: NetworkSpec, wanted: Mapping[str, Tensor], found: Mapping[str, Tensor]
) -> None:
    for name, like in wanted.items():
        if name not in found:
            raise InputError(
                f"{path}: {name} is missing; its network is {described(spec)}{_likely(found)}"
            )
        if found[name].shape != like.shape:
            raise InputError(
                f"{path}: {name} has the shape {tuple(found[name].shape)}, but its network, "
                f"{described(spec)}, needs {tuple(like.shape)}{_likely(found)}"
            )
    if extra := sorted(found.keys() - wanted.keys()):
        raise InputError(
            f"{path}: {extra[0]} is no tensor of its network, {described(spec)}{_likely(found)}"
        )


def _likely(found: Mapping[str, Tensor]) -> str:
    return likely(found, lambda names, _: {name: name for name in names}, official_only=False)
