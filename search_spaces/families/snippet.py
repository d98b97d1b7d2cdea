"""A line of Python that builds a scaled network."""

from __future__ import annotations

from pydantic import BaseModel

from search_spaces.baselines import FULL_FORM, LayeredBaseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Scaling
from search_spaces.networks.spec import NetworkSpec


def _call(value: BaseModel) -> str:
    arguments = value.model_dump(exclude_defaults=True).items()
    return f"{type(value).__name__}({', '.join(f'{key}={item!r}' for key, item in arguments)})"


def python_line(
    frame: Frame, spec: NetworkSpec, scaling: Scaling, *, dropout: float, stochastic_depth: float
) -> str:
    """A line that assigns a module of exactly `spec`, which `scaling` gives, to `model`."""
    imports = ["from scaling_search import network"]
    arguments = [f'"{frame.baseline.name}"']
    arguments += [
        f"{name}={value}"
        for name, value in (("depth", scaling.depth), ("width", scaling.width))
        if value != 1
    ]
    arguments += [f"resolution_px={spec.resolution_px}", f"classes={spec.classes}"]
    if spec.in_channels != frame.baseline.base.in_channels:
        arguments.append(f"in_channels={spec.in_channels}")
    if frame.rounding != frame.baseline.rounding:
        imports.append("from search_spaces.networks.rounding import Rounding")
        arguments.append(f"rounding={_call(frame.rounding)}")
    if frame.form != FULL_FORM:
        imports.append("from search_spaces.baselines import ProxyForm")
        arguments.append(f"form={_call(frame.form)}")
    if isinstance(frame.baseline, LayeredBaseline):  # a user's module sets its own rates
        arguments += [f"dropout={dropout}"] * (dropout != 0)
        arguments += [f"stochastic_depth={stochastic_depth}"] * (stochastic_depth != 0)
    if ":" in frame.baseline.name:
        imports.append("from search_spaces.baselines import allow_reference")
        imports.append(f'allow_reference("{frame.baseline.name}")')
    return f"{'; '.join(imports)}; model = network({', '.join(arguments)})"
