"""The networks that can be scaled, by name: built in, or installed by others.

A package adds its own through an entry point of the group `scaling_search.baselines`, whose value
names a `Baseline` instance or a class that makes one without arguments.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from search_spaces.baselines.efficientnet import EfficientNet
from search_spaces.baselines.mobilenet_v2 import MobileNetV2
from search_spaces.baselines.protocol import Baseline, ProxyForm, complexity, realise
from search_spaces.errors import InputError, suggest

ENTRY_POINT_GROUP = "scaling_search.baselines"

__all__ = ["ENTRY_POINT_GROUP", "Baseline", "ProxyForm", "baselines", "complexity", "get_baseline"]
__all__ += ["realise"]


def _checked(origin: str, made: object) -> Baseline:
    instance = made() if isinstance(made, type) else made
    if not isinstance(instance, Baseline):
        raise InputError(
            f"baseline {origin} is a {type(instance).__name__}: it must have the attributes of "
            "search_spaces.baselines.Baseline; see CONTRIBUTING.md, 'Adding a baseline'"
        )
    return instance


@cache
def baselines() -> dict[str, Baseline]:
    """Every known baseline by name; built-in names cannot be replaced.

    Raises:
        InputError: an installed entry point is not a `Baseline`, or takes a name that is taken.
    """
    found: dict[str, Baseline] = {b.name: b for b in (EfficientNet(), MobileNetV2())}
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        baseline = _checked(entry.value, entry.load())
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
