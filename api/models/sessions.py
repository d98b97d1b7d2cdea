"""Models of sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import Document
from results.states import AccessScope

_EXAMPLE: Final[dict[str, Any]] = {
    "name": "laptop",
    "scope": "submit",
    "expires_at": "2027-02-20T10:00:00Z",
}


class SignIn(BaseModel):
    """Credentials of a browser."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"example": {"token": "sst_the-secret-that-tokens-create-printed"}},
    )

    token: str = Field(min_length=1, max_length=200, description="The token's secret.")


class Who(Document):
    """Owner of the token or session."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    name: str = Field(description="The token's name; `local` where none is needed.")
    scope: AccessScope = Field(description="read, submit or admin; each includes those before.")
    expires_at: datetime | None = Field(description="When the token expires, if ever.")
