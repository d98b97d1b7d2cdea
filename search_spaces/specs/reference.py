"""The reference of a space file's keys, generated from the models that validate it.

`python -m search_spaces.specs.reference` rewrites the table in docs/search-spaces.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from search_spaces.specs.reading import nested_model
from search_spaces.specs.sweep import SweepSpec


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


def replace_table(text: str, marker: str, table: str) -> str:
    """A document with another table between `<!-- marker: generated -->` and `<!-- /marker -->`."""
    begin, end = f"<!-- {marker}: generated -->", f"<!-- /{marker} -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}"


def rewrite(path: Path, marker: str, table: str) -> None:
    """Replace the table in a file."""
    path.write_text(replace_table(path.read_text(encoding="utf-8"), marker, table), "utf-8")


if __name__ == "__main__":
    rewrite(Path("docs/search-spaces.md"), "keys", table())
