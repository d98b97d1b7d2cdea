"""Validations of proxies."""

from __future__ import annotations

from results.documents.common import Document
from results.documents.validations import ValidationItem
from results.values import Validation
from scaling_search.client.part import Part


class _Validations(Document):
    validations: list[ValidationItem]


class ValidationPart(Part):
    """Reading validations."""

    def validation(self, validation_id: int) -> Validation:
        """One validation."""
        return self._connection.get(ValidationItem, f"/v1/validations/{validation_id}").to_record()

    def validations(
        self, *, limit: int | None = 100, protocol: str | None = None
    ) -> list[Validation]:
        """Validations, newest first; of those with a sweep of this protocol, if one is given."""
        params = {"limit": limit, "protocol": protocol}
        found = self._connection.get(_Validations, "/v1/validations", params)
        return [row.to_record() for row in found.validations]
