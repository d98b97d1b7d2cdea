"""A baseline with its form, resolution, rounding, channels and classes: all but the multipliers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from search_spaces.baselines import Baseline, ProxyForm, complexity, realise
from search_spaces.coefficients import UNSCALED, Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.rounding import Rounding
from search_spaces.networks.simplest import simplest_each
from search_spaces.networks.spec import NetworkSpec


@dataclass(frozen=True)
class Frame:
    """What stays fixed while coefficients vary; base resolution in px."""

    baseline: Baseline
    form: ProxyForm
    resolution_px: int
    rounding: Rounding
    in_channels: int
    classes: int

    @classmethod
    def of(
        cls,
        baseline: Baseline,
        *,
        form: ProxyForm | None = None,
        resolution_px: int | None = None,
        rounding: Rounding | None = None,
        in_channels: int | None = None,
        classes: int | None = None,
    ) -> Frame:
        """A frame; arguments left out are the baseline's own."""
        base = baseline.base
        return cls(
            baseline,
            form or ProxyForm(),
            base.resolution_px if resolution_px is None else resolution_px,
            rounding or baseline.rounding,
            base.in_channels if in_channels is None else in_channels,
            base.classes if classes is None else classes,
        )

    @cached_property
    def base(self) -> NetworkSpec:
        """The unscaled network.

        Raises:
            InputError: the form does not fit the baseline, or the resolution is too small.
        """
        return self.realise(UNSCALED)

    @cached_property
    def base_complexity(self) -> Complexity:
        """Complexity of the unscaled network, for one image in evaluation."""
        return self.complexity(self.base)

    @property
    def base_flops(self) -> int:
        """FLOPs of the unscaled network, for one image in evaluation."""
        return self.base_complexity.flops

    def realise(self, scaling: Scaling) -> NetworkSpec:
        """The network under these multipliers."""
        return realise(
            self.baseline,
            scaling,
            rounding=self.rounding,
            form=self.form,
            resolution_px=self.resolution_px,
            in_channels=self.in_channels,
            classes=self.classes,
        )

    def realise_if_possible(self, scaling: Scaling) -> NetworkSpec | None:
        """The network under these multipliers; None if its resolution is below the strides."""
        try:
            return self.realise(scaling)
        except InputError:
            return None

    def simplest(self, scaling: Scaling) -> Scaling:
        """The multipliers with the fewest decimals that give the same network as these.

        Of equally short ones each is the nearest to the original.
        """
        return Scaling(*_simplest(scaling, lambda *values: self.realise(Scaling(*values))))

    def simplest_coefficients(
        self, coefficients: Coefficients, phi: float, decimals: int
    ) -> Coefficients:
        """The shortest coefficients that give the same network at φ; see `simplest`.

        They keep `decimals` decimals even if fewer would do, to stay close to the direction.
        """

        def realise(*values: float) -> NetworkSpec:
            return self.at(Coefficients(*values), phi)

        return Coefficients(*_simplest(coefficients, realise, decimals))

    def at(self, coefficients: Coefficients, phi: float = 1.0) -> NetworkSpec:
        """The network of these coefficients at φ."""
        return self.realise(coefficients**phi)

    def complexity(self, spec: NetworkSpec) -> Complexity:
        """Closed-form complexity of a spec of this baseline's kind, for one image."""
        return complexity(self.baseline, spec)


def _simplest(
    values: Iterable[float], realise: Callable[..., NetworkSpec], decimals: int = 0
) -> list[float]:
    spec = realise(*values)

    def same(shorter: Sequence[float]) -> bool:
        try:
            return realise(*shorter) == spec
        except InputError:  # no valid multiplier or coefficient, or below the network's strides
            return False

    return simplest_each(list(values), same, decimals=decimals)
