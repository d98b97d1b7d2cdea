"""The log of a sweep's driver."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID
from results.documents.common import Document

_LINE: Final[dict[str, Any]] = {
    "id": 12,
    "at": "2026-11-22T10:00:02Z",
    "text": "training 24 trials on 2 workers",
}


class LogQuery(BaseModel):
    """Which lines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=2000, description="How many lines.")
    after: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="The lines that follow this id; else the last ones."
    )


class LogLine(Document):
    """One line."""

    id: int
    at: datetime
    text: str


class DriverLog(Document):
    """Lines of the log, oldest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"lines": [_LINE]}})

    lines: list[LogLine]
