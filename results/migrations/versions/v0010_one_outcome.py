"""The outcome of a sweep is stored once: coefficients no longer have a copy of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply the revision."""
    _merge()
    op.drop_column("coefficients", "evidence")


def _merge() -> None:
    """Keep figures that only the copy had."""
    connection = op.get_bind()
    json_type = sa.JSON(none_as_null=True)
    sweeps = sa.table("sweeps", sa.column("id"), sa.column("outcome", json_type))
    copies = sa.table("coefficients", sa.column("sweep_id"), sa.column("evidence", json_type))
    statement = sa.select(sweeps.c.id, sweeps.c.outcome, copies.c.evidence).join_from(
        sweeps, copies, copies.c.sweep_id == sweeps.c.id
    )
    for row in connection.execute(statement).all():
        merged = row.evidence | (row.outcome or {})
        if merged != row.outcome:
            connection.execute(
                sa.update(sweeps).where(sweeps.c.id == row.id).values(outcome=merged)
            )
