"""The networks along a direction, from the smallest that exists to a thousandfold scaling."""

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
"""Multipliers lie between the inverse of this and this: a range far wider than any real use."""

LARGEST_BUILT = 16.0
"""The same for baselines whose networks have to be built to know their cost."""

_BISECTIONS = 60
"""So many leave an interval of φ that is far narrower than any step of a rounding rule."""


def last_true(holds: Callable[[float], bool], true: float, false: float) -> tuple[float, float]:
    """Bisect between a number for which `holds` is true and one for which it is false.

    Returns:
        Neighbouring numbers on the two sides of the step: the true one, the false one.
    """
    for _ in range(_BISECTIONS):
        middle = (true + false) / 2
        if middle in (true, false):
            break
        if holds(middle):
            true = middle
        else:
            false = middle
    return true, false


class ScalingCurve:
    """A frame's networks at (α^φ, β^φ, γ^φ), as a function of φ.

    FLOPs, parameters and activations are non-decreasing step functions of φ: widths, depths and
    pixels are whole numbers. `quantity` says which of them a target limits. Latency is nearly such
    a function: where neighbours differ by less than its noise, either of them may be chosen.

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
        largest = max(coefficients)
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
        return self.frame.realise_if_possible(self.scaling(phi))

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
        """Cost of the network at φ: a count, or for latency a multiple of the baseline's."""
        if self.quantity == "latency":
            return relative_latency(self.frame.base, self.spec(phi), self._timing).ratio
        return amount_of(self.quantity, self.complexity(phi))

    @property
    def unit(self) -> float:
        """Cost of the baseline."""
        if self.quantity == "latency":
            return 1.0
        return amount_of(self.quantity, self.frame.base_complexity)

    def nearest(self, amount: float, target: str) -> float:
        """The φ whose network has a cost nearest to `amount`, compared in log.

        A whole interval of φ gives that network; the φ with the fewest decimals is returned.

        Args:
            amount: in multiply-adds, for example; for latency a multiple of the baseline's.
            target: what an error message calls this number, for example `budget`.

        Raises:
            InputError: the target is below the smallest network of this curve or above the
                largest; the message says what can be reached.
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
        """Two φ: of a network that costs at most this amount, and of one that costs at least it.

        The search goes from the baseline outwards, so that very large networks are not counted.
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
        frame, (a, b, c) = self.frame, self.coefficients
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
        """The first and the last φ that give the same network as this one."""
        spec = self.spec(phi)

        def end(bound: float) -> float:
            reaches = self.spec(bound) == spec
            return bound if reaches else last_true(lambda x: self.spec(x) == spec, phi, bound)[0]

        return end(self.lowest_phi), end(self.highest_phi)
