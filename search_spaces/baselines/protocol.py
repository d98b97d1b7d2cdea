"""The interface of baselines, built-in ones and a user's own, and their scaling.

A baseline is a stage table (its unscaled `NetworkSpec`) and a function from any spec of its kind to
layers, or to a module. Everything else follows: `realise` applies multipliers and rounding to the
table; complexity and modules come from the layers, plans and families from those. The complexity
of a baseline that builds modules is measured.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Protocol, runtime_checkable

from pydantic import Field

from search_spaces.coefficients import UNSCALED, Scaling
from search_spaces.errors import InputError
from search_spaces.models import StrictModel
from search_spaces.networks.complexity import Complexity, Counting, stage_costs
from search_spaces.networks.layers import Network
from search_spaces.networks.rounding import Rounding
from search_spaces.networks.spec import NetworkSpec, StemSpec


@runtime_checkable
class Baseline(Protocol):
    """A network that can be scaled: a stage table and its rules.

    It is a `LayeredBaseline` or a `ModuleBaseline` too, which says how a spec becomes a network.
    """

    @property
    def name(self) -> str:
        """How users, specs and the database call it, for example `efficientnet_b0`."""
        ...

    @property
    def base(self) -> NetworkSpec:
        """The unscaled network at its base resolution; `base.baseline` equals `name`."""
        ...

    @property
    def rounding(self) -> Rounding:
        """The rules of the paper or code that the network comes from."""
        ...

    @property
    def head_min_width(self) -> int:
        """Fewest channels of the head in full-size networks (MobileNetV2: 1280), or 0."""
        ...

    @property
    def stochastic_depth(self) -> float:
        """Drop rate of the last residual block in the published training; 0 for none."""
        ...

    def dropout(self, member: int) -> float:
        """Dropout rate before the classifier that family member b`member` inherits."""
        ...


@runtime_checkable
class LayeredBaseline(Baseline, Protocol):
    """A baseline that describes its layers, from which module and closed-form complexity follow.

    Contract: `layers(spec)` depends on nothing but the spec; all blocks of a stage after its first
    are equal; `layers` honours every width, depth, stride, kernel, channel and class count.
    """

    def layers(self, spec: NetworkSpec) -> Network:
        """The network's operators, stage by stage."""
        ...


@runtime_checkable
class ModuleBaseline(Baseline, Protocol):
    """A baseline that builds a torch module itself.

    Contract: `module(spec)` depends on nothing but the spec and torch's generator, and honours
    every width, depth, stride, kernel, channel and class count of the spec.
    """

    def module(self, spec: NetworkSpec) -> Any:
        """An `nn.Module` from (N, C, H, W) images to (N, classes) logits."""
        ...

    def complexity(self, spec: NetworkSpec) -> Complexity:
        """Cost of one image in evaluation, in closed form or measured."""
        ...

    @property
    def measured(self) -> bool:
        """Whether `complexity` measures, which takes about a second for each distinct network."""
        ...


class ProxyForm(StrictModel):
    """A smaller version of a baseline for small images; the default changes nothing.

    It changes widths and strides of the baseline and of every candidate alike, before any
    coefficient applies.
    """

    width: float = Field(
        1.0, gt=0, le=4, description="Factor on every width, besides the candidate's own."
    )
    stem_stride: int | None = Field(
        None, ge=1, le=4, description="Stride of the stem. Absent: the baseline's."
    )
    strides: tuple[int, ...] | None = Field(
        None, description="Strides of the first blocks of the stages. Absent: the baseline's."
    )


FULL_FORM = ProxyForm()


def _strides(baseline: Baseline, form: ProxyForm) -> tuple[int, ...]:
    table = baseline.base
    if form.strides is None:
        return tuple(stage.stride for stage in table.stages)
    if len(form.strides) != len(table.stages):
        raise InputError(
            f"form.strides is {list(form.strides)}: {baseline.name} has {len(table.stages)} "
            f"stages, so it needs {len(table.stages)} strides"
        )
    if any(stride not in (1, 2, 4) for stride in form.strides):
        raise InputError(f"form.strides is {list(form.strides)}: a stride must be 1, 2 or 4")
    return form.strides


def realise(
    baseline: Baseline,
    scaling: Scaling = UNSCALED,
    *,
    rounding: Rounding | None = None,
    form: ProxyForm = FULL_FORM,
    resolution_px: int | None = None,
    in_channels: int | None = None,
    classes: int | None = None,
) -> NetworkSpec:
    """The network that a baseline becomes under `scaling`.

    Depth multiplies the repeats of every stage, width the channels of stem, stages and head,
    resolution the base resolution (`resolution_px`, or the baseline's own). A dimension depends on
    its own multiplier alone, which planning relies on.

    Args:
        baseline: the network to scale.
        scaling: the three multipliers.
        rounding: the rules; the baseline's own when absent.
        form: a proxy form of the baseline.
        resolution_px: base resolution, before the multiplier; the baseline's own when absent.
        in_channels: channels of the images; the baseline's own when absent.
        classes: outputs of the classifier; the baseline's own when absent.

    Raises:
        InputError: the form does not fit the baseline, a size is below 1, or the resolution is
            below the product of the strides, so that a stride would act on a single pixel.
    """
    table = baseline.base
    rules = rounding or baseline.rounding
    base_px = table.resolution_px if resolution_px is None else resolution_px
    if base_px < 1:
        raise InputError(f"resolution_px is {base_px}: a network needs at least 1")
    width = form.width * scaling.width
    stages = tuple(
        dataclasses.replace(
            stage,
            width=rules.channels(stage.width, width),
            depth=rules.repeats(stage.depth, scaling.depth),
            stride=stride,
        )
        for stage, stride in zip(table.stages, _strides(baseline, form), strict=True)
    )
    head = rules.channels(table.head_width, width) if table.head_width else 0
    if form.width == 1:
        head = max(head, baseline.head_min_width)
    spec = NetworkSpec(
        baseline=baseline.name,
        resolution_px=rules.pixels(base_px, scaling.resolution),
        stem=StemSpec(
            rules.channels(table.stem.width, width),
            table.stem.kernel,
            form.stem_stride or table.stem.stride,
        ),
        stages=stages,
        head_width=head,
        in_channels=table.in_channels if in_channels is None else in_channels,
        classes=table.classes if classes is None else classes,
    )
    _check_resolution(spec)
    return spec


def _check_resolution(spec: NetworkSpec) -> None:
    total_stride = math.prod(spec.strides)
    if spec.resolution_px < total_stride:
        raise InputError(
            f"resolution is {spec.resolution_px} px: {spec.baseline} has a total stride of "
            f"{total_stride}, so it needs at least {total_stride} px (4 × as many keep the search "
            "meaningful); raise resolution_px or lower form.stem_stride and form.strides"
        )


def complexity(baseline: Baseline, spec: NetworkSpec, mode: Counting = "eval") -> Complexity:
    """Complexity of one image through a spec of this baseline's kind.

    In closed form where the baseline has layers: equal to walking every one, at a cost that does
    not grow with depth, because by its contract each stage is one first block and depth − 1 equal
    ones.

    Raises:
        InputError: the baseline builds modules, and the mode is not `eval`.
    """
    if isinstance(baseline, LayeredBaseline):
        two_deep = tuple(dataclasses.replace(stage, depth=2) for stage in spec.stages)
        layers = baseline.layers(dataclasses.replace(spec, stages=two_deep))
        return stage_costs(layers, spec.resolution_px, mode).at(spec.depths)
    assert isinstance(baseline, ModuleBaseline), "a baseline has layers or a module"
    if mode != "eval":
        raise InputError(
            f"mode is {mode}: of {baseline.name}, which builds modules, only the cost in "
            "evaluation is known; use eval"
        )
    return baseline.complexity(spec)
