"""Figures, and the files that they are drawn to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from results.reader import Reader
from scaling_search.cli import exports, options
from search_spaces.errors import InputError, suggest

COMPARE = "compare"
STATIC = ("png", "svg", "pdf")
FORMATS = ("html", "json", *STATIC)
THEMES = ("auto", "light", "dark")
_WIDTH_PX, _HEIGHT_PX, _TALL_PX, _SCALE = 900, 560, 700, 2


def choose_format(target: Path) -> str:
    """The format that a file's name asks for.

    Raises:
        InputError: it is unknown, or needs what is not installed.
    """
    chosen = target.suffix.lower().removeprefix(".")
    if chosen not in FORMATS:
        raise InputError(
            f"{target} ends in {target.suffix or 'no format'}: name a file that ends in "
            f"{', '.join('.' + one for one in FORMATS[:-1])} or .{FORMATS[-1]}"
        )
    if chosen in STATIC and find_spec("kaleido") is None:
        raise InputError(
            f"{target}: static images need the extra `images`: pip install "
            "'scaling-search[images]', or name a file that ends in .html"
        )
    return chosen


@dataclass(frozen=True)
class FigureFile:
    """A file that a figure is drawn to."""

    path: Path
    format: str
    theme: str

    @classmethod
    def at(cls, output: str, name: str, options: options.Figure) -> FigureFile:
        """The file of that name, or NAME.html in that folder.

        Raises:
            InputError: as `choose_format`, the theme is unknown, or the file exists or cannot be
                written.
        """
        check_theme(options.theme)
        path = Path(output) if output == "-" else exports.in_folder(output, f"{name}.html")
        chosen = choose_format(path)
        exports.check_target(path, force=options.force)
        return cls(path, chosen, options.theme)

    def write(self, figure: Any, kind: str) -> None:
        """Draw a figure.

        Raises:
            InputError: an image is asked for and there is no browser to draw it, or the file cannot
                be written.
        """
        exports.write(_render(figure, kind, self.format, self.theme), self.path)


def check_theme(theme: str) -> None:
    """Refuse an unknown theme.

    Raises:
        InputError: with the remedy.
    """
    if theme not in THEMES:
        raise InputError(f"theme {theme!r} is unknown: {suggest(theme, THEMES)}")


def draw(reader: Reader, kind: str, sweeps: Sequence[int]) -> Any:
    """A figure of one sweep, or the comparison of several.

    Raises:
        InputError: the figure or a sweep does not exist, or the number of sweeps does not fit.
    """
    from results.figures import compare
    from results.views import FIGURES, SweepView

    if kind == COMPARE:
        return compare([SweepView(reader, sweep).compared() for sweep in sweeps])
    if kind not in FIGURES:
        raise InputError(f"figure {kind!r} is unknown: {suggest(kind, [*FIGURES, COMPARE])}")
    if len(sweeps) != 1:
        raise InputError(
            f"{kind} shows one sweep and {len(sweeps)} are given: `scaling-search plot {COMPARE}` "
            "takes several"
        )
    return SweepView(reader, sweeps[0]).figure(kind)


def _render(figure: Any, kind: str, chosen: str, theme: str) -> bytes:
    # The theme `auto` is light where the file cannot follow its reader.
    if chosen == "html":
        from results.reports import Panel, figure_page

        title = figure.layout.title.text
        return figure_page(title, [Panel.of(kind, figure)], theme=theme).encode()  # type: ignore[arg-type]
    from results.figures import themed

    themed_figure = themed(figure, "dark" if theme == "dark" else "light")
    if chosen == "json":
        return str(themed_figure.to_json()).encode() + b"\n"
    return _image(themed_figure, kind, chosen)


def _image(figure: Any, kind: str, chosen: str) -> bytes:
    import kaleido
    import plotly
    from kaleido.errors import ChromeNotFoundError

    ours = Path(plotly.__file__).with_name("package_data") / "plotly.min.js"
    height = figure.layout.height or (_TALL_PX if kind == "triangle" else _HEIGHT_PX)
    try:
        image: bytes = kaleido.calc_fig_sync(
            figure.to_plotly_json(),
            opts={"format": chosen, "width": _WIDTH_PX, "height": height, "scale": _SCALE},
            kopts={"plotlyjs": ours, "mathjax": False},  # otherwise it asks the network for both
        )
    except ChromeNotFoundError:
        raise InputError(
            f"{chosen} images are drawn by Chrome or Chromium, which is not installed here: "
            "install one (for example `apt install chromium`), or name a file that ends in .html"
        ) from None
    return image
