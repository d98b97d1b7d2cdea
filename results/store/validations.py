"""Validations of proxies, identifications of coefficients, and the sweeps that belong to them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Label, Select, func, insert, select, update

from results.columns import database_clock
from results.errors import NotFoundError
from results.schema import (
    CoefficientsRow,
    IdentificationRow,
    SweepRow,
    ValidationRow,
    ValidationSweepRow,
)
from results.store.rows import Section, columns, fetch, insert_unless_present, to_record, values
from results.values import (
    Identification,
    NarrowedCoefficients,
    NewValidation,
    Validation,
    ValidationSweep,
)


class ValidationSection(Section):
    """Storing and reading validations and identifications."""

    def create_validation(self, new: NewValidation) -> int:
        """Store a validation of which nothing is trained yet; returns its id."""
        with self._database.write() as connection:
            return connection.execute(
                insert(ValidationRow)
                .values(**values(new), created_at=database_clock())
                .returning(ValidationRow.id)
            ).scalar_one()

    def validation(self, validation_id: int) -> Validation:
        """One validation.

        Raises:
            NotFoundError: if there is no such validation.
        """
        statement = _validations().where(ValidationRow.id == validation_id)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFoundError(f"validation {validation_id} does not exist")
        return to_record(Validation, row)

    def validations(
        self, *, limit: int | None = 100, after: int | None = None, protocol: str | None = None
    ) -> list[Validation]:
        """Validations, newest first; of those with a sweep of this protocol, if one is given.

        At most `limit` (None: all), continuing after the one with the id `after`.
        """
        statement = _validations().order_by(ValidationRow.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(ValidationRow.id < after)
        if protocol is not None:
            of_protocol = (
                select(ValidationSweepRow.validation_id)
                .join(SweepRow, SweepRow.id == ValidationSweepRow.sweep_id)
                .where(SweepRow.protocol == protocol)
            )
            statement = statement.where(ValidationRow.id.in_(of_protocol))
        with self._database.read() as connection:
            return fetch(connection, Validation, statement)

    def add_validation_sweep(self, row: ValidationSweep) -> None:
        """Make a sweep part of a validation; repeating it changes nothing."""
        with self._database.write() as connection:
            connection.execute(
                insert_unless_present(connection, ValidationSweepRow).values(**values(row))
            )

    def validation_sweeps(self, validation_id: int) -> list[ValidationSweep]:
        """The sweeps of a validation, in the order in which they were added."""
        statement = (
            select(*columns(ValidationSweepRow, ValidationSweep))
            .where(ValidationSweepRow.validation_id == validation_id)
            .order_by(ValidationSweepRow.id)
        )
        with self._database.read() as connection:
            return fetch(connection, ValidationSweep, statement)

    def set_validation_report(
        self, validation_id: int, report: dict[str, Any], *, finished: bool
    ) -> None:
        """Store the results of a validation so far, in place of earlier ones.

        Raises:
            NotFoundError: if there is no such validation.
        """
        statement = (
            update(ValidationRow)
            .where(ValidationRow.id == validation_id)
            .values(
                report=report,
                finished_at=func.coalesce(ValidationRow.finished_at, database_clock())
                if finished
                else None,
            )
        )
        with self._database.write() as connection:
            if connection.execute(statement).rowcount == 0:
                raise NotFoundError(f"validation {validation_id} does not exist")

    def validation_of(self, sweep_id: int) -> ValidationSweep | None:
        """The validation that a sweep is part of, if it is part of one."""
        statement = select(*columns(ValidationSweepRow, ValidationSweep)).where(
            ValidationSweepRow.sweep_id == sweep_id
        )
        with self._database.read() as connection:
            return next(iter(fetch(connection, ValidationSweep, statement)), None)

    def add_identification(self, candidate_id: int, sweep_id: int) -> None:
        """Make a sweep the follow-up at φ = 2 of a candidate; repeating it changes nothing."""
        with self._database.write() as connection:
            connection.execute(
                insert_unless_present(connection, IdentificationRow).values(
                    candidate_id=candidate_id, sweep_id=sweep_id, created_at=database_clock()
                )
            )

    def set_identification(self, sweep_id: int, found: NarrowedCoefficients) -> None:
        """Store the intervals of coefficients that a follow-up leaves."""
        with self._database.write() as connection:
            connection.execute(
                update(IdentificationRow)
                .where(IdentificationRow.sweep_id == sweep_id)
                .values(found=found)
            )

    def identification_by(self, sweep_id: int) -> Identification | None:
        """The identification that a sweep is the follow-up of, if it is one."""
        statement = _identifications().where(IdentificationRow.sweep_id == sweep_id)
        with self._database.read() as connection:
            return next(iter(fetch(connection, Identification, statement)), None)

    def identifications(self, candidate_ids: Sequence[int]) -> list[Identification]:
        """The follow-ups of these candidates, newest first."""
        statement = (
            _identifications()
            .where(IdentificationRow.candidate_id.in_(candidate_ids))
            .order_by(IdentificationRow.id.desc())
        )
        with self._database.read() as connection:
            return fetch(connection, Identification, statement)


def latest_identification() -> Label[Any]:
    """The result of the latest follow-up of the candidate of a row of coefficients."""
    return (
        select(IdentificationRow.found)
        .where(
            IdentificationRow.candidate_id == CoefficientsRow.candidate_id,
            IdentificationRow.found.is_not(None),
        )
        .order_by(IdentificationRow.id.desc())
        .limit(1)
        .correlate(CoefficientsRow)
        .scalar_subquery()
        .label("identification")
    )


def _validations() -> Select[Any]:
    return select(*columns(ValidationRow, Validation))


def _identifications() -> Select[Any]:
    return select(*columns(IdentificationRow, Identification))
