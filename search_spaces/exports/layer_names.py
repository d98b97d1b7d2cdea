"""Names of an EfficientNet's layers in other libraries: those of their state dicts.

Our names are `stem.conv`, `stages.<stage>.<block>.<layer>` and `head.conv`, as in the engine's
modules. Names in a library follow from the network alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from search_spaces.baselines.efficientnet import B0
from search_spaces.errors import InputError, suggest
from search_spaces.exports.base import cannot
from search_spaces.networks.spec import NetworkSpec

_ENDS: Final = ("stem.conv", "stem.norm", "head.conv", "head.norm", "head.classifier")
_BLOCK: Final = (
    "expand", "expand_norm", "depthwise", "depthwise_norm", "se.reduce", "se.expand",
    "project", "project_norm",
)  # fmt: skip
"""Layers of a block with weights; a block with an expansion of 1 lacks the first two."""

_Names = tuple[str, ...]
_BlockNames = Callable[[int, int, int, bool], _Names]
"""Names of a block's layers from its stage, its numbers in the stage and in the network (all from
0), and whether it expands."""


def _torchvision(stage: int, block: int, index: int, expands: bool) -> _Names:
    first = 1 if expands else 0
    names: _Names = ("0.0", "0.1") if expands else ()
    names += (f"{first}.0", f"{first}.1", f"{first + 1}.fc1", f"{first + 1}.fc2")
    names += (f"{first + 2}.0", f"{first + 2}.1")
    return tuple(f"features.{stage + 1}.{block}.block.{name}" for name in names)


def _timm(stage: int, block: int, index: int, expands: bool) -> _Names:
    squeeze = ("se.conv_reduce", "se.conv_expand")
    # A block without expansion is another class there, whose norms are counted from the depthwise.
    names: _Names = ("conv_dw", "bn1", *squeeze, "conv_pw", "bn2")
    if expands:
        names = ("conv_pw", "bn1", "conv_dw", "bn2", *squeeze, "conv_pwl", "bn3")
    return tuple(f"blocks.{stage}.{block}.{name}" for name in names)


def _numbered(prefix: str, *names: str) -> _BlockNames:
    """For libraries that number blocks through the network and call layers the same in all."""

    def block_names(stage: int, block: int, index: int, expands: bool) -> _Names:
        return tuple(f"{prefix}.{index}.{name}" for name in names[0 if expands else 2 :])

    return block_names


_LIBRARIES: Final[dict[str, tuple[_Names, _BlockNames]]] = {
    "torchvision": (
        ("features.0.0", "features.0.1", "features.{head}.0", "features.{head}.1", "classifier.1"),
        _torchvision,
    ),
    "timm": (("conv_stem", "bn1", "conv_head", "bn2", "classifier"), _timm),
    "efficientnet_pytorch": (
        ("_conv_stem", "_bn0", "_conv_head", "_bn1", "_fc"),
        _numbered(
            "_blocks", "_expand_conv", "_bn0", "_depthwise_conv", "_bn1", "_se_reduce",
            "_se_expand", "_project_conv", "_bn2",
        ),
    ),
    "transformers": (
        (
            "efficientnet.embeddings.convolution",
            "efficientnet.embeddings.batchnorm",
            "efficientnet.encoder.top_conv",
            "efficientnet.encoder.top_bn",
            "classifier",
        ),
        _numbered(
            "efficientnet.encoder.blocks",
            "expansion.expand_conv",
            "expansion.expand_bn",
            "depthwise_conv.depthwise_conv",
            "depthwise_conv.depthwise_norm",
            "squeeze_excite.reduce",
            "squeeze_excite.expand",
            "projection.project_conv",
            "projection.project_bn",
        ),
    ),
}  # fmt: skip
"""For each library the names of `_ENDS`, where {head} is the number after the last stage's, and of
a block's layers."""

LIBRARIES: Final = tuple(_LIBRARIES)
"""Libraries whose names are known, besides our own."""


def layer_names(spec: NetworkSpec, library: str) -> dict[str, str]:
    """From our names of the layers that hold tensors to the library's, in the order they run.

    Args:
        spec: the network.
        library: one of `LIBRARIES`.

    Raises:
        InputError: the library is unknown, or the network is no EfficientNet, the only kind whose
            names in other libraries are known.
    """
    if library not in _LIBRARIES:
        raise InputError(f"library {library!r} is unknown: {suggest(library, LIBRARIES)}")
    if spec.baseline != B0.baseline:
        rule, remedy = f"of {B0.baseline} alone", "use our own names"
        raise InputError(f"{library} {cannot('baseline', spec.baseline, rule, remedy)}")
    end_names, block_names = _LIBRARIES[library]
    ends = [
        (ours, theirs.format(head=len(spec.stages) + 1))
        for ours, theirs in zip(_ENDS, end_names, strict=True)
    ]
    names, index = dict(ends[:2]), 0
    for number, stage in enumerate(spec.stages):
        expands = stage.expansion != 1
        layers = _BLOCK[0 if expands else 2 :]
        for block in range(stage.depth):
            theirs = block_names(number, block, index, expands)
            ours = (f"stages.{number}.{block}.{layer}" for layer in layers)
            names |= zip(ours, theirs, strict=True)
            index += 1
    return names | dict(ends[2:])
