"""Files of tensors. Nothing in them is executed: no pickles but those of plain tensors are read."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from search_spaces.errors import InputError

_SAFETENSORS: Final = ".safetensors"
_TORCH: Final = (".pt", ".pth", ".bin")
_WRAPPERS: Final = ("state_dict", "model", "model_state", "model_state_dict")
"""Keys under which training programs keep the state dict in a larger file."""


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The state dict of a file, on the CPU.

    Raises:
        InputError: the file is not there, of another kind, or holds anything but tensors.
    """
    if not path.is_file():
        raise InputError(f"{path} is no file: name one of {_SAFETENSORS}, {', '.join(_TORCH)}")
    try:
        if path.suffix == _SAFETENSORS:
            return dict(load_file(path))
        if path.suffix in _TORCH:
            return _state(torch.load(path, map_location="cpu", weights_only=True), path)
    except InputError:
        raise
    except Exception as error:  # torch raises almost anything on damaged files
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"{path} cannot be read as tensors alone ({reason}): save the state dict by itself, "
            "as safetensors or with torch.save(model.state_dict(), …)"
        ) from None
    raise InputError(
        f"{path} ends in {path.suffix or 'nothing'}: weights are read from {_SAFETENSORS}, "
        f"{', '.join(_TORCH)}"
    )


def _state(loaded: Any, path: Path) -> dict[str, Tensor]:
    for key in _WRAPPERS:
        if isinstance(loaded, dict) and isinstance(loaded.get(key), dict):
            loaded = loaded[key]
    if not isinstance(loaded, dict) or not loaded:
        raise InputError(f"{path} holds {type(loaded).__name__}: it must be a state dict")
    for name, value in loaded.items():
        if not (isinstance(name, str) and isinstance(value, Tensor)):
            raise InputError(f"{path} holds {name!r}, which is no tensor: it must be a state dict")
    return {name.removeprefix("module."): value for name, value in loaded.items()}


def write_tensors(tensors: dict[str, Tensor], path: Path) -> None:
    """A state dict to a file that appears whole or not at all; the name's ending decides its kind.

    Raises:
        InputError: the ending is of no kind, or the file cannot be written.
    """
    if path.suffix not in (_SAFETENSORS, *_TORCH):
        raise InputError(
            f"{path} ends in {path.suffix or 'nothing'}: weights are written to {_SAFETENSORS}, "
            f"{', '.join(_TORCH)}"
        )
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        if path.suffix == _SAFETENSORS:
            save_file(plain, temporary)
        else:
            torch.save(plain, temporary)
        temporary.replace(path)
    except (OSError, RuntimeError, SafetensorError) as error:
        temporary.unlink(missing_ok=True)
        raise InputError(
            f"{path} cannot be written ({error}): name a file in a folder that is writable"
        ) from None
