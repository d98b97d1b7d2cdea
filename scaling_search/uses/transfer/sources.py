"""Where transfer starts: weights from a checkpoint, another library's file, or the Hub."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from scaling_search.networks.checkpoints import is_checkpoint, load
from scaling_search.networks.checkpoints.files import file_hash
from scaling_search.networks.weights import (
    OFFICIAL_SETTINGS,
    OWN,
    convert,
    detect,
    published,
    read_tensors,
)
from scaling_search.networks.weights.likely import expected_tensors
from scaling_search.training.start import Start
from scaling_search.uses.transfer import hub
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.transfer import WeightsSpec

IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
IMAGENET_STD: Final = (0.229, 0.224, 0.225)
"""With which the official weights of all four libraries were trained."""


@dataclass(frozen=True)
class Source:
    """Weights that were read and checked.

    Attributes:
        spec: which, with everything that was found out about them.
        network: what they are of, with their own classes and resolution.
        start: the weights without the classifier.
        classifier: the module that is left out, which must be a linear layer to be probed.
        mean, std: of each channel, as their images were normalised.
        about: what is known of their training, for people.
    """

    spec: WeightsSpec
    network: NetworkSpec
    start: Start
    classifier: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    about: dict[str, Any]

    def adapted(self, classes: int, resolution_px: int | None) -> NetworkSpec:
        """The network for so many classes, at another resolution if one is given.

        Raises:
            InputError: the resolution is below the total stride.
        """
        side = resolution_px or self.network.resolution_px
        total = 1
        for stride in self.network.strides:
            total *= stride
        if side < total:
            raise InputError(
                f"resolution is {side} px: {self.spec.name} has a total stride of {total}, so it "
                f"needs at least {total} px (4 × as many keep places apart); raise --resolution"
            )
        return dataclasses.replace(self.network, classes=classes, resolution_px=side)


def read_source(spec: WeightsSpec) -> Source:
    """Read weights and check that they are what their specification says.

    Raises:
        InputError: they cannot be read, are a pickle with code, do not fit the network (the first
            tensor that does not is named), or are not the file of which `spec` has the hash.
        WorkError: the Hub cannot be reached.
    """
    path = hub.fetch(spec.source) if spec.source.startswith(hub.PREFIX) else Path(spec.source)
    if not path.is_file():
        raise InputError(f"weights {path} are no file: name a checkpoint or a state dict")
    sha256 = file_hash(path)
    if spec.sha256 not in ("", sha256):
        raise InputError(
            f"{path} is not the file that the transfer began with (its SHA-256 differs from "
            f"{spec.sha256[:12]}…): restore it, or begin a new transfer"
        )
    spec = spec.model_copy(update={"sha256": sha256})
    network = None if spec.network is None else NetworkSpec.from_dict(spec.network)
    if is_checkpoint(path):
        return _of_checkpoint(spec, path, network)
    return _of_library(spec, path, network)


def _of_checkpoint(spec: WeightsSpec, path: Path, network: NetworkSpec | None) -> Source:
    for name in ("library", "padding", "norm_eps"):
        if getattr(spec, name) is not None:
            raise InputError(
                f"{name} is {getattr(spec, name)}: {path} is a checkpoint of this program, which "
                "says that itself; leave it out"
            )
    loaded = load(path)
    about = loaded.about
    if network is not None:
        wanted = dataclasses.replace(
            network,
            classes=about.network.classes,
            resolution_px=about.network.resolution_px,
        )
        load(path, expected=wanted)
    state = loaded.network.state_dict()
    classifier = _classifier(about.network)
    return Source(
        spec=spec.model_copy(update={"network": about.network.to_dict()}),
        network=about.network,
        start=Start(_body(state, classifier), about.padding, about.norm_eps),
        classifier=classifier,
        mean=about.mean,
        std=about.std,
        about=about.model_dump(mode="json", include={"dataset", "fingerprint", "accuracy"})
        | {"kind": "checkpoint", "classes": len(about.class_names)},
    )


def _of_library(spec: WeightsSpec, path: Path, network: NetworkSpec | None) -> Source:
    try:
        tensors = read_tensors(path)
        library = spec.library or detect(tensors)
        member = ""
        if network is None:
            member, network = _published(tensors, library)
        if network.in_channels != len(IMAGENET_MEAN):
            raise InputError(
                f"their network takes {network.in_channels} channels: weights of other libraries "
                "are of colour images; save others as a checkpoint of this program"
            )
        state = convert(tensors, network, source=library, target=OWN, classifier=False)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    settings = OFFICIAL_SETTINGS.get(library, {}) if _uses_library_settings(spec) else {}
    if library == "torchvision" and member in _TORCHVISION_WITH_1E3:
        settings = {"padding": settings.get("padding")}
    padding = spec.padding or settings.get("padding")
    norm_eps = spec.norm_eps or settings.get("norm_eps")
    changes = {
        "network": network.to_dict(),
        "library": library,
        "padding": padding,
        "norm_eps": norm_eps,
    }
    return Source(
        spec=spec.model_copy(update=changes),
        network=network,
        start=Start(state, padding, norm_eps),
        classifier=_classifier(network),
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        about={"kind": library, "member": member or None},
    )


_TORCHVISION_WITH_1E3: Final = ("b5", "b6", "b7")
"""Its larger members kept the paper's ε."""


def _uses_library_settings(spec: WeightsSpec) -> bool:
    """Whether padding and ε are not given, so that the library's own apply."""
    return spec.padding is None and spec.norm_eps is None


def _published(tensors: Mapping[str, Tensor], library: str) -> tuple[str, NetworkSpec]:
    member = published(tensors, library)
    if member is None:
        raise InputError(
            "the tensors are of no published EfficientNet, b0 to b7: name the network that they "
            "were trained as with --network, a file that `family` or `model` wrote"
        )
    return member


def _classifier(network: NetworkSpec) -> str:
    """The module whose weights depend on the number of classes.

    Raises:
        InputError: there are several, or none.
    """
    other = expected_tensors(dataclasses.replace(network, classes=network.classes + 1))
    owners = {
        name.rpartition(".")[0]
        for name, tensor in expected_tensors(network).items()
        if name not in other or other[name].shape != tensor.shape
    }
    if len(owners) != 1:
        raise InputError(
            f"{network.baseline} has {len(owners)} modules that depend on the number of classes: "
            "transfer replaces exactly one, the classifier"
        )
    return owners.pop()


def _body(state: Mapping[str, Tensor], classifier: str) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in state.items() if not name.startswith(f"{classifier}.")}
