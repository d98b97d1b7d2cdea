"""The networks that can be scaled, by name: built in, or installed by others.

A package adds its own through an entry point of the group `scaling_search.baselines`, whose value
names a `Baseline` instance or a class that makes one without arguments.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from search_spaces.baselines.efficientnet import EfficientNet
from search_spaces.baselines.mobilenet_v1 import MobileNetV1
from search_spaces.baselines.mobilenet_v2 import MobileNetV2
from search_spaces.baselines.protocol import (
    FULL_FORM,
    Baseline,
    ProxyForm,
    complexity,
    realise,
)
from search_spaces.baselines.resnet import RESNET18, RESNET50
from search_spaces.errors import InputError, suggest

ENTRY_POINT_GROUP = "scaling_search.baselines"

_BUILT_IN: tuple[Baseline, ...] = (
    EfficientNet(),
    MobileNetV1(),
    MobileNetV2(),
    RESNET50,
    RESNET18,
)

__all__ = [
    "ENTRY_POINT_GROUP",
    "FULL_FORM",
    "Baseline",
    "ProxyForm",
    "baselines",
    "complexity",
    "get_baseline",
    "realise",
]


def _checked(origin: str, made: object) -> Baseline:
    instance = made() if isinstance(made, type) else made
    if not isinstance(instance, Baseline):
        raise InputError(
            f"baseline {origin} is a {type(instance).__name__}: it must have the attributes of "
            "search_spaces.baselines.Baseline; see CONTRIBUTING.md, 'Adding a baseline'"
        )
    if instance.base.baseline != instance.name:
        raise InputError(
            f"baseline {origin} is named {instance.name}, its base spec {instance.base.baseline}: "
            "both must be the same, because a spec finds its builder by that name"
        )
    return instance


def _loaded(entry: EntryPoint) -> Baseline:
    try:
        return _checked(entry.value, entry.load())
    except (ImportError, AttributeError, TypeError) as error:
        raise InputError(
            f"baseline {entry.value} cannot be loaded ({error}): repair or uninstall the package "
            f"that names it under {ENTRY_POINT_GROUP}"
        ) from error


@cache
def baselines() -> dict[str, Baseline]:
    """Every known baseline by name; built-in names cannot be replaced.

    Raises:
        InputError: an installed entry point cannot be loaded, is not a `Baseline`, or takes a name
            that is taken.
    """
    found: dict[str, Baseline] = {baseline.name: baseline for baseline in _BUILT_IN}
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        baseline = _loaded(entry)
        if baseline.name in found:
            raise InputError(
                f"baseline {entry.value} is named {baseline.name}, which is taken; rename it"
            )
        found[baseline.name] = baseline
    return found


def get_baseline(name: str) -> Baseline:
    """The baseline called `name`.

    Raises:
        InputError: there is none; the message suggests the nearest name.
    """
    try:
        return baselines()[name]
    except KeyError:
        raise InputError(
            f"baseline {name!r} is unknown: {suggest(name, baselines())}; "
            "`scaling-search baselines` lists them"
        ) from None
