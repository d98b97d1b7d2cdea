"""Find compound-scaling coefficients. Users need no other import than this package.

- `plan(source)`: the distinct networks that a space file, a preset or a spec describes.
- `network(baseline, depth=…)`: a scaled network as a torch module.
- `family(coefficients)`: the members b0, b1, … that coefficients imply.
- `Store.open()`, `Client(url)`: the sweeps of a database, or of a service.
- `frames`: what either of them holds, as pandas frames.

Everything is imported when it is first used: `plan` and `family` need no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from results import frames
    from results.store import Store
    from scaling_search.client import Client
    from scaling_search.networks.modules import network
    from search_spaces.coefficients import Coefficients
    from search_spaces.families import Convention, FamilyMember
    from search_spaces.planning import Plan
    from search_spaces.specs.space import SearchSpace

__all__ = ["Client", "Store", "family", "frames", "network", "plan"]

_HOMES: Final = {
    "Client": "scaling_search.client",
    "Store": "results.store",
    "network": "scaling_search.networks.modules",
}


def plan(
    source: str | SearchSpace, *, in_channels: int | None = None, classes: int | None = None
) -> Plan:
    """Every candidate network of a space, with its complexity in closed form.

    Args:
        source: the name of a preset, the path of a YAML file, or a space.
        in_channels: channels of the images; the baseline's own when absent.
        classes: classes to tell apart; the baseline's own when absent.

    Raises:
        InputError: the file cannot be read, a value breaks a rule, or no network satisfies the
            constraint.
    """
    from search_spaces.planning import make_plan
    from search_spaces.specs.sweep import load_sweep

    space = load_sweep(source).space if isinstance(source, str) else source
    return make_plan(space, in_channels=in_channels, classes=classes)


def family(
    coefficients: Coefficients | tuple[float, float, float],
    baseline: str = "efficientnet_b0",
    *,
    resolution_px: int | None = None,
    classes: int | None = None,
    members: int = 8,
    convention: Convention = "fitted",
) -> tuple[FamilyMember, ...]:
    """Members b0, b1, … of a baseline by name; see `search_spaces.families.family`.

    Args:
        coefficients: α, β, γ.
        baseline: its name; `scaling-search baselines` lists them.
        resolution_px: the base resolution; the baseline's own when absent.
        classes: the baseline's own when absent.
        members: how many, 1 to 16.
        convention: how φ is chosen: `fitted`, `integer` or `published`.

    Raises:
        InputError: the baseline is unknown, or as `search_spaces.families.family`.
    """
    from search_spaces import families
    from search_spaces.baselines import get_baseline
    from search_spaces.baselines.frame import Frame
    from search_spaces.coefficients import Coefficients

    frame = Frame.of(get_baseline(baseline), resolution_px=resolution_px, classes=classes)
    if not isinstance(coefficients, Coefficients):
        coefficients = Coefficients(*coefficients)
    return families.family(frame, coefficients, members=members, convention=convention)


def __getattr__(name: str) -> Any:
    if name == "frames":
        return import_module("results.frames")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
