"""What happened to a sweep."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from results.values.json import Moment


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a sweep's stream."""

    id: int
    sweep: int
    seq: Annotated[int, Field(description="Counts from 1 without gaps within the sweep.")]
    kind: str
    at: Moment
    data: dict[str, Any]
