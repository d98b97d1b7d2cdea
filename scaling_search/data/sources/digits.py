"""scikit-learn's handwritten digits: 1,797 grey images of 8×8 pixels, values 0 to 16.

Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits (UCI, 1998).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib.metadata import version

import numpy as np

from scaling_search.data.sources.base import Located, RawImages, Source


def locate() -> Located:
    """The digits of the installed scikit-learn; its version is the stamp."""
    return Located(f"digits of scikit-learn {version('scikit-learn')}", 0.0, _open)


@contextlib.contextmanager
def _open() -> Iterator[Source]:
    from sklearn.datasets import load_digits  # takes a second: only where the cache is empty

    bunch = load_digits()
    images = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    yield Source(
        class_names=tuple(str(name) for name in bunch.target_names),
        train=RawImages(
            labels=bunch.target.astype(np.int64),
            names=[f"{row:04d}" for row in range(len(images))],
            place="digit ",
            load=lambda row: images[row],
        ),
    )
