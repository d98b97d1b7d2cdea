"""State dicts under other libraries' names, both ways.

Weights are the same numbers everywhere; what differs are the names, and two settings that a network
must share with the one that was trained: how convolutions pad, and the ε of batch norm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from scaling_search.networks.modules import build
from scaling_search.networks.weights.files import read_tensors, write_tensors
from scaling_search.networks.weights.likely import (
    CLASSIFIER,
    COUNTER,
    expected_tensors,
    known_networks,
    likely,
)
from search_spaces.baselines import get_baseline
from search_spaces.errors import InputError, suggest
from search_spaces.exports.layer_names import LIBRARIES, layer_names
from search_spaces.networks.spec import NetworkSpec

OWN: Final = "scaling-search"
"""Our own names."""

OFFICIAL_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "torchvision": {"padding": "symmetric", "norm_eps": 1e-5},
    "timm": {"padding": "symmetric", "norm_eps": 1e-5},
    "efficientnet_pytorch": {},
    "transformers": {},
}
"""With what a library's own pretrained weights were trained, as arguments of `build`.

torchvision's B5 to B7 have an ε of 1e-3, timm's `tf_efficientnet_*` that and SAME padding: those
need `{"padding": "symmetric"}` and nothing. Weights of networks that we exported need torchvision's
padding alone.
"""


def _tensor_names(state: Iterable[str], spec: NetworkSpec, library: str) -> dict[str, str]:
    """From our tensors' names to a library's."""
    if library == OWN:
        return {name: name for name in state}
    layers = layer_names(spec, library)
    found = {}
    for name in state:
        layer, _, tensor = name.rpartition(".")
        found[name] = f"{layers[layer]}.{tensor}"
    return found


def detect(names: Iterable[str]) -> str:
    """Whose names a state dict has.

    Raises:
        InputError: nobody's that is known.
    """
    given = set(names)
    spec = get_baseline("efficientnet_b0").base
    for library in (*LIBRARIES, OWN):
        first = "stem.conv" if library == OWN else layer_names(spec, library)["stem.conv"]
        if f"{first}.weight" in given:
            return library
    shown = ", ".join(sorted(given)[:3])
    raise InputError(
        f"tensors are called {shown}, …: these are no EfficientNet's names of "
        f"{', '.join((*LIBRARIES, OWN))}; say whose with --from, or rename them"
    )


def _known(library: str) -> str:
    known = (*LIBRARIES, OWN)
    if library not in known:
        raise InputError(f"library {library!r} is unknown: {suggest(library, known)}")
    return library


def convert(
    tensors: Mapping[str, Tensor],
    spec: NetworkSpec,
    *,
    source: str | None = None,
    target: str,
    classifier: bool = True,
) -> dict[str, Tensor]:
    """A state dict of a network under other names.

    Args:
        tensors: the state dict.
        spec: the network.
        source: whose names it has; found from them when absent.
        target: whose names the tensors get: one of `layer_names.LIBRARIES`, or `OWN`.
        classifier: False leaves the classifier out, and takes one of any shape, or none.

    Raises:
        InputError: a library is unknown, or the tensors are not this network's; the message names
            the first that does not fit, and the published member that they look like.
    """
    source = _known(source) if source else detect(tensors)
    expected = expected_tensors(spec)
    theirs = _tensor_names(expected, spec, source)
    if not classifier:
        unused = {theirs[name] for name in expected if name.startswith(CLASSIFIER)}
        tensors = {name: value for name, value in tensors.items() if name not in unused}
        expected = {n: like for n, like in expected.items() if not n.startswith(CLASSIFIER)}
    _check(tensors, expected, theirs, source)
    renamed = _tensor_names(expected, spec, _known(target))
    zero = torch.zeros((), dtype=torch.int64)
    return {
        renamed[ours]: tensors.get(theirs[ours], zero) if ours.endswith(COUNTER)
        else tensors[theirs[ours]]
        for ours in expected
    }  # fmt: skip


def _check(
    tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor], names: Mapping[str, str],
    library: str,
) -> None:  # fmt: skip
    for ours, like in expected.items():
        name = names[ours]
        if name not in tensors:
            if ours.endswith(COUNTER):
                continue  # safetensors of timm leave these counters out
            raise InputError(f"{name} is missing (our {ours}){_likely(tensors, library)}")
        found = tensors[name]
        if found.shape != like.shape:
            raise InputError(
                f"{name} has the shape {tuple(found.shape)}, the network's {ours} "
                f"{tuple(like.shape)}{_likely(tensors, library)}"
            )
    known = {names[ours] for ours in expected}
    extra = [name for name in tensors if name not in known and not name.endswith(COUNTER)]
    if extra:
        raise InputError(
            f"{extra[0]} is no tensor of this network, nor are {len(extra) - 1} more"
            f"{_likely(tensors, library)}"
        )


def _likely(tensors: Mapping[str, Tensor], library: str) -> str:
    naming = partial(_tensor_names, library=library)
    return likely(tensors, naming, official_only=library != OWN)


def published(tensors: Mapping[str, Tensor], library: str) -> tuple[str, NetworkSpec] | None:
    """The published EfficientNet, b0 to b7, whose tensors these are, whatever its classes."""
    given = {name: value.shape for name, value in tensors.items() if not name.endswith(COUNTER)}
    for called, spec in known_networks(official_only=True):
        expected = expected_tensors(spec)
        names = _tensor_names(expected, spec, library)
        classifier = {names[ours] for ours in expected if ours.startswith(CLASSIFIER)}
        body = {
            names[ours]: like.shape
            for ours, like in expected.items()
            if not ours.endswith(COUNTER) and names[ours] not in classifier
        }
        if body == {name: shape for name, shape in given.items() if name not in classifier}:
            return called.rpartition(" ")[2], spec
    return None


def load_weights(
    spec: NetworkSpec,
    path: Path,
    *,
    library: str | None = None,
    classifier: bool = True,
    **settings: Any,
) -> nn.Module:
    """A network with the weights of a file, in evaluation mode.

    Args:
        spec: the network.
        path: safetensors, or a PyTorch file of plain tensors.
        library: whose names it has; found from them when absent.
        classifier: False leaves the classifier as it was made, for another task's classes.
        settings: of `build`; `OFFICIAL_SETTINGS` has those of the libraries' own weights.

    Raises:
        InputError: as `read_tensors` and `convert`.
    """
    try:
        tensors = read_tensors(path)
        state = convert(tensors, spec, source=library, target=OWN, classifier=classifier)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    with torch.random.fork_rng([]):
        network = build(spec, **settings)
    network.load_state_dict(state, strict=classifier)
    return network.eval()


def save_weights(network: nn.Module, spec: NetworkSpec, path: Path, *, library: str = OWN) -> None:
    """A network's weights to a file under a library's names.

    Raises:
        InputError: as `convert` and `write_tensors`.
    """
    state = dict(network.state_dict())
    write_tensors(convert(state, spec, source=OWN, target=library), path)
