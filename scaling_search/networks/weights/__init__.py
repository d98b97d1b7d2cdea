"""Trained weights from and to other libraries, by the names of their state dicts.

- `files`: safetensors, and PyTorch files of plain tensors;
- `exchange`: renaming, and what it says of a file that does not fit.
"""

from scaling_search.networks.weights.exchange import (
    OFFICIAL_SETTINGS,
    OWN,
    convert,
    detect,
    load_weights,
    published,
    save_weights,
)
from scaling_search.networks.weights.files import read_tensors, write_tensors

__all__ = [
    "OFFICIAL_SETTINGS",
    "OWN",
    "convert",
    "detect",
    "load_weights",
    "published",
    "read_tensors",
    "save_weights",
    "write_tensors",
]
