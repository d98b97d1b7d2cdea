"""Taking back conclusions that a later validation has made unsafe."""

from sqlalchemy import select, update

from results.schema import CoefficientsRow, SweepRow
from results.states import CONCLUDED, CONCLUSIVE, Verdict
from results.store.events import append
from results.store.rows import Section


class WithholdingSection(Section):
    """Making conclusive verdicts inconclusive, with the reason."""

    def withhold(self, protocol: str, reason: str) -> list[int]:
        """Make every conclusive verdict of sweeps of a protocol inconclusive.

        The figures stay; `reason` becomes the first of the grounds. Event: `outcome`. A sweep that
        is being trained is not touched: its driver asks before it concludes.

        Returns:
            The ids of the sweeps that it concerned.
        """
        statement = (
            select(CoefficientsRow.id, CoefficientsRow.sweep_id, SweepRow.outcome)
            .join(SweepRow, SweepRow.id == CoefficientsRow.sweep_id)
            .where(
                CoefficientsRow.protocol == protocol,
                CoefficientsRow.verdict.in_(list(CONCLUSIVE)),
                SweepRow.state.in_(CONCLUDED),
            )
            .order_by(CoefficientsRow.sweep_id)
        )
        with self._database.write() as connection:
            rows = connection.execute(statement).all()
            for row in rows:
                connection.execute(
                    update(CoefficientsRow)
                    .where(CoefficientsRow.id == row.id)
                    .values(verdict=Verdict.INCONCLUSIVE)
                )
                connection.execute(
                    update(SweepRow)
                    .where(SweepRow.id == row.sweep_id)
                    .values(outcome=row.outcome.withheld(reason))
                )
                data = {"coefficients": row.id, "verdict": Verdict.INCONCLUSIVE}
                append(connection, row.sweep_id, "outcome", data)
        return [row.sweep_id for row in rows]
