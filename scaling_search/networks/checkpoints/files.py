"""Checkpoint files: one safetensors file that appears whole or not at all.

The header's metadata hold `scaling_search`, the JSON of `About`, and `digest`, a hash over that
text and every tensor, so that neither can be changed unnoticed. Other programs read the tensors as
in any safetensors file. Nothing of a file is ever executed, nor is code that it names: the network
of a baseline of the user's own is built where the user names that baseline.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from scaling_search.networks.checkpoints.about import About
from scaling_search.networks.checkpoints.fitting import described, fitted
from search_spaces.errors import InputError, WorkError
from search_spaces.networks.spec import NetworkSpec

SUFFIX: Final = ".safetensors"
_ABOUT: Final = "scaling_search"
_DIGEST: Final = "digest"
_PICKLES: Final = (b"\x80", b"PK\x03\x04")
"""How files of `pickle` and of `torch.save` begin."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Written:
    """A file as it was written: the SHA-256 of all its bytes, and how many they are."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Checkpoint:
    """A file as it was read: the network with its weights, in evaluation mode, on the CPU."""

    about: About
    network: nn.Module


def _digest(about: str, tensors: Mapping[str, Tensor]) -> str:
    found = hashlib.sha256(about.encode())
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


def save(path: Path, network: nn.Module, about: About) -> Written:
    """Write a network's weights with what they are.

    Raises:
        InputError: the folder cannot be written to.
        WorkError: the disk is full.
    """
    tensors = {
        name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()
    }
    text = about.model_dump_json()
    metadata = {"format": "pt", _ABOUT: text, _DIGEST: _digest(text, tensors)}
    content = to_bytes(tensors, metadata)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if error.errno in _FULL:
            raise WorkError(
                f"the disk of {path.parent} is full: free {len(content):,} bytes for the weights"
            ) from None
        raise InputError(
            f"{path} cannot be written ({error.strerror or error}): name a file in a folder that "
            "can be written to"
        ) from None
    return Written(hashlib.sha256(content).hexdigest(), len(content))


def _refuse_other_kinds(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}): name a checkpoint, a file that "
            f"ends in {SUFFIX}"
        ) from None
    if start.startswith(_PICKLES):
        raise InputError(
            f"{path} is a pickle, which may run any code when it is read, and so is not read: save "
            "the weights as safetensors where they come from"
        )


def is_checkpoint(path: Path) -> bool:
    """Whether a file is safetensors with a description of ours, which may still be damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            return _ABOUT in (file.metadata() or {})
    except (SafetensorError, OSError):
        return False


def read_about(path: Path) -> About:
    """What a file says of its network, after checking that neither it nor the weights were changed.

    Raises:
        InputError: it cannot be read, is a pickle, holds no description of ours, or was changed.
    """
    return _read(path)[0]


def _open(path: Path) -> tuple[dict[str, str], list[str]]:
    """Metadata and names of tensors."""
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {}), list(file.keys())
    except (SafetensorError, OSError) as error:
        # Only now: a good file may begin as a pickle does, by the length of its header.
        _refuse_other_kinds(path)
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} is no safetensors file, or damaged ({error}): name a checkpoint of this program, "
        "or copy it again"
    )


def _read(path: Path) -> tuple[About, dict[str, Tensor]]:
    """The description and the tensors; nothing is made of either before their digest is right."""
    metadata, names = _open(path)
    if _ABOUT not in metadata:
        raise InputError(
            f"{path} holds weights, but not what network they are of: it is no checkpoint of this "
            "program"
        )
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise _damaged(path, error) from None
    if metadata.get(_DIGEST) != _digest(metadata[_ABOUT], tensors):
        raise InputError(
            f"{path} was changed since it was written (its weights and description do not hash to "
            "what it says): restore it, or train the network again"
        )
    try:
        return About.model_validate_json(metadata[_ABOUT]), tensors
    except (ValidationError, InputError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: its description cannot be read ({reason}); it was changed, or written by a "
            "later version of this program"
        ) from None


def load(
    path: Path, *, expected: NetworkSpec | None = None, sha256: str | None = None
) -> Checkpoint:
    """The network of a file, after checking that file, weights and description belong together.

    Args:
        path: the file.
        expected: the network that it must be of, where only one will do.
        sha256: what its bytes must hash to, where that was recorded.

    Raises:
        InputError: it cannot be read, is a pickle, was changed since it was written, is of a
            baseline of the user's own that was not named, its tensors do not fit its network (the
            first that does not is named), or it is of another network.
    """
    if sha256 is not None and file_hash(path) != sha256:
        raise InputError(
            f"{path} is not the file that was recorded (its SHA-256 differs from {sha256[:12]}…): "
            "restore it, or train the network again"
        )
    about, tensors = _read(path)
    if expected is not None and about.network != expected:
        raise InputError(
            f"{path} is of another network: {described(about.network)}; wanted is "
            f"{described(expected)}"
        )
    return Checkpoint(about, fitted(path, about, tensors))


def file_hash(path: Path) -> str:
    """SHA-256 of all bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
