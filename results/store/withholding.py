"""Taking back conclusions that a later finding has made unsafe."""

from typing import Any

from sqlalchemy import select, update

from results.schema import CoefficientsRow, SweepRow
from results.states import CONCLUDED, CONCLUSIVE, Verdict
from results.store.events import append
from results.store.rows import Part


class WithholdingPart(Part):
    """Making conclusive verdicts inconclusive, with the reason."""

    def withhold(self, protocol: str, reason: str) -> list[int]:
        """Make every conclusive verdict of sweeps of a protocol inconclusive.

        The figures stay; `reason` becomes the first of the grounds. Event: `outcome`. A sweep that
        is being trained is not touched: its driver asks before it concludes.

        Returns:
            The ids of the sweeps that it concerned.
        """
        statement = (
            select(
                CoefficientsRow.id,
                CoefficientsRow.sweep_id,
                CoefficientsRow.evidence,
                SweepRow.outcome,
            )
            .join(SweepRow, SweepRow.id == CoefficientsRow.sweep_id)
            .where(
                CoefficientsRow.protocol == protocol,
                CoefficientsRow.verdict.in_(list(CONCLUSIVE)),
                SweepRow.state.in_(CONCLUDED),
            )
            .order_by(CoefficientsRow.sweep_id)
        )
        change: dict[str, Any] = {
            "verdict": Verdict.INCONCLUSIVE.value,
            "region": [],
            "chosen": None,
        }
        with self._database.write() as connection:
            rows = connection.execute(statement).all()
            for row in rows:
                evidence, outcome = row.evidence, row.outcome or {}
                why = [reason, *evidence.get("why", [])]
                known = {name: value for name, value in change.items() if name in evidence}
                connection.execute(
                    update(CoefficientsRow)
                    .where(CoefficientsRow.id == row.id)
                    .values(verdict=Verdict.INCONCLUSIVE, evidence=evidence | known | {"why": why})
                )
                connection.execute(
                    update(SweepRow)
                    .where(SweepRow.id == row.sweep_id)
                    .values(outcome=outcome | change | {"why": why})
                )
                told = {"coefficients": row.id, "verdict": Verdict.INCONCLUSIVE}
                append(connection, row.sweep_id, "outcome", told)
        return [row.sweep_id for row in rows]
