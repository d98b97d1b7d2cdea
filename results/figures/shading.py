"""The stored surface over the triangle as a picture, and its values on a grid."""

from __future__ import annotations

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image
from plotly.colors import hex_to_rgb

from results.figures.plane import HEIGHT, inside, place, shares_at
from results.figures.style import RAMP
from results.values import TriangleSurface, lattice

_PIXELS = 240
_SCALE = np.stack(
    [
        np.interp(np.linspace(0, 2, 256), range(3), channel)
        for channel in zip(*map(hex_to_rgb, RAMP), strict=True)
    ],
    axis=-1,
).astype(np.uint8)

Floats = npt.NDArray[np.float64]


def grid(columns: int, rows: int) -> Floats:
    """Places over the triangle's bounding box, row by row from the bottom; (rows·columns, 2)."""
    x, y = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, HEIGHT, rows))
    return np.stack([x.ravel(), y.ravel()], axis=-1)


def interpolated(surface: TriangleSurface, xy: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation at places of shape (n, 2), each (n,); outside, at the edge."""
    from scipy.interpolate import CloughTocher2DInterpolator

    shares = lattice(surface.divisions)
    values = np.column_stack([surface.mean, surface.std])
    smooth = CloughTocher2DInterpolator(place(shares[:, 0], shares[:, 2]), values)
    nearest = np.maximum(shares_at(xy), 1e-6)
    nearest /= nearest.sum(axis=1, keepdims=True)
    mean, std = smooth(place(nearest[:, 0], nearest[:, 2])).T
    return mean, std


def picture(surface: TriangleSurface, low: float, high: float) -> str:
    """The surface as a PNG (a data URL) over the bounding box of the triangle.

    Colour is the mean between `low` and `high`; it fades as the standard deviation nears the
    prior's.
    """
    columns, rows = _PIXELS, round(_PIXELS * HEIGHT)
    places = grid(columns, rows)
    mean, std = interpolated(surface, places)
    shade = np.clip((mean - low) / max(high - low, 1e-9), 0, 1)
    edge = np.clip(inside(places) * _PIXELS + 0.5, 0, 1)  # smooth over one pixel
    sure = 1 - np.clip(std / max(surface.prior_std, 1e-9), 0, 1)
    pixels = np.empty((rows, columns, 4), dtype=np.uint8)
    pixels[..., :3] = _SCALE[(255 * shade).astype(np.uint8)].reshape(rows, columns, 3)
    pixels[..., 3] = (255 * edge * (0.06 + 0.94 * sure)).reshape(rows, columns)
    buffer = io.BytesIO()
    Image.fromarray(pixels[::-1]).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
