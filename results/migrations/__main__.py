"""Writes the next revision from the difference between the tables and the last revision.

    python -m results.migrations "keep the learning rate of an epoch"

Read what it wrote before committing it: Alembic sees added and removed columns, not renamed ones.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.util import template_to_file

from results.database import Database
from results.migrations.runner import FOLDER, VERSION_TABLE, revisions, upgrade
from results.schema import Base
from search_spaces.errors import InputError

_PLAIN_TYPES = {
    "Enum": "sa.String(20)",
    "JSON": "sa.JSON()",
    "CleanText": "sa.Text()",
    "Measured": "sa.Double()",
    "Tuples": "sa.JSON()",
    "UTCDateTime": "sa.DateTime(timezone=True)",
}


def write_revision(message: str, folder: Path = FOLDER / "versions") -> Path:
    """Write the revision that brings the last schema to `results.schema`.

    Raises:
        InputError: if the tables have not changed, or the message holds no word.
    """
    words = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    if not words:
        raise InputError(f"message is {message!r}: say in a few words what the revision does")
    known = revisions()
    with TemporaryDirectory() as temporary:
        database = Database(f"sqlite:///{temporary}/head.db")
        if known:
            upgrade(database)
        with database.read() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "target_metadata": Base.metadata,
                    "version_table": VERSION_TABLE,
                    "render_item": _plain_type,
                },
            )
            operations = produce_migrations(context, Base.metadata).upgrade_ops
            database.close()
    if operations is None or operations.is_empty():
        raise InputError("the tables are as the last revision left them: there is nothing to write")
    revision = f"{len(known) + 1:04}"
    code = render_python_code(operations, render_as_batch=True, render_item=_plain_type)
    path = folder / f"v{revision}_{words}.py"
    template_to_file(
        str(FOLDER / "script.py.mako"),
        path,
        "utf-8",
        message=message[0].upper() + message[1:],
        up_revision=revision,
        down_revision=known[-1] if known else None,
        upgrades="\n".join(line for line in code.splitlines() if "# ###" not in line).strip(),
    )
    return path


def _plain_type(kind: str, item: object, context: AutogenContext) -> str | Literal[False]:
    # A revision must keep its meaning when results.columns changes: it names SQLAlchemy's types.
    if kind == "type":
        return _PLAIN_TYPES.get(type(item).__name__, False)
    return False


if __name__ == "__main__":
    print(write_revision(" ".join(sys.argv[1:])))
