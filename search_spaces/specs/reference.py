"""The reference of a space file's keys, generated from the models that validate it.

`python -m search_spaces.specs.reference` rewrites the table in docs/search-spaces.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from search_spaces.specs.reading import nested_model
from search_spaces.specs.sweep import SweepSpec

BEGIN, END = "<!-- keys: generated -->", "<!-- /keys -->"


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is PydanticUndefined:
        return "required"
    if value is None or isinstance(value, BaseModel):
        return ""
    if isinstance(value, tuple):
        if any(isinstance(item, BaseModel) for item in value):
            return ""
        value = list(value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value != "" else ""


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """(dotted key, default, description) of every key, depth first."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        inner = nested_model(field)
        yield key, _default(field), field.description or (inner.__doc__ or "").split("\n")[0]
        if inner is not None:
            yield from rows(inner, f"{key}.")


def table() -> str:
    """All keys as a Markdown table."""
    lines = ["| key | default | meaning |", "| --- | --- | --- |"]
    lines += [
        f"| `{key}` | {default} | {' '.join(text.split()).replace('|', chr(92) + '|')} |"
        for key, default, text in rows(SweepSpec)
    ]
    return "\n".join(lines)


def rewritten(text: str) -> str:
    """A document with the table between its markers brought up to date."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/search-spaces.md")
    path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")
