"""The history of the schema, one file a revision in `versions/`, and how to apply it.

`env.py` and `script.py.mako` are what Alembic asks for. Files are named `v0001_what_it_does.py`
and follow one line, so the last file is the head.
"""

from results.migrations.runner import SchemaStatus, prepare, status, upgrade

__all__ = ["SchemaStatus", "prepare", "status", "upgrade"]
