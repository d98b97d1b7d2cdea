"""A smooth surface of accuracy over the triangle, with what is not known of it.

A Gaussian process (Rasmussen & Williams, *Gaussian Processes for Machine Learning*, 2006, chapter
2) through the candidates' means, whose noise is that of the seeds. Its amplitude is the spread of
the means, so that where seeds hide the differences the surface stays as unsure as it was before.
"""

from __future__ import annotations

import base64
import io
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image
from plotly.colors import hex_to_rgb

from results.figures.plane import HEIGHT, inside
from results.figures.style import RAMP

FEWEST = 4
"""Directions below which there is no surface: three points are a plane, whatever they say."""

_CELLS = 16
_PIXELS = 240
_SCALE = np.stack(
    [
        np.interp(np.linspace(0, 2, 256), range(3), channel)
        for channel in zip(*map(hex_to_rgb, RAMP), strict=True)
    ],
    axis=-1,
).astype(np.uint8)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """The smoothing: mean and standard deviation anywhere on the triangle.

    `prior` is the standard deviation far from every candidate.
    """

    regressor: object
    centre: float
    prior: float

    def at(self, xy: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the accuracy at places of shape (n, 2); each (n,)."""
        mean, sd = self.regressor.predict(xy, return_std=True)  # type: ignore[attr-defined]
        return self.centre + self.prior * mean, self.prior * sd


def fit(xy: Floats, mean: Floats, variance: Floats) -> Surface | None:
    """Smooth means at places of shape (n, 2), with the variance of each mean; both (n,).

    None where there are fewer than `FEWEST` places, or all means are equal. Many places are
    gathered into cells first: the time grows with their cube.
    """
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF

    xy, mean, variance = _gathered(xy, mean, variance)
    spread = float(mean.std(ddof=1)) if len(mean) > 1 else 0.0
    if len(mean) < FEWEST or spread == 0:
        return None
    centre = float(mean.mean())
    regressor = GaussianProcessRegressor(
        RBF(0.4, length_scale_bounds=(0.2, 1.2)), alpha=np.maximum(variance / spread**2, 1e-6)
    )
    with warnings.catch_warnings():  # a length at its bound is no failure: the bound is meant
        warnings.simplefilter("ignore")
        regressor.fit(xy, (mean - centre) / spread)
    return Surface(regressor, centre, spread)


def _gathered(xy: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats, Floats]:
    """Means of cells that hold several places, weighted by how sure each is."""
    weight = 1 / np.maximum(variance, 1e-8)
    frame = pd.DataFrame(
        {
            "column": np.round(xy[:, 0] * _CELLS),
            "row": np.round(xy[:, 1] * _CELLS),
            "weight": weight,
            "x": xy[:, 0] * weight,
            "y": xy[:, 1] * weight,
            "mean": mean * weight,
        }
    )
    cells = frame.groupby(["column", "row"]).sum()
    total = cells["weight"].to_numpy()
    by_weight = cells[["x", "y", "mean"]].to_numpy() / total[:, None]
    return by_weight[:, :2], by_weight[:, 2], 1 / total


def grid(columns: int, rows: int) -> Floats:
    """Places over the triangle's bounding box, row by row from the bottom; (rows·columns, 2)."""
    x, y = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, HEIGHT, rows))
    return np.stack([x.ravel(), y.ravel()], axis=-1)


def picture(surface: Surface, low: float, high: float) -> str:
    """The surface as a PNG (a data URL) over the bounding box of the triangle.

    Colour is the mean between `low` and `high`; it fades as the standard deviation nears the
    prior's.
    """
    columns, rows = _PIXELS, round(_PIXELS * HEIGHT)
    places = grid(columns, rows)
    mean, sd = surface.at(places)
    shade = np.clip((mean - low) / max(high - low, 1e-9), 0, 1)
    edge = np.clip(inside(places) * _PIXELS + 0.5, 0, 1)  # smooth over one pixel
    sure = 1 - np.clip(sd / surface.prior, 0, 1)
    pixels = np.empty((rows, columns, 4), dtype=np.uint8)
    pixels[..., :3] = _SCALE[(255 * shade).astype(np.uint8)].reshape(rows, columns, 3)
    pixels[..., 3] = (255 * edge * (0.06 + 0.94 * sure)).reshape(rows, columns)
    buffer = io.BytesIO()
    Image.fromarray(pixels[::-1]).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
