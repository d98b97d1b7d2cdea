"""The networks along a direction, from the smallest that exists to absurdly large ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

from search_spaces.baselines import LayeredBaseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.latency import Timing, relative_latency
from search_spaces.networks.simplest import simplest
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.target import NAMES, Quantity, amount_of

LARGEST_MULTIPLIER = 1000.0
"""No multiplier goes beyond this, or below its inverse: a bound on nonsense, far from any use."""

LARGEST_BUILT = 16.0
"""The same where a network has to be built to know its cost."""

_BISECTIONS = 60
"""Leaves an interval of φ far narrower than any step of a rounding rule."""


def last_true(holds: Callable[[float], bool], true: float, false: float) -> tuple[float, float]:
    """Bisect between a place where `holds` and one where it does not: the two sides of the step."""
    for _ in range(_BISECTIONS):
        middle = (true + false) / 2
        if middle in (true, false):
            break
        if holds(middle):
            true = middle
        else:
            false = middle
    return true, false


class Path:
    """A frame's networks at (α^φ, β^φ, γ^φ), over every φ that makes sense.

    FLOPs, parameters and activations are non-decreasing step functions of φ: widths, depths and
    pixels are whole numbers. `quantity` says which of them a target is for. Latency is nearly one:
    neighbours may differ by less than its noise, and then either of them is found.

    Raises:
        InputError: the coefficients are (1, 1, 1), which is no direction, or the frame has no
            baseline network.
    """

    def __init__(
        self,
        frame: Frame,
        coefficients: Coefficients,
        quantity: Quantity = "flops",
        timing: Timing | None = None,
    ) -> None:
        self.frame, self.coefficients, self.quantity = frame, coefficients, quantity
        self._timing = timing or Timing()
        self._complexities: dict[NetworkSpec, Complexity] = {}
        largest = max(coefficients.alpha, coefficients.beta, coefficients.gamma)
        if largest == 1:
            raise InputError(
                "coefficients (1, 1, 1) scale nothing, so no network lies along them; raise at "
                "least one of alpha, beta, gamma above 1"
            )
        frame.realise(coefficients**0)
        most = LARGEST_MULTIPLIER
        if not isinstance(frame.baseline, LayeredBaseline) or quantity == "latency":
            most = LARGEST_BUILT
        self.highest_phi = math.log(most) / math.log(largest)

    @cached_property
    def lowest_phi(self) -> float:
        """The smallest φ whose resolution still suits the network's strides."""
        if self._exists(-self.highest_phi):
            return -self.highest_phi
        return last_true(self._exists, 0.0, -self.highest_phi)[0]

    def _exists(self, phi: float) -> bool:
        return self._at(phi) is not None

    def _at(self, phi: float) -> NetworkSpec | None:
        """The network at φ; None where the resolution is below the network's strides."""
        try:
            return self.spec(phi)
        except InputError:
            return None

    def scaling(self, phi: float) -> Scaling:
        """The multipliers at φ."""
        return self.coefficients**phi

    def spec(self, phi: float) -> NetworkSpec:
        """The network at φ."""
        return self.frame.realise(self.scaling(phi))

    def complexity(self, phi: float) -> Complexity:
        """Closed-form complexity of the network at φ."""
        spec = self.spec(phi)
        if spec not in self._complexities:
            self._complexities[spec] = self.frame.complexity(spec)
        return self._complexities[spec]

    def cost(self, phi: float) -> float:
        """What the network at φ has of the path's quantity; of latency, × the baseline's."""
        if self.quantity == "latency":
            return relative_latency(self.frame.base, self.spec(phi), self._timing).ratio
        return amount_of(self.quantity, self.complexity(phi))

    @property
    def unit(self) -> float:
        """What the baseline has of the path's quantity."""
        if self.quantity == "latency":
            return 1.0
        return amount_of(self.quantity, self.frame.base_complexity)

    def nearest(self, amount: float, target: str) -> float:
        """The φ whose network comes nearest this amount of the path's quantity, compared in log.

        A whole interval of φ realises that network; the φ of fewest decimals in there is given.

        Args:
            amount: for example multiply-adds of one image; of latency, × the baseline's.
            target: what an error message calls this number, for example `budget`.

        Raises:
            InputError: the target is below the smallest network of this path or above the largest;
                the message says what can be reached.
        """
        low, high = self._around(amount, target)
        below, above = last_true(lambda phi: self.cost(phi) <= amount, low, high)
        chosen = min((0.0, below, above), key=lambda phi: abs(math.log(self.cost(phi) / amount)))
        first, last = self.interval(chosen)
        if first <= 0 <= last:
            return 0.0
        spec = self.spec(chosen)
        return simplest((first + last) / 2, lambda phi: self._at(phi) == spec)

    def _around(self, amount: float, target: str) -> tuple[float, float]:
        """Two φ, the first network with at most this amount, the second with at least it.

        Found from the baseline outwards, so that no network is counted that is far from any use.
        """
        up = self.cost(0.0) <= amount
        bound = self.highest_phi if up else self.lowest_phi
        before, phi = 0.0, 0.0
        step = 1.0 if up else -1.0
        while (self.cost(phi) < amount) if up else (self.cost(phi) > amount):
            if phi == bound:
                raise self._out_of_reach(amount, target)
            before, phi = phi, min(phi + step, bound) if up else max(phi + step, bound)
            step *= 2
        return (before, phi) if up else (phi, before)

    def _out_of_reach(self, amount: float, target: str) -> InputError:
        frame, (a, b, c) = self.frame, _values(self.coefficients)
        if self.quantity == "latency":  # the far end is not run to say so: it may take minutes
            unit, up = "× the baseline's latency", amount > self.unit
            end = self.cost(self.highest_phi if up else self.lowest_phi)
            reach, choose = f"{'at most' if up else 'no less than'} {end:.3g}", "another target"
        else:
            unit, choose = NAMES[self.quantity], "a target between them"
            least, most = self.cost(self.lowest_phi), self.cost(self.highest_phi)
            reach = f"{least:.4g} to {most:.4g}"
        return InputError(
            f"{target} is {amount:.4g} {unit}: {frame.baseline.name} at {frame.resolution_px} px "
            f"scaled along ({a:g}, {b:g}, {c:g}) reaches {reach}; choose {choose}, or other "
            "coefficients"
        )

    def interval(self, phi: float) -> tuple[float, float]:
        """The first and the last φ that realise the same network as this one."""
        spec = self.spec(phi)

        def end(bound: float) -> float:
            reaches = self.spec(bound) == spec
            return bound if reaches else last_true(lambda x: self.spec(x) == spec, phi, bound)[0]

        return end(self.lowest_phi), end(self.highest_phi)


def _values(coefficients: Coefficients) -> tuple[float, float, float]:
    return coefficients.alpha, coefficients.beta, coefficients.gamma
