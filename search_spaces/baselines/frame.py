"""A baseline with its form, resolution, rounding, channels and classes, and its scaling."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict, Unpack

from search_spaces.baselines.protocol import FULL_FORM, Baseline, ProxyForm, complexity
from search_spaces.coefficients import UNSCALED, Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.rounding import Rounding
from search_spaces.networks.simplest import simplest_each
from search_spaces.networks.spec import NetworkSpec, StemSpec


class FrameSettings(TypedDict, total=False):
    """Settings of a frame; the baseline's own for keys that are left out or None."""

    form: ProxyForm | None
    resolution_px: int | None
    rounding: Rounding | None
    in_channels: int | None
    classes: int | None


@dataclass(frozen=True)
class Frame:
    """Everything that stays fixed while coefficients vary.

    Attributes:
        baseline: the network to scale.
        form: a smaller version of it.
        resolution_px: base resolution, before the multiplier.
        rounding: the rules of rounding.
        in_channels: channels of the images.
        classes: outputs of the classifier.
    """

    baseline: Baseline
    form: ProxyForm
    resolution_px: int
    rounding: Rounding
    in_channels: int
    classes: int

    @classmethod
    def of(cls, baseline: Baseline, **settings: Unpack[FrameSettings]) -> Frame:
        """A frame of a baseline."""
        base = baseline.base
        defaults: FrameSettings = {
            "form": FULL_FORM,
            "resolution_px": base.resolution_px,
            "rounding": baseline.rounding,
            "in_channels": base.in_channels,
            "classes": base.classes,
        }
        given = {key: value for key, value in settings.items() if value is not None}
        return cls(baseline, **{**defaults, **given})  # type: ignore[arg-type]

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
        """The network under these multipliers.

        Depth multiplies the blocks of every stage, width the channels of stem, stages and head,
        resolution the base resolution. Each dimension depends on its own multiplier alone, which
        planning relies on.

        Raises:
            InputError: the form does not fit the baseline, a size is below 1, or the resolution is
                below the product of the strides, so that a stride would act on a single pixel.
        """
        table, rules, width = self.baseline.base, self.rounding, self.form.width * scaling.width
        if self.resolution_px < 1:
            raise InputError(f"resolution_px is {self.resolution_px}: a network needs at least 1")
        stages = tuple(
            dataclasses.replace(
                stage,
                width=rules.channels(stage.width, width),
                depth=rules.repeats(stage.depth, scaling.depth),
                stride=stride,
            )
            for stage, stride in zip(table.stages, self._strides(), strict=True)
        )
        head = rules.channels(table.head_width, width) if table.head_width else 0
        if self.form.width == 1:
            head = max(head, self.baseline.head_min_width)
        stem_width = rules.channels(table.stem.width, width)
        spec = NetworkSpec(
            baseline=self.baseline.name,
            resolution_px=rules.pixels(self.resolution_px, scaling.resolution),
            stem=StemSpec(
                stem_width, table.stem.kernel, self.form.stem_stride or table.stem.stride
            ),
            stages=stages,
            head_width=head,
            in_channels=self.in_channels,
            classes=self.classes,
        )
        _check_resolution(spec)
        return spec

    def _strides(self) -> tuple[int, ...]:
        stages, strides = self.baseline.base.stages, self.form.strides
        if strides is None:
            return tuple(stage.stride for stage in stages)
        if len(strides) != len(stages):
            raise InputError(
                f"form.strides is {list(strides)}: {self.baseline.name} has {len(stages)} "
                f"stages, so it needs {len(stages)} strides"
            )
        if any(stride not in (1, 2, 4) for stride in strides):
            raise InputError(f"form.strides is {list(strides)}: a stride must be 1, 2 or 4")
        return strides

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


def realise(
    baseline: Baseline, scaling: Scaling = UNSCALED, **settings: Unpack[FrameSettings]
) -> NetworkSpec:
    """The network that a baseline becomes under `scaling`; see `Frame.realise`."""
    return Frame.of(baseline, **settings).realise(scaling)


def _check_resolution(spec: NetworkSpec) -> None:
    total_stride = math.prod(spec.strides)
    if spec.resolution_px < total_stride:
        raise InputError(
            f"resolution is {spec.resolution_px} px: {spec.baseline} has a total stride of "
            f"{total_stride}, so it needs at least {total_stride} px (4 × as many keep the search "
            "meaningful); raise resolution_px or lower form.stem_stride and form.strides"
        )


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
