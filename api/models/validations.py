"""Which validations are asked for, and a list of them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from results.documents.validations import VALIDATION, ValidationItem


class ValidationsQuery(BaseModel):
    """Which validations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=1000, description="At most so many.")
    protocol: str | None = Field(
        None, max_length=64, description="Of which one budget and learning rate is this protocol."
    )


class Validations(BaseModel):
    """Some validations."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"example": {"validations": [VALIDATION]}}
    )

    validations: list[ValidationItem] = Field(description="Newest first.")
