"""Trained networks in files: weights as safetensors, and in their header what they are.

- `about`: what a file says of its network: the spec, how images are prepared, where it comes from;
- `files`: writing one, and reading it with everything checked;
- `keeping`: which trials of a sweep leave one, and how a worker writes it;
- `predicting`: images to labels.
"""

from scaling_search.networks.checkpoints.about import About
from scaling_search.networks.checkpoints.files import (
    Checkpoint,
    Written,
    is_checkpoint,
    load,
    read_about,
    save,
)

__all__ = ["About", "Checkpoint", "Written", "is_checkpoint", "load", "read_about", "save"]
