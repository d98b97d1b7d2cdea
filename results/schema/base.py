"""What all tables share: their metadata, types and keys."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, mapped_column

from results.columns import ID, CleanText, JSONValue, Measured, Tuples, UTCDateTime, choice
from results.states import AccessScope, AttemptState, SweepState, TrialState, Verdict
from results.values.outcome import NarrowedCoefficients, Outcome

Id = Annotated[int, mapped_column(ID, primary_key=True)]
Figure = Annotated[float, mapped_column(Measured)]


def owned_by(column: str) -> Any:
    """A column that refers to the row's owner, with which the row is deleted."""
    return mapped_column(ID, ForeignKey(column, ondelete="CASCADE"))


class Base(DeclarativeBase):
    """All tables, with constraint names that migrations can refer to on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: CleanText,
        tuple[Any, ...]: Tuples,
        float: Double,
        datetime: UTCDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        Outcome: JSONValue(Outcome),
        NarrowedCoefficients: JSONValue(NarrowedCoefficients),
        SweepState: choice(SweepState),
        TrialState: choice(TrialState),
        AttemptState: choice(AttemptState),
        Verdict: choice(Verdict),
        AccessScope: choice(AccessScope),
    }
