"""The networks that can be scaled, by name: built-in ones and those of installed packages.

A package adds its own through an entry point of the group `scaling_search.baselines`, whose value
names a baseline (docs/baselines.md) or a class that makes one without arguments. A user may also
refer to one as `package.module:Name` (see `references`).
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from search_spaces.baselines.efficientnet import EFFICIENTNET_B0
from search_spaces.baselines.frame import Frame, realise
from search_spaces.baselines.mobilenet_v1 import MOBILENET_V1
from search_spaces.baselines.mobilenet_v2 import MOBILENET_V2
from search_spaces.baselines.protocol import (
    FULL_FORM,
    Baseline,
    LayeredBaseline,
    ModuleBaseline,
    ProxyForm,
    complexity,
)
from search_spaces.baselines.references import (
    AllowedReferences,
    allow_reference,
    allowed_references,
    forbid_references,
    referred,
)
from search_spaces.baselines.resnet import RESNET18, RESNET50
from search_spaces.baselines.user import user_baseline
from search_spaces.errors import InputError, suggest

ENTRY_POINT_GROUP = "scaling_search.baselines"

_BUILT_IN: tuple[Baseline, ...] = (
    EFFICIENTNET_B0,
    MOBILENET_V1,
    MOBILENET_V2,
    RESNET50,
    RESNET18,
)

__all__ = [
    "ENTRY_POINT_GROUP",
    "FULL_FORM",
    "AllowedReferences",
    "Baseline",
    "Frame",
    "LayeredBaseline",
    "ModuleBaseline",
    "ProxyForm",
    "allow_reference",
    "allowed_references",
    "baselines",
    "complexity",
    "forbid_references",
    "get_baseline",
    "is_built_in",
    "realise",
]


def _loaded(entry: EntryPoint) -> Baseline:
    try:
        return user_baseline(entry.load(), entry.value)
    except (ImportError, AttributeError) as error:
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
    known: dict[str, Baseline] = {baseline.name: baseline for baseline in _BUILT_IN}
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        baseline = _loaded(entry)
        if baseline.name in known:
            raise InputError(
                f"baseline {entry.value} is named {baseline.name}, which is taken; rename it"
            )
        known[baseline.name] = baseline
    return known


def get_baseline(name: str) -> Baseline:
    """The baseline called `name`, or the one that `package.module:Name` refers to.

    Raises:
        InputError: the name is unknown (the message suggests the nearest one), it refers to Python
            code that the user did not allow, or the code is not a baseline.
    """
    if ":" in name:
        return referred(name)
    try:
        return baselines()[name]
    except KeyError:
        raise InputError(
            f"baseline {name!r} is unknown: {suggest(name, baselines())}; "
            "`scaling-search baselines` lists them"
        ) from None


def is_built_in(name: str) -> bool:
    """Whether the baseline comes with this package, whose tests check it."""
    return any(baseline.name == name for baseline in _BUILT_IN)
