"""What other libraries call the layers of an EfficientNet: the names of their state dicts.

A naming follows from the network alone: ours are `stem.conv`, `stages.<stage>.<block>.<layer>` and
`head.conv` (as the engine's modules), theirs are written down once for each library below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from search_spaces.baselines.efficientnet import B0
from search_spaces.errors import InputError, suggest
from search_spaces.exports.base import cannot
from search_spaces.networks.spec import NetworkSpec, StageSpec

_NORMS: Final = {"expand": "expand_norm", "depthwise": "depthwise_norm", "project": "project_norm"}


@dataclass(frozen=True)
class _Place:
    """A block: its stage and its number in the stage and in the network, all from 0."""

    stage: int
    block: int
    index: int


@dataclass(frozen=True)
class _Naming:
    """What a library calls convolution and norm of stem and head, the classifier, and a block's."""

    stem: tuple[str, str]
    head: Callable[[NetworkSpec], tuple[str, str]]
    classifier: str
    block: Callable[[_Place, StageSpec], dict[str, str]]


def _torchvision(place: _Place, stage: StageSpec) -> dict[str, str]:
    prefix = f"features.{place.stage + 1}.{place.block}.block"
    steps = ["expand"] * (stage.expansion != 1) + ["depthwise", "se", "project"]
    names: dict[str, str] = {}
    for number, step in enumerate(steps):
        first, second = (step, _NORMS[step]) if step in _NORMS else ("se.reduce", "se.expand")
        inner = ("0", "1") if step in _NORMS else ("fc1", "fc2")
        names |= {first: f"{prefix}.{number}.{inner[0]}", second: f"{prefix}.{number}.{inner[1]}"}
    return names


def _timm(place: _Place, stage: StageSpec) -> dict[str, str]:
    prefix = f"blocks.{place.stage}.{place.block}"
    # A block without expansion is another class there, whose norms are counted from the depthwise.
    expanded = {"expand": "conv_pw", "expand_norm": "bn1"}
    first = 1 if stage.expansion == 1 else 2
    names = (expanded if stage.expansion != 1 else {}) | {
        "depthwise": "conv_dw",
        "depthwise_norm": f"bn{first}",
        "se.reduce": "se.conv_reduce",
        "se.expand": "se.conv_expand",
        "project": "conv_pw" if stage.expansion == 1 else "conv_pwl",
        "project_norm": f"bn{first + 1}",
    }
    return {ours: f"{prefix}.{theirs}" for ours, theirs in names.items()}


def _numbered(prefix: str, names: dict[str, str]) -> Callable[[_Place, StageSpec], dict[str, str]]:
    """Blocks numbered through the network, each layer under one name."""

    def block(place: _Place, stage: StageSpec) -> dict[str, str]:
        return {
            ours: f"{prefix}.{place.index}.{theirs}"
            for ours, theirs in names.items()
            if stage.expansion != 1 or not ours.startswith("expand")
        }

    return block


def _same(conv: str, norm: str) -> Callable[[NetworkSpec], tuple[str, str]]:
    return lambda _: (conv, norm)


_NAMINGS: Final[dict[str, _Naming]] = {
    "torchvision": _Naming(
        ("features.0.0", "features.0.1"),
        lambda spec: (f"features.{len(spec.stages) + 1}.0", f"features.{len(spec.stages) + 1}.1"),
        "classifier.1",
        _torchvision,
    ),
    "timm": _Naming(("conv_stem", "bn1"), _same("conv_head", "bn2"), "classifier", _timm),
    "efficientnet_pytorch": _Naming(
        ("_conv_stem", "_bn0"),
        _same("_conv_head", "_bn1"),
        "_fc",
        _numbered(
            "_blocks",
            {
                "expand": "_expand_conv",
                "expand_norm": "_bn0",
                "depthwise": "_depthwise_conv",
                "depthwise_norm": "_bn1",
                "se.reduce": "_se_reduce",
                "se.expand": "_se_expand",
                "project": "_project_conv",
                "project_norm": "_bn2",
            },
        ),
    ),
    "transformers": _Naming(
        ("efficientnet.embeddings.convolution", "efficientnet.embeddings.batchnorm"),
        _same("efficientnet.encoder.top_conv", "efficientnet.encoder.top_bn"),
        "classifier",
        _numbered(
            "efficientnet.encoder.blocks",
            {
                "expand": "expansion.expand_conv",
                "expand_norm": "expansion.expand_bn",
                "depthwise": "depthwise_conv.depthwise_conv",
                "depthwise_norm": "depthwise_conv.depthwise_norm",
                "se.reduce": "squeeze_excite.reduce",
                "se.expand": "squeeze_excite.expand",
                "project": "projection.project_conv",
                "project_norm": "projection.project_bn",
            },
        ),
    ),
}

LIBRARIES: Final = tuple(_NAMINGS)
"""Whose names are known, besides our own."""


def layer_names(spec: NetworkSpec, library: str) -> dict[str, str]:
    """From our names of the layers that hold tensors to the library's, in the order they run.

    Args:
        spec: the network.
        library: one of `LIBRARIES`.

    Raises:
        InputError: the library is unknown, or the network is no EfficientNet, which alone the other
            libraries' names are known of.
    """
    if library not in _NAMINGS:
        raise InputError(f"library {library!r} is unknown: {suggest(library, LIBRARIES)}")
    if spec.baseline != B0.baseline:
        remedy = "use our own names"
        raise cannot(library, "baseline", spec.baseline, f"of {B0.baseline} alone", remedy)
    naming = _NAMINGS[library]
    head = naming.head(spec)
    names = {"stem.conv": naming.stem[0], "stem.norm": naming.stem[1]}
    index = 0
    for number, stage in enumerate(spec.stages):
        for block in range(stage.depth):
            theirs = naming.block(_Place(number, block, index), stage)
            names |= {f"stages.{number}.{block}.{layer}": name for layer, name in theirs.items()}
            index += 1
    return names | {
        "head.conv": head[0],
        "head.norm": head[1],
        "head.classifier": naming.classifier,
    }
