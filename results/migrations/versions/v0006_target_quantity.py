"""What a search aimed at, FLOPs or another quantity, and the latency of its candidates."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_OTHERS = ("params", "activations")
"""What a target could be of besides FLOPs before this revision."""


def upgrade() -> None:
    """Apply the revision."""
    # Columns are added, not changed: changing one, SQLite writes the table anew, and `sweeps` would
    # lose that numbers of deleted sweeps are never given again.
    for table in ("sweeps", "coefficients"):
        quantity = sa.Column("target_quantity", sa.Text(), nullable=False, server_default="flops")
        op.add_column(table, quantity)
    op.add_column("candidates", sa.Column("latency", sa.JSON(), nullable=True))
    _fill()
    op.drop_index("ix_coefficients_baseline_dataset_target_ratio", table_name="coefficients")
    op.create_index(
        "ix_coefficients_baseline_dataset_target_quantity_target_ratio",
        "coefficients",
        ["baseline", "dataset", "target_quantity", "target_ratio"],
    )


def _fill() -> None:
    """Read what earlier sweeps aimed at from their specifications."""
    connection = op.get_bind()
    sweeps = sa.table("sweeps", sa.column("id"), sa.column("spec"), sa.column("target_quantity"))
    found = sa.table("coefficients", sa.column("sweep_id"), sa.column("target_quantity"))
    for row in connection.execute(sa.select(sweeps.c.id, sweeps.c.spec)).all():
        spec = json.loads(row.spec) if isinstance(row.spec, str) else row.spec
        target = spec.get("space", {}).get("target", {})
        aimed = [name for name in _OTHERS if target.get(f"{name}_ratio") is not None]
        for name in aimed:
            connection.execute(
                sa.update(sweeps).where(sweeps.c.id == row.id).values(target_quantity=name)
            )
            connection.execute(
                sa.update(found).where(found.c.sweep_id == row.id).values(target_quantity=name)
            )
