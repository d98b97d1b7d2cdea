"""Sweeps that finished although trials had failed are `incomplete`."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply the revision."""
    op.execute(
        "UPDATE sweeps SET state = 'incomplete' WHERE state = 'finished' AND EXISTS "
        "(SELECT 1 FROM trials WHERE trials.sweep_id = sweeps.id AND trials.state = 'failed')"
    )
