"""Where a database stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from results.database import Database
from results.migrations import status
from results.migrations.runner import revisions


def database_document(url: str | None) -> dict[str, Any]:
    """Place, kind, schema, and whether that is this version's.

    An SQLite file that does not exist yet is not created: its `revision` is null.
    """
    database = Database(url)
    try:
        absent = database.is_sqlite and not Path(str(database.url.database)).exists()
        found = None if absent else status(database)
        return {
            "database": str(database),
            "kind": "sqlite" if database.is_sqlite else "postgresql",
            "exists": not absent,
            "revision": found.revision if found else None,
            "head": revisions()[-1],
            "current": bool(found and found.current),
        }
    finally:
        database.close()


def describe(document: dict[str, Any]) -> str:
    """One sentence."""
    place, head = document["database"], document["head"]
    if not document["exists"]:
        return f"{place} does not exist yet: it is created when it is first used"
    if document["current"]:
        return f"{place} has schema {head}, which is this version's"
    have = f"schema {document['revision']}" if document["revision"] else "no tables yet"
    return f"{place} has {have}; this version needs {head}: `scaling-search db upgrade` brings it"
