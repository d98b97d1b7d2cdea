"""The interface of baselines, built-in ones and a user's own.

A baseline is a stage table (its unscaled `NetworkSpec`) and a function from any spec of its kind to
layers, or to a module. Everything else follows: a `Frame` applies multipliers and rounding to the
table; complexity and modules come from the layers, plans and families from those. The complexity
of a baseline that builds modules is measured.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol, runtime_checkable

from pydantic import Field

from search_spaces.errors import InputError
from search_spaces.models import StrictModel
from search_spaces.networks.complexity import Complexity, Counting, stage_costs
from search_spaces.networks.layers import Network
from search_spaces.networks.rounding import Rounding
from search_spaces.networks.spec import NetworkSpec


@runtime_checkable
class Baseline(Protocol):
    """A network that can be scaled: a stage table and its rules.

    It is also a `LayeredBaseline` or a `ModuleBaseline`, which turns a spec into a network.
    """

    @property
    def name(self) -> str:
        """Its name for users, in specs and in the database, for example `efficientnet_b0`."""
        ...

    @property
    def base(self) -> NetworkSpec:
        """The unscaled network at its base resolution; `base.baseline` equals `name`."""
        ...

    @property
    def rounding(self) -> Rounding:
        """The rounding rules of the paper or code in which the network was published."""
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
        """Dropout rate before the classifier of family member b`member`."""
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
        """Whether `complexity` measures, which takes about a second per distinct network."""
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


def complexity(baseline: Baseline, spec: NetworkSpec, mode: Counting = "eval") -> Complexity:
    """Complexity of one image through a spec of this baseline's kind.

    For a baseline with layers it is computed in closed form, in a time that does not grow with
    depth: by contract each stage is one first block and depth − 1 equal ones.

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
            f"mode is {mode}: {baseline.name} builds modules, for which only the cost in "
            "evaluation is known; use eval"
        )
    return baseline.complexity(spec)
