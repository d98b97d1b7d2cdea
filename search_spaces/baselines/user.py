"""A user's own class as a baseline: what it leaves out is filled in, what is wrong is named.

`docs/baselines.md` documents what such a class has. It needs a `name`, a stage table `base` and
either `layers(spec)` or `module(spec)`; the rest has defaults.
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
"""What measures networks that have no closed form. This package cannot: it runs without torch."""


@dataclass(frozen=True)
class _Own:
    """What a user's object says, and defaults for what it does not."""

    name: str
    base: NetworkSpec
    rounding: Rounding
    head_min_width: int
    stochastic_depth: float
    source: str
    """Identity of the code that builds it: what was measured of other code is not of this one."""
    made: Any = dataclasses.field(compare=False, repr=False)

    def dropout(self, member: int) -> float:
        """The user's rate for a member of a family, or none."""
        rate: Callable[[int], float] | None = getattr(self.made, "dropout", None)
        return 0.0 if rate is None else float(rate(member))


@dataclass(frozen=True)
class UserLayers(_Own):
    """A user's baseline that describes its layers."""

    def layers(self, spec: NetworkSpec) -> Network:
        """What the user's `layers` gives."""
        found: Network = self.made.layers(spec)
        return found


@dataclass(frozen=True)
class UserModule(_Own):
    """A user's baseline that builds a module."""

    def module(self, spec: NetworkSpec) -> Any:
        """What the user's `module` gives."""
        return self.made.module(spec)

    @property
    def measured(self) -> bool:
        """Whether the user gives no closed form."""
        return not hasattr(self.made, "complexity")

    def complexity(self, spec: NetworkSpec) -> Complexity:
        """The user's closed form, or what is measured of the built network.

        Raises:
            InputError: there is no closed form, and nothing here that measures.
        """
        if not self.measured:
            found: Complexity = self.made.complexity(spec)
            return found
        count = COUNTER.get()
        if count is None:
            raise InputError(
                f"baseline {self.name} has no closed form, so its networks have to be built and "
                "measured, which the service does not do: plan and run it by the command line, or "
                f"give it `complexity(spec)` ({DOCUMENT})"
            )
        return count(spec)


def _source(made: object) -> str:
    """A hash of the file that the object's class stands in."""
    try:
        path = inspect.getsourcefile(type(made))
        text = Path(path).read_bytes() if path else b""
    except (OSError, TypeError):
        text = b""
    return hashlib.sha256(text).hexdigest()[:12]


def _value(made: object, origin: str, name: str, kind: type, default: Any) -> Any:
    value = getattr(made, name, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InputError(
            f"baseline {origin}: {name} is {value!r}, it must be a {kind.__name__}; see {DOCUMENT}"
        )
    return value


def user_baseline(found: object, origin: str, *, name: str | None = None) -> Baseline:
    """What was loaded, as a baseline.

    Args:
        found: an instance, or a class that makes one without arguments.
        origin: where it was found, for error messages.
        name: how it is called here; its own name when absent.

    Raises:
        InputError: it is no baseline; the message says what is missing.
    """
    try:
        made = found() if isinstance(found, type) else found
    except Exception as error:
        raise InputError(
            f"baseline {origin} cannot be made ({type(error).__name__}: {error}): its class must "
            "work without arguments"
        ) from error
    if name is None and isinstance(made, LayeredBaseline | ModuleBaseline):
        return _named_alike(made, origin)
    missing = [part for part in ("name", "base") if not hasattr(made, part)]
    if not any(callable(getattr(made, part, None)) for part in ("layers", "module")):
        missing.append("layers(spec) or module(spec)")
    if missing:
        raise InputError(
            f"baseline {origin} is a {type(made).__name__} without {', '.join(missing)}; see "
            f"{DOCUMENT}"
        )
    base: NetworkSpec = _value(made, origin, "base", NetworkSpec, None)
    kind = UserLayers if callable(getattr(made, "layers", None)) else UserModule
    baseline = kind(
        name=name or _value(made, origin, "name", str, None),
        base=dataclasses.replace(base, baseline=name) if name else base,
        rounding=_value(made, origin, "rounding", Rounding, OFFICIAL),
        head_min_width=_value(made, origin, "head_min_width", int, 0),
        stochastic_depth=_value(made, origin, "stochastic_depth", float, 0.0),
        source=_source(made),
        made=made,
    )
    return _named_alike(baseline, origin)


def _named_alike(baseline: Baseline, origin: str) -> Baseline:
    if baseline.base.baseline != baseline.name:
        raise InputError(
            f"baseline {origin} is named {baseline.name}, its base spec {baseline.base.baseline}: "
            "both must be the same, because a spec finds its builder by that name"
        )
    return baseline
