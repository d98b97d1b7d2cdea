"""Write the `--help` texts into docs/cli.md: `python -m scaling_search.cli.docs`.

In the document each command has a place: a line `<!-- help: plan -->`, a fenced block, and a line
`<!-- end -->`. What stands between them is replaced by what `scaling-search plan --help` prints.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from typer.testing import CliRunner

from scaling_search.cli.app import app
from search_spaces.errors import InputError

_PLACE = re.compile(r"<!-- help:(?P<command>[a-z -]*)-->\n.*?<!-- end -->", re.DOTALL)
_WIDTH = 100


def help_text(command: str) -> str:
    """What `scaling-search COMMAND --help` prints on 100 columns."""
    words = [*command.split(), "--help"]
    shown = CliRunner().invoke(
        app, words, prog_name="scaling-search", terminal_width=_WIDTH, catch_exceptions=False
    )
    if shown.exit_code != 0:
        raise InputError(f"there is no command `scaling-search {command}`")
    return "\n".join(line.rstrip() for line in shown.output.rstrip().splitlines())


def documented(text: str) -> list[str]:
    """The commands that have a place in a document; "" is the program itself."""
    return [found["command"].strip() for found in _PLACE.finditer(text)]


def updated(text: str) -> str:
    """The document with every help text as it is now."""

    def fill(found: re.Match[str]) -> str:
        command = found["command"].strip()
        opening = f"<!-- help: {command} -->" if command else "<!-- help: -->"
        return f"{opening}\n```\n{help_text(command)}\n```\n<!-- end -->"

    return _PLACE.sub(fill, text)


def main(path: str = "docs/cli.md") -> None:
    """Bring a document up to date."""
    document = Path(path)
    document.write_text(updated(document.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
