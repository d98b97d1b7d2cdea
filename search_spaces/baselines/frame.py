"""A baseline with everything decided but the multipliers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
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
    """What stays fixed while coefficients vary; resolution in px."""

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
        """A frame in which everything left out is the baseline's own."""
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

    def simplest(self, scaling: Scaling) -> Scaling:
        """The shortest multipliers of the network that these realise.

        Each is the number of fewest decimals with which the network stays the same, and of those
        the nearest: whoever types them again gets this network.
        """
        spec = self.realise(scaling)
        same = self._same(spec, lambda values: self.realise(Scaling(*values)))
        return Scaling(*simplest_each(astuple(scaling), same))

    def simplest_coefficients(
        self, coefficients: Coefficients, phi: float, decimals: int
    ) -> Coefficients:
        """The shortest coefficients of the network that these realise at φ; see `simplest`.

        They have up to `decimals` decimals where fewer would do, so that they keep to the
        direction.
        """
        spec = self.at(coefficients, phi)
        same = self._same(spec, lambda values: self.at(Coefficients(*values), phi))
        return Coefficients(*simplest_each(astuple(coefficients), same, decimals=decimals))

    @staticmethod
    def _same(
        spec: NetworkSpec, realise: Callable[[Sequence[float]], NetworkSpec]
    ) -> Callable[[Sequence[float]], bool]:
        def same(values: Sequence[float]) -> bool:
            try:
                return realise(values) == spec
            except InputError:  # no multiplier or coefficient, or below the network's strides
                return False

        return same

    def at(self, coefficients: Coefficients, phi: float = 1.0) -> NetworkSpec:
        """The network of these coefficients at φ."""
        return self.realise(coefficients**phi)

    def complexity(self, spec: NetworkSpec) -> Complexity:
        """Closed-form complexity of a spec of this baseline's kind, for one image."""
        return complexity(self.baseline, spec)
