"""Static int8 quantisation of ONNX files (onnxruntime), calibrated on images."""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scaling_search.uses.edge.onnx_files import needed
from search_spaces.errors import InputError

WARN_LOSS: Final = 0.01
"""Accuracy, 0 to 1: a larger loss is a warning."""
MAX_LOSS: Final = 0.05
"""A larger loss is an error, and the file is not written, unless another limit is given."""

_ROUNDING: Final = 1e-9

Verdict: TypeAlias = Literal["kept", "warning", "refused"]


def verdict(loss: float, max_loss: float = MAX_LOSS) -> Verdict:
    """Of the accuracy that int8 lost: `kept` up to 1 point, `refused` above a limit.

    A loss that equals a limit, but for rounding, is within it.
    """
    if not loss <= max_loss + _ROUNDING:
        return "refused"
    return "kept" if loss <= WARN_LOSS + _ROUNDING else "warning"


class _Images:
    """What onnxruntime asks for one input after another."""

    def __init__(self, batches: Sequence[NDArray[np.float32]]) -> None:
        self._waiting = iter(batches)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next batch, or None after the last."""
        return next(({"images": batch} for batch in self._waiting), None)


def quantise(source: Path, target: Path, batches: Sequence[NDArray[np.float32]]) -> int:
    """An ONNX file with int8 weights and activations; the bytes of the file.

    Weights have a scale per channel, activations one per tensor, from the smallest and largest
    value on the calibration batches, each (N, C, H, W). On processors without VNNI, 8-bit products
    may saturate.

    Raises:
        InputError: there are no images, or onnxruntime is not installed.
    """
    if not batches:
        raise InputError("int8 has no images to calibrate on: name a data set")
    needed("onnx")
    tools = needed("onnxruntime.quantization")
    prepare = needed("onnxruntime.quantization.shape_inference")
    logging.getLogger().setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory(prefix="scaling-search-int8-") as folder,
        contextlib.redirect_stdout(io.StringIO()),
    ):
        folded = Path(folder, "folded.onnx")  # batch norm in the convolutions before it
        prepare.quant_pre_process(str(source), str(folded), skip_symbolic_shape=True)
        reader = type("Reader", (_Images, tools.CalibrationDataReader), {})(batches)
        tools.quantize_static(
            str(folded),
            str(target),
            reader,
            quant_format=tools.QuantFormat.QDQ,
            per_channel=True,
            activation_type=tools.QuantType.QUInt8,
            weight_type=tools.QuantType.QInt8,
        )
    return target.stat().st_size
