"""Whether the service is up."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Health(BaseModel):
    """A sign of life."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"example": {"status": "ok"}})

    status: Literal["ok"] = Field("ok", description="Always `ok`; otherwise there is a problem.")
