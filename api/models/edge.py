"""What networks took on machines, as a list."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID
from results.documents.common import Document
from results.documents.edge import EDGE, EdgeItem


class EdgeQuery(BaseModel):
    """Of which networks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sweep: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="The candidates of this sweep."
    )
    spec_key: tuple[Annotated[str, Field(max_length=64)], ...] = Field(
        (), max_length=1000, description="These networks; repeat to give more."
    )
    limit: int = Field(1000, ge=1, le=1000, description="At most so many, the newest first.")


class EdgeMeasurements(Document):
    """Measurements, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"measurements": [EDGE]}})

    measurements: list[EdgeItem]
