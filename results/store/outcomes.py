"""What a sweep concluded, stored all at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from results.columns import database_clock
from results.errors import NotFoundError
from results.schema import CandidateRow, CoefficientsRow, FamilyMemberRow, SweepRow
from results.store.events import append
from results.store.fencing import hold
from results.store.rows import Section, values
from results.values import (
    Lease,
    NewCoefficients,
    Outcome,
)
from search_spaces.errors import InputError
from search_spaces.families import FamilyMember


class OutcomeSection(Section):
    """Storing what sweeps concluded."""

    def set_outcome(
        self,
        lease: Lease,
        outcome: Outcome,
        *,
        coefficients: NewCoefficients | None = None,
        family: Sequence[FamilyMember] = (),
    ) -> int | None:
        """Store, all or nothing, what the sweep concluded. Event: `outcome`.

        It replaces an earlier outcome of the same sweep (which was extended or resumed since); its
        coefficients keep their id. `coefficients` are the leader's, whatever the verdict (None: no
        leader); `family` is what they imply, by fitted φ.

        Returns:
            The id of the coefficients, or None if there are none.

        Raises:
            LeaseLostError: if the sweep has another driver now.
            NotFoundError: if the leader is not a candidate of the sweep.
            InputError: if there is a family without coefficients.
        """
        if family and coefficients is None:
            raise InputError("a family needs the coefficients that it follows from: hand in both")
        with self._database.write() as connection:
            hold(connection, lease)
            connection.execute(
                update(SweepRow).where(SweepRow.id == lease.sweep_id).values(outcome=outcome)
            )
            coefficients_id = _replace(connection, lease.sweep_id, coefficients)
            if family:
                connection.execute(
                    insert(FamilyMemberRow),
                    [_member_columns(member, coefficients_id) for member in family],
                )
            append(
                connection,
                lease.sweep_id,
                "outcome",
                {
                    "coefficients": coefficients_id,
                    "verdict": coefficients.verdict if coefficients else None,
                },
            )
            return coefficients_id


def _member_columns(member: FamilyMember, coefficients_id: int | None) -> dict[str, Any]:
    own = ("name", "phi", "depth", "width", "resolution", "resolution_px", "params", "flops")
    return {
        **{name: getattr(member, name) for name in (*own, "residual")},
        "coefficients_id": coefficients_id,
        "convention": "fitted",
        "classes": member.spec.classes,
        "spec": member.spec.to_dict(),
        "inherited": {name: getattr(member, name) for name in member.inherited},
    }


def _replace(connection: Connection, sweep_id: int, new: NewCoefficients | None) -> int | None:
    """Put `new` in the place of the sweep's coefficients; their family goes."""
    present = connection.scalar(
        select(CoefficientsRow.id).where(CoefficientsRow.sweep_id == sweep_id)
    )
    if present is not None:
        connection.execute(
            delete(FamilyMemberRow).where(FamilyMemberRow.coefficients_id == present)
        )
    if new is None:
        connection.execute(delete(CoefficientsRow).where(CoefficientsRow.sweep_id == sweep_id))
        return None
    leader = select(CandidateRow.id).where(
        CandidateRow.id == new.candidate_id, CandidateRow.sweep_id == sweep_id
    )
    if connection.scalar(leader) is None:
        raise NotFoundError(f"sweep {sweep_id} has no candidate {new.candidate_id}")
    stored = {
        **values(new, without=("coefficients",)),
        **values(new.coefficients),
        "created_at": database_clock(),
    }
    if present is not None:
        connection.execute(
            update(CoefficientsRow).where(CoefficientsRow.id == present).values(**stored)
        )
        return present
    sweep = connection.execute(
        select(
            SweepRow.baseline,
            SweepRow.dataset,
            SweepRow.target_ratio,
            SweepRow.target_quantity,
            SweepRow.protocol,
        ).where(SweepRow.id == sweep_id)
    ).one()
    return connection.execute(
        insert(CoefficientsRow)
        .values(sweep_id=sweep_id, **stored, **sweep._mapping)
        .returning(CoefficientsRow.id)
    ).scalar_one()
