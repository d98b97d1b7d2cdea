"""Where text goes: data to stdout, progress and remarks to stderr; no ANSI unless a terminal."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from results.tables.table import Table as Layout

_WIDTH_OF_FILES = 100


def console(*, err: bool = False) -> Console:
    """A console for stdout or stderr, as they are now; 100 columns where it is no terminal."""
    stream = sys.stderr if err else sys.stdout
    terminal = stream.isatty()
    return Console(
        file=stream,
        width=None if terminal else _WIDTH_OF_FILES,
        force_terminal=None if terminal else False,
        no_color=None if terminal else True,
        highlight=False,
        markup=False,  # names of files and classes are no markup: [bold], :cat:
        emoji=False,
        soft_wrap=False,
    )


def paragraph(out: Console, label: str, text: str, *, style: str | None = None) -> None:
    """A text behind a label, wrapped with a hanging indent."""
    lines = textwrap.fill(label + text, out.width, subsequent_indent="  ", break_long_words=False)
    out.print(lines, markup=False, style=style, soft_wrap=True)


def print_json(document: Any) -> None:
    r"""One JSON document on stdout; bytes of a path that are no UTF-8 as `\udce9`, as JSON may."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=str)
    typer.echo(text.encode("utf-8", "backslashreplace").decode())


def remark(text: str) -> None:
    """A line on stderr, for people."""
    console(err=True).print(text, markup=False)


def table(*headings: str, title: str | None = None) -> Table:
    """A plain table; a heading that starts with > is right-aligned, with ~ may wrap."""
    made = Table(
        box=box.SIMPLE_HEAD,
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    for heading in headings:
        made.add_column(
            heading.lstrip(">~"),
            justify="right" if heading.startswith(">") else "left",
            no_wrap=not heading.startswith("~"),
            overflow="fold",
        )
    return made


def drawn(layout: Layout[Any]) -> Table:
    """A table of `results.tables`."""
    made = table()
    for column in layout.columns.values():
        made.add_column(
            column.heading,
            justify="right" if column.numeric else "left",
            no_wrap=not column.wraps,
            overflow="fold",
        )
    for row in layout.rows:
        made.add_row(*row.cells, style="bold" if row.lead else None)
    return made
