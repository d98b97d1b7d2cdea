"""The service's settings as text and as JSON: the table of `api.settings`, with values in force."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr
from rich.console import Console

from api.settings import load, settings_file, shown, table
from scaling_search.cli import output


def settings_document() -> dict[str, Any]:
    """Every setting, with its value in force as it is written in the environment.

    Raises:
        InputError: a setting is wrong.
    """
    found = load()
    rows = [
        {
            "name": row.name,
            "variable": row.variable,
            "default": row.default,
            "value": _value(getattr(found, row.name)),
            "help": row.help,
        }
        for row in table()
    ]
    file = settings_file()
    return {"file": str(file), "file_exists": file.is_file(), "settings": rows}


def _value(value: Any) -> str:
    return "(set, never shown)" if isinstance(value, SecretStr) else shown(value)


def show_settings(out: Console, document: dict[str, Any]) -> None:
    """A list of settings; those that differ from their defaults stand out."""
    made = output.table("name", "~value", "~help")
    for row in document["settings"]:
        differs = row["value"] != row["default"]
        text = row["help"] + (f" Default: {row['default'] or 'none'}." if differs else "")
        made.add_row(row["name"], row["value"] or "–", text, style="bold" if differs else None)
    out.print(made)
    there = "" if document["file_exists"] else ", which does not exist"
    out.print(
        f"From the environment as SCALING_SEARCH_ and the name in capitals, else from "
        f"{document['file']}{there}",
        markup=False,
        soft_wrap=True,
    )
