"""The coefficients that sweeps concluded with, their families, and the best over all sweeps."""

import dataclasses
from typing import Any, Final, Unpack

from sqlalchemy import Select, case, func, select

from results.errors import NotFoundError
from results.schema import CoefficientsRow, FamilyMemberRow, SweepRow
from results.states import CONCLUSIVE
from results.store.listing import Key, Listing
from results.store.rows import Section, columns, fetch, to_record
from results.store.validations import latest_identification
from results.values import (
    After,
    BestCoefficients,
    CoefficientsFilters,
    CoefficientsRecord,
    Outcome,
    Searched,
    StoredMember,
)
from results.values.json import to_json
from search_spaces.coefficients import Coefficients
from search_spaces.specs.target import Quantity

_KEYS: Final = {
    "id": Key(CoefficientsRow.id),
    "accuracy": Key(CoefficientsRow.accuracy),
    "created_at": Key(CoefficientsRow.created_at),
    "alpha": Key(CoefficientsRow.alpha),
    "beta": Key(CoefficientsRow.beta),
    "gamma": Key(CoefficientsRow.gamma),
}
COEFFICIENTS_ORDERS: Final = tuple(_KEYS)

_SAME_TARGET = 1e-6
_OF_OTHERS = ("sweep", "coefficients", "identification", "seeds", "why", "ends_at_b7")
"""Fields of coefficients that other tables or other columns hold."""


class CoefficientsSection(Section):
    """Reading coefficients and their families."""

    def best(
        self,
        baseline: str | None = None,
        dataset: str | None = None,
        target_ratio: float | None = None,
        *,
        target_quantity: Quantity = "flops",
        protocol: str | None = None,
    ) -> BestCoefficients | None:
        """The best conclusive coefficients (`chosen` or `equivalent`), or None if there are none.

        Of those that match every filter given, at matched FLOPs unless another quantity is named:
        networks of equal size are no answer to where FLOPs should go. Accuracies are ranked only
        within one protocol: the one given, else that of the latest conclusive sweep. Of equal
        accuracies the later sweep's wins.
        """
        conclusive = matching(
            baseline=baseline,
            dataset=dataset,
            target_ratio=target_ratio,
            target_quantity=target_quantity,
            protocol=protocol,
            verdicts=CONCLUSIVE,
        )
        newest = conclusive.order_by(CoefficientsRow.created_at.desc(), CoefficientsRow.id.desc())
        with self._database.read() as connection:
            latest = connection.execute(newest.limit(1)).one_or_none()
            if latest is None:
                return None
            row = connection.execute(
                conclusive.add_columns(SweepRow.name.label("sweep_name"), SweepRow.spec)
                .where(CoefficientsRow.protocol == latest.protocol)
                .order_by(CoefficientsRow.accuracy.desc(), CoefficientsRow.id.desc())
                .limit(1)
            ).one()
            return _to_best(**row._mapping)

    def coefficients(
        self,
        *,
        sort: str = "-id",
        after: After | None = None,
        limit: int | None = 100,
        **filters: Unpack[CoefficientsFilters],
    ) -> list[CoefficientsRecord]:
        """Coefficients that match every filter given, newest first; at most `limit` (None: all).

        Raises:
            InputError: if `sort` names no key of the list.
        """
        page = Listing(matching(**filters), _KEYS).page(sort, after, limit)
        with self._database.read() as connection:
            return fetch(connection, to_coefficients, page)

    def one_coefficients(self, coefficients_id: int) -> CoefficientsRecord:
        """The coefficients with this id.

        Raises:
            NotFoundError: if there are none.
        """
        statement = matching().where(CoefficientsRow.id == coefficients_id)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise _no_such_coefficients(coefficients_id)
        return to_record(to_coefficients, row)

    def searched(self) -> list[Searched]:
        """What sweeps have looked for so far, each combination once, conclusive ones first."""
        concluded = func.count(case((CoefficientsRow.verdict.in_(CONCLUSIVE), 1)))
        place = (
            CoefficientsRow.baseline,
            CoefficientsRow.dataset,
            CoefficientsRow.target_ratio,
            CoefficientsRow.target_quantity,
        )
        statement = (
            select(*place, func.count().label("sweeps"), concluded.label("conclusive"))
            .group_by(*place)
            .order_by(concluded.desc(), *place)
        )
        with self._database.read() as connection:
            return fetch(connection, Searched, statement)

    def family_members(self, coefficients_id: int) -> list[StoredMember]:
        """Members of a family, in the order in which they were stored.

        Raises:
            NotFoundError: if there are no such coefficients.
        """
        statement = (
            select(*columns(FamilyMemberRow, StoredMember))
            .where(FamilyMemberRow.coefficients_id == coefficients_id)
            .order_by(FamilyMemberRow.id)
        )
        known = select(CoefficientsRow.id).where(CoefficientsRow.id == coefficients_id)
        with self._database.read() as connection:
            found = fetch(connection, StoredMember, statement)
            if not found and connection.scalar(known) is None:
                raise _no_such_coefficients(coefficients_id)
            return found


def to_coefficients(**row: Any) -> CoefficientsRecord:
    """Coefficients from a row of `matching`."""
    return CoefficientsRecord(**_fields(**row))


def _fields(
    *, outcome: Outcome, alpha: float, beta: float, gamma: float, **row: Any
) -> dict[str, Any]:
    return {
        "coefficients": Coefficients(alpha, beta, gamma),
        "seeds": outcome.seeds,
        "why": outcome.why,
        "ends_at_b7": outcome.leading.ends_at_b7 if outcome.leading else None,
        **row,
    }


def _to_best(
    *, sweep_name: str, spec: dict[str, Any], outcome: Outcome, **row: Any
) -> BestCoefficients:
    evidence = to_json(dataclasses.replace(outcome, leading=None, surface=None))
    del evidence["chosen"]
    if outcome.leading is not None:
        evidence["ends_at_b7"] = to_json(outcome.leading.ends_at_b7)
    return BestCoefficients(
        confidence=spec.get("selection", {}).get("confidence"),
        certainty=outcome.certainty,
        regret_bound=outcome.regret_bound,
        sweep_name=sweep_name,
        evidence=evidence,
        **_fields(outcome=outcome, **row),
    )


def _no_such_coefficients(coefficients_id: int) -> NotFoundError:
    return NotFoundError(f"coefficients {coefficients_id} do not exist")


def matching(**filters: Unpack[CoefficientsFilters]) -> Select[Any]:
    """Coefficients that match every filter given."""
    statement: Select[Any] = select(
        *columns(CoefficientsRow, CoefficientsRecord, without=_OF_OTHERS),
        CoefficientsRow.sweep_id.label("sweep"),
        CoefficientsRow.alpha,
        CoefficientsRow.beta,
        CoefficientsRow.gamma,
        SweepRow.outcome,
        latest_identification(),
    ).join(SweepRow, SweepRow.id == CoefficientsRow.sweep_id)
    for name in ("sweep_id", "baseline", "dataset", "target_quantity", "protocol"):
        value = filters.get(name)
        if value is not None:
            statement = statement.where(getattr(CoefficientsRow, name) == value)
    ratio, verdicts = filters.get("target_ratio"), filters.get("verdicts")
    if ratio is not None:
        near = CoefficientsRow.target_ratio.between(ratio - _SAME_TARGET, ratio + _SAME_TARGET)
        statement = statement.where(near)
    if verdicts is not None:
        statement = statement.where(CoefficientsRow.verdict.in_(list(verdicts)))
    return statement
