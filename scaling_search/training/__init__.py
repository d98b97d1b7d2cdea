"""The training behind a trial: callable without Ray, knows nothing of the database.

- `images`: uint8 to inputs: order, augmentation in source pixels, one resize, normalisation;
- `randomness`: a seed for each random choice;
- `optimisation`: optimizer and learning rate of a recipe;
- `evaluation`: batch-norm statistics, loss and accuracy of a network;
- `start`: the weights to start from, and when which of them are trained;
- `isolation`: saves and restores torch's global settings around a trial;
- `compiled`: whether a network trains on the layers of `cpu`;
- `cpu`: layers that one CPU thread trains faster, on compiled kernels;
- `training`: one trial, step by step (`train`, `Training`);
- `calibration`: which memory format is faster on this machine.
"""

from scaling_search.training.evaluation import Evaluation, evaluate
from scaling_search.training.start import Start
from scaling_search.training.training import Training, train

__all__ = [
    "Evaluation",
    "Start",
    "Training",
    "evaluate",
    "train",
]
