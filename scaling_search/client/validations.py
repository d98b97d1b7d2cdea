"""Validations of proxies."""

from __future__ import annotations

from results.values import Validation, Validations
from scaling_search.client.requests import Requests


class ValidationRequests(Requests):
    """Reading validations."""

    def validation(self, validation_id: int) -> Validation:
        """One validation."""
        return self._connection.get(Validation, f"/v1/validations/{validation_id}")

    def validations(
        self, *, limit: int | None = 100, protocol: str | None = None
    ) -> list[Validation]:
        """Validations, newest first; of those with a sweep of this protocol, if one is given."""
        params = {"limit": limit, "protocol": protocol}
        return self._connection.get(Validations, "/v1/validations", params).validations
