"""This package's own `network()`, which expresses everything."""

from __future__ import annotations

from search_spaces.exports.base import PYTHON_TYPE, Named, PythonFormat

_SEPARATOR = "; "
_ASSIGNED = "model = "


def _parts(named: Named) -> list[str]:
    return named.network.python.split(_SEPARATOR)


PYTHON = PythonFormat(
    name="python",
    loads="scaling-search: run the file, or import it",
    suffix=".py",
    media_type=PYTHON_TYPE,
    imports=lambda named: tuple(_parts(named)[:-1]),
    body=lambda named: f"return {_parts(named)[-1].removeprefix(_ASSIGNED)}",
)
