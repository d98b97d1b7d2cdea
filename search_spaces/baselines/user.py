"""A user's own class as a baseline, with defaults for what it leaves out.

It needs a `name`, a stage table `base` and either `layers(spec)` or `module(spec)`; see
`docs/baselines.md`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_spaces.baselines.protocol import Baseline, LayeredBaseline, ModuleBaseline
from search_spaces.errors import InputError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.layers import Network
from search_spaces.networks.rounding import OFFICIAL, Rounding
from search_spaces.networks.spec import NetworkSpec

DOCUMENT = "docs/baselines.md, 'Your own baseline'"

Counter = Callable[[NetworkSpec], Complexity]
COUNTER: ContextVar[Counter | None] = ContextVar("COUNTER", default=None)
"""Measures networks without a closed form. This package cannot, because it runs without torch."""


@dataclass(frozen=True)
class _UserBaseline:
    """A user's object as a baseline; `source` is the hash of the file of its class."""

    name: str
    base: NetworkSpec
    rounding: Rounding
    head_min_width: int
    stochastic_depth: float
    source: str
    user: Any = dataclasses.field(compare=False, repr=False)

    def dropout(self, member: int) -> float:
        """The user's rate for a member of a family, or 0."""
        rate: Callable[[int], float] | None = getattr(self.user, "dropout", None)
        return 0.0 if rate is None else float(rate(member))


@dataclass(frozen=True)
class UserLayers(_UserBaseline):
    """A user's baseline that describes its layers."""

    def layers(self, spec: NetworkSpec) -> Network:
        """The user's `layers(spec)`."""
        network: Network = self.user.layers(spec)
        return network


@dataclass(frozen=True)
class UserModule(_UserBaseline):
    """A user's baseline that builds a module."""

    def module(self, spec: NetworkSpec) -> Any:
        """The user's `module(spec)`."""
        return self.user.module(spec)

    @property
    def measured(self) -> bool:
        """Whether the user gives no closed form."""
        return not hasattr(self.user, "complexity")

    def complexity(self, spec: NetworkSpec) -> Complexity:
        """The user's closed form, or the measured cost of the built network.

        Raises:
            InputError: there is no closed form, and this process cannot measure.
        """
        if not self.measured:
            cost: Complexity = self.user.complexity(spec)
            return cost
        count = COUNTER.get()
        if count is None:
            raise InputError(
                f"baseline {self.name} has no closed form, so its networks have to be built and "
                "measured, which the service does not do: plan and run it by the command line, or "
                f"give it `complexity(spec)` ({DOCUMENT})"
            )
        return count(spec)


def _source(user: object) -> str:
    """A hash of the file that defines the object's class."""
    try:
        path = inspect.getsourcefile(type(user))
        text = Path(path).read_bytes() if path else b""
    except (OSError, TypeError):
        text = b""
    return hashlib.sha256(text).hexdigest()[:12]


def _value(user: object, origin: str, name: str, kind: type, default: Any = None) -> Any:
    value = getattr(user, name, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InputError(
            f"baseline {origin}: {name} is {value!r}, it must be a {kind.__name__}; see {DOCUMENT}"
        )
    return value


def user_baseline(loaded: object, origin: str, *, name: str | None = None) -> Baseline:
    """A user's object as a baseline.

    Args:
        loaded: the object, or a class that makes it without arguments.
        origin: its reference, for error messages.
        name: name of the baseline; the object's own when absent.

    Raises:
        InputError: it is no baseline; the message says what is missing.
    """
    try:
        user = loaded() if isinstance(loaded, type) else loaded
    except Exception as error:
        raise InputError(
            f"baseline {origin} cannot be made ({type(error).__name__}: {error}): its class must "
            "work without arguments"
        ) from error
    if name is None and isinstance(user, LayeredBaseline | ModuleBaseline):
        return _check_name(user, origin)
    missing = [part for part in ("name", "base") if not hasattr(user, part)]
    if not any(callable(getattr(user, part, None)) for part in ("layers", "module")):
        missing.append("layers(spec) or module(spec)")
    if missing:
        raise InputError(
            f"baseline {origin} is a {type(user).__name__} without {', '.join(missing)}; see "
            f"{DOCUMENT}"
        )
    base: NetworkSpec = _value(user, origin, "base", NetworkSpec)
    kind = UserLayers if callable(getattr(user, "layers", None)) else UserModule
    baseline = kind(
        name=name or _value(user, origin, "name", str),
        base=dataclasses.replace(base, baseline=name) if name else base,
        rounding=_value(user, origin, "rounding", Rounding, OFFICIAL),
        head_min_width=_value(user, origin, "head_min_width", int, 0),
        stochastic_depth=_value(user, origin, "stochastic_depth", float, 0.0),
        source=_source(user),
        user=user,
    )
    return _check_name(baseline, origin)


def _check_name(baseline: Baseline, origin: str) -> Baseline:
    if baseline.base.baseline != baseline.name:
        raise InputError(
            f"baseline {origin} is named {baseline.name}, its base spec {baseline.base.baseline}: "
            "both must be the same, because a spec finds its builder by that name"
        )
    return baseline
