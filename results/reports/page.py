"""One HTML file with figures that follow the reader's light or dark mode."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from results.figures import TEMPLATES
from search_spaces.human import amount, percent, points

Theme = Literal["auto", "light", "dark"]
_TITLE_PX = 62
"""What title and note take at the top of a figure."""
_WIDE = ("family", "parallel")
"""Figures of several axes side by side, which scroll where the window is narrow."""
_TALL_PX, _USUAL_PX = 560, 440


@dataclass(frozen=True)
class Panel:
    """A figure on a page, its title and note taken out of it to be text of the page.

    `document` is Plotly's JSON, safe inside a script element; None where there is nothing to draw,
    and then `note` says why.
    """

    name: str
    title: str
    note: str
    document: Markup | None
    height_px: int
    wide: bool

    @classmethod
    def of(cls, name: str, figure: go.Figure) -> Panel:
        """The panel of a figure, which stays as it is."""
        title = figure.layout.title
        if not figure.data:
            said = " ".join(annotation.text for annotation in figure.layout.annotations)
            return cls(name, title.text, said, None, 0, False)
        top = figure.layout.margin.t or figure.layout.template.layout.margin.t
        bare = go.Figure(figure).update_layout(title=None, template=None, height=None)
        bare.update_layout(margin_t=top - _TITLE_PX)
        height = figure.layout.height or (_TALL_PX if name == "triangle" else _USUAL_PX)
        note, wide = title.subtitle.text or "", name in _WIDE
        return cls(name, title.text, note, _script(bare.to_json()), height, wide)


def _script(document: str) -> Markup:
    """JSON that cannot end the script element that it stands in."""
    return Markup(re.sub(r"[<>&]", lambda found: f"\\u{ord(found[0]):04x}", document))


@cache
def environment() -> Environment:
    """Templates that escape all they are given, with numbers as people write them."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("results.reports"), PackageLoader("results.tables")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"amount": amount, "percent": percent, "points": points}
    return made


def _file(name: str) -> Markup:
    loader = environment().loader
    assert loader is not None
    return Markup(loader.get_source(environment(), name)[0])


def render(template: str, *, theme: Theme, **values: Any) -> str:
    """A template with styles, script and Plotly put in."""
    from plotly.offline import get_plotlyjs

    templates = {mode: one.to_plotly_json() for mode, one in TEMPLATES.items()}
    return (
        environment()
        .get_template(template)
        .render(
            theme=theme,
            style=_file("page.css"),
            script=_file("page.js"),
            plotly=Markup(get_plotlyjs()),
            templates=_script(json.dumps(templates)),
            **values,
        )
    )


def figure_page(title: str, panels: Sequence[Panel], *, theme: Theme = "auto") -> str:
    """A page with figures alone.

    Args:
        title: the page's.
        panels: from top to bottom.
        theme: light, dark, or as the reader's system is set.
    """
    return render("figures.html", theme=theme, title=title, panels=panels)
