"""Members to export, and what their networks cost where they were loaded."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from fvcore.nn import FlopCountAnalysis
from fvcore.nn.jit_handles import conv_flop_count
from torch import nn

from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, Coefficients
from search_spaces.exports import FORMATS, Named
from search_spaces.families import family_member
from search_spaces.networks.rounding import Rounding

WIDER = Coefficients(1.02, 1.17, 1.19)


def member(
    k: int = 1, *, convention: str = "fitted", coefficients: Coefficients = WIDER, **frame: object
) -> Named:
    """Member b`k` of EfficientNet-B0, of even sides unless another rounding is given."""
    settings = {"rounding": Rounding(resolution_multiple=2), **frame}
    made = family_member(
        Frame.of(get_baseline("efficientnet_b0"), **settings),  # type: ignore[arg-type]
        coefficients,
        k,
        convention,  # type: ignore[arg-type]
    )
    return Named(made.name, made)


SMALLER = member(0, convention="published", coefficients=PUBLISHED, classes=10)
LARGER = member(1, classes=37)
"""Wider, deeper and at another resolution than B0, by multipliers that nobody published."""


def written(name: str, named: Named, folder: Path) -> Path:
    """The export in a file."""
    form = FORMATS[name]
    path = folder / f"exported_{name}_{named.name}_{named.network.spec.key}{form.suffix}"
    path.write_text(form.one(named))
    return path


def imported(path: Path) -> ModuleType:
    """A Python export, imported as a user would."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # timm registers by the module's name
    spec.loader.exec_module(module)
    return module


def importable(name: str) -> Any:
    """The package, or a skip: torchvision's wheels need CUDA libraries beside torch's CPU build."""
    try:
        return importlib.import_module(name)
    except Exception as error:  # torchvision and timm, which imports it, raise RuntimeError
        pytest.skip(f"{name} cannot be imported here: {error}")


def params(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _padded_by_name(inputs: list[Any], outputs: list[Any]) -> Counter[str]:
    """A convolution with padding="same", of which fvcore knows nothing."""
    shapes = [value.type().sizes() for value in (*inputs[:2], outputs[0])]
    return Counter(conv=conv_flop_count(*shapes))


def _counted(model: nn.Module, named: Named) -> Counter[str]:
    spec = named.network.spec
    image = torch.zeros(1, spec.in_channels, spec.resolution_px, spec.resolution_px)
    with torch.no_grad():
        counted = FlopCountAnalysis(model.eval(), image).unsupported_ops_warnings(False)
        counted.set_op_handle("aten::_convolution_mode", _padded_by_name)
        return counted.uncalled_modules_warnings(False).by_operator()


def flops(model: nn.Module, named: Named) -> int:
    """What fvcore counts for one image."""
    return int(_counted(model, named).total())


def multiply_adds(model: nn.Module, named: Named) -> int:
    """Of convolutions and linear layers alone, for where the rest is written in other operators."""
    counted = _counted(model, named)
    return int(counted["conv"] + counted["linear"])


def pooled(named: Named) -> int:
    """FLOPs of the last pooling, which fvcore counts only where it is adaptive."""
    spec = named.network.spec
    return spec.head_width * spec.last_map_px**2


@pytest.fixture(params=[SMALLER, LARGER], ids=["b0", "b1"])
def exported(request: pytest.FixtureRequest) -> Named:
    named: Named = request.param
    return named
