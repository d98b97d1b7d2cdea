"""A covariance given as a table, as scikit-learn's Gaussian process wants it.

Imported only where a process is fitted: scikit-learn takes two seconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.gaussian_process.kernels import Kernel

Floats = NDArray[np.float64]


class Tabulated(Kernel):  # type: ignore[misc]  # scikit-learn has no types
    """Covariance of rows by their number, which is the only feature.

    The noise of means that share seeds and images is correlated, and many sums of the same few
    kernels are compared: both are cheap where covariances are looked up.

    Args:
        covariance: shape (N, N).
    """

    def __init__(self, covariance: Floats) -> None:
        self.covariance = covariance

    def __call__(self, X: Any, Y: Any = None, eval_gradient: bool = False) -> Any:  # noqa: N803
        """Covariance between rows (n, 1) and others (m, 1): (n, m)."""
        rows = X[:, 0].astype(np.intp)
        others = rows if Y is None else Y[:, 0].astype(np.intp)
        found = self.covariance[np.ix_(rows, others)]
        return (found, np.empty((*found.shape, 0))) if eval_gradient else found

    def diag(self, X: Any) -> Any:  # noqa: N803
        """Variances of rows (n, 1): (n,)."""
        return np.diag(self.covariance)[X[:, 0].astype(np.intp)]

    def is_stationary(self) -> bool:
        """No."""
        return False
