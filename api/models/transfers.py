"""Which transfers are asked for, a list of them, and the runs of one."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from results.documents.transfers import RUN, TRANSFER, TransferItem, TransferRunItem


class TransfersQuery(BaseModel):
    """Which transfers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=1000, description="At most so many.")


class Transfers(BaseModel):
    """Some transfers."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"example": {"transfers": [TRANSFER]}})

    transfers: list[TransferItem] = Field(description="Newest first.")


class TransferRuns(BaseModel):
    """Every run of a transfer."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"example": {"runs": [RUN]}})

    runs: list[TransferRunItem] = Field(description="In the order in which they ended.")
