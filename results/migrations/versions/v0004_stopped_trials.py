"""Trials that a strategy stopped: at which rung."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply the revision."""
    with op.batch_alter_table("trials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rung", sa.BigInteger(), nullable=True))
