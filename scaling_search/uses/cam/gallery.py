"""The pages of a comparison: PNG images, and one HTML file that needs nothing else.

Both are written as rows come in, so that a gallery of any length takes the memory of a page.
"""

from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from plotly.colors import sample_colorscale, unlabel_rgb

from scaling_search.uses.cam.comparing import Panel, Row, Shown, Tally
from search_spaces.errors import InputError

CELL_PX: Final = 160
PAGE_ROWS: Final = 24
_TEXT_PX: Final = 34
_GAP_PX: Final = 8
_OUTLINE: Final = (255, 255, 255)


@cache
def _colours() -> NDArray[np.float32]:
    """256 colours from dark to bright, of even steps for the eye."""
    found = sample_colorscale("Inferno", list(np.linspace(0, 1, 256)))
    return np.array([unlabel_rgb(one) for one in found], np.float32)


def photograph(pixels: NDArray[np.uint8]) -> Image.Image:
    """(S, S, C) as a cell of the gallery."""
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).convert("RGB")
    smooth = Image.Resampling.LANCZOS if image.width > CELL_PX else Image.Resampling.BICUBIC
    return image.resize((CELL_PX, CELL_PX), smooth)


def overlay(pixels: NDArray[np.uint8], heat: NDArray[np.float32]) -> Image.Image:
    """A map laid over its image, the more opaque the more evidence."""
    base = np.asarray(photograph(pixels).convert("L").convert("RGB"), np.float32)
    large = Image.fromarray(heat).resize((CELL_PX, CELL_PX), Image.Resampling.BILINEAR)
    values = np.asarray(large, np.float32).clip(0, 1)
    opacity = (0.25 + 0.6 * values)[..., None]
    colours = _colours()[(values * 255).astype(np.int64)]
    return Image.fromarray((base * (1 - opacity) + colours * opacity).astype(np.uint8))


def outlined(image: Image.Image, mask: NDArray[np.bool_] | None) -> Image.Image:
    """The object's border drawn on a cell."""
    if mask is None or not mask.any():
        return image
    large = Image.fromarray(mask.astype(np.uint8) * 255).resize(image.size)
    inside = np.asarray(large) > 127
    padded = np.pad(inside, 1)
    core = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    drawn = np.array(image)
    drawn[inside & ~core] = _OUTLINE
    return Image.fromarray(drawn)


def _data_uri(image: Image.Image) -> str:
    content = io.BytesIO()
    image.save(content, "WEBP", quality=85)
    return "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode()


@dataclass(frozen=True)
class _Cell:
    """A picture with what stands below it."""

    picture: Image.Image
    lines: tuple[str, ...]


def _cells(row: Row, class_names: Sequence[str]) -> list[_Cell]:
    subject = row.subject
    label = "" if subject.label is None else class_names[subject.label]
    original = outlined(photograph(subject.pixels), subject.mask)
    cells = [_Cell(original, (subject.name, label))]
    for panel in row.panels:
        picture = outlined(overlay(subject.pixels, panel.heat), subject.mask)
        cells.append(_Cell(picture, _caption(panel, subject.label, class_names)))
    return cells


def _caption(panel: Panel, label: int | None, class_names: Sequence[str]) -> tuple[str, ...]:
    verdict = "" if label is None else " (right)" if panel.predicted == label else " (wrong)"
    first = f"{class_names[panel.predicted]} {panel.probability:.0%}{verdict}"
    if panel.localisation is None:
        return (first,)
    hit = "on the object" if panel.localisation.hit else "off the object"
    return (first, f"{hit}, energy {panel.localisation.energy:.0%}")


class _Pages:
    """PNG pages, each written when it is full."""

    def __init__(self, folder: Path, headings: Sequence[str]) -> None:
        self._folder, self._headings = folder, headings
        self._font = ImageFont.load_default(13)
        self._rows: list[list[_Cell]] = []
        self.written: list[Path] = []

    def add(self, cells: list[_Cell]) -> None:
        self._rows.append(cells)
        if len(self._rows) == PAGE_ROWS:
            self.flush()

    def flush(self) -> None:
        if not self._rows:
            return
        width = len(self._headings) * (CELL_PX + _GAP_PX) + _GAP_PX
        height = len(self._rows) * (CELL_PX + _TEXT_PX + _GAP_PX) + _TEXT_PX
        page = Image.new("RGB", (width, height), "white")
        draw = ImageDraw.Draw(page)
        for column, heading in enumerate(self._headings):
            draw.text((self._left(column), 8), heading, "black", self._font)
        for number, cells in enumerate(self._rows):
            top = _TEXT_PX + number * (CELL_PX + _TEXT_PX + _GAP_PX)
            for column, cell in enumerate(cells):
                page.paste(cell.picture, (self._left(column), top))
                for line, text in enumerate(cell.lines[:2]):
                    place = (self._left(column), top + CELL_PX + 2 + 15 * line)
                    draw.text(place, self._fitting(text), "black", self._font)
        path = self._folder / f"gallery-{len(self.written) + 1}.png"
        # 256 colours of its own, well chosen, take a third of the bytes; the database keeps a page.
        page.quantize(256, kmeans=3).save(path, optimize=True)
        self.written.append(path)
        self._rows = []

    @staticmethod
    def _left(column: int) -> int:
        return _GAP_PX + column * (CELL_PX + _GAP_PX)

    def _fitting(self, text: str) -> str:
        while text and self._font.getlength(text) > CELL_PX:
            text = text[:-1]
        return text


def write_gallery(
    folder: Path, rows: Iterable[Row], networks: Sequence[Shown], tally: Tally, *, title: str
) -> list[Path]:
    """Write `gallery.html` and `gallery-1.png`, …; rows are counted in `tally` as they pass.

    Returns:
        The files, the HTML first.

    Raises:
        InputError: the folder cannot be written to.
    """
    class_names = networks[0].checkpoint.about.class_names
    pages = _Pages(folder, ["image", *(one.name for one in networks)])

    def passing() -> Iterator[dict[str, Any]]:
        for row in rows:
            tally.add(row)
            cells = _cells(row, class_names)
            pages.add(cells)
            yield _html_row(cells)

    page, unfinished = folder / "gallery.html", folder / ".gallery.html.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("w", encoding="utf-8") as file:
            for part in _template().generate(
                title=title,
                about=_ABOUT,
                networks=tally.to_dict(),
                rows=passing(),
                tally=tally.to_dict,
                cell_px=CELL_PX,
            ):
                file.write(part)
        pages.flush()
        unfinished.replace(page)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written to ({error.strerror or error}): name another folder with "
            "--output"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()
    return [page, *pages.written]


_ABOUT: Final = (
    "Where each network finds evidence for a class: bright where there is most. A white line is "
    "the border of the object, where its place is known."
)


def _html_row(cells: Sequence[_Cell]) -> dict[str, Any]:
    first, *others = cells
    return {
        "image": _data_uri(first.picture),
        "name": first.lines[0],
        "label": first.lines[1],
        "panels": [
            {
                "image": _data_uri(cell.picture),
                "alt": f"Map: {cell.lines[0]}",
                "text": cell.lines[0],
                "place": cell.lines[1] if len(cell.lines) > 1 else "",
            }
            for cell in others
        ],
    }


def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("scaling_search.uses.cam")
    return jinja2.Environment(loader=loader, autoescape=True).get_template("gallery.html")
