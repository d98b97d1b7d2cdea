"""Following a sweep."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID

EXAMPLE: Final = (
    "event: trial_finished\n"
    'data: {"id":87,"sweep":1,"seq":12,"kind":"trial_finished","at":"2026-11-22T10:00:12Z",'
    '"data":{"trial":5,"accuracy":0.871}}\n'
    "id: 12\n\n"
)


class EventQuery(BaseModel):
    """From where on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: int = Field(
        0, ge=0, le=LARGEST_ID, description="Events after this `seq`; `Last-Event-ID` goes before."
    )
