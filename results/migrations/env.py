"""Alembic's entry: runs the revisions over the connection that `runner` hands in.

The transaction and its lock are the runner's, so that a migration happens whole or not at all.
"""

from alembic import context

from results.migrations.runner import VERSION_TABLE
from results.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
