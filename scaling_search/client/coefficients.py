"""Coefficients and the families that they imply."""

from __future__ import annotations

from typing import Unpack

from results.errors import NotFoundError
from results.values import BestCoefficients, CoefficientsFilters, CoefficientsRecord, Family
from scaling_search.client.requests import Requests, several
from search_spaces.families import Convention, FamilyMember
from search_spaces.specs.target import Quantity


class CoefficientsRequests(Requests):
    """Reading coefficients and families."""

    def coefficients(
        self, *, limit: int | None = 100, **filters: Unpack[CoefficientsFilters]
    ) -> list[CoefficientsRecord]:
        """Coefficients that match every filter given, newest first; at most `limit` (None: all)."""
        params = _params(**filters) | {"verdict": several(filters.get("verdicts"))}
        rows = self._connection.rows(CoefficientsRecord, "/v1/coefficients", params, limit)
        return list(rows)

    def best(
        self,
        baseline: str | None = None,
        dataset: str | None = None,
        target_ratio: float | None = None,
        *,
        target_quantity: Quantity = "flops",
        protocol: str | None = None,
    ) -> BestCoefficients | None:
        """The best conclusive coefficients for these filters, or None."""
        params = _params(
            baseline=baseline,
            dataset=dataset,
            target_ratio=target_ratio,
            target_quantity=target_quantity,
            protocol=protocol,
        )
        try:
            return self._connection.get(BestCoefficients, "/v1/coefficients/best", params)
        except NotFoundError:
            return None

    def family(
        self,
        coefficients_id: int,
        *,
        convention: Convention = "fitted",
        resolution_px: int | None = None,
        classes: int | None = None,
        members: int = 8,
    ) -> tuple[FamilyMember, ...]:
        """Members b0, b1, … that stored coefficients imply, as `search_spaces.families.family`."""
        params = {
            "convention": convention,
            "resolution_px": resolution_px,
            "classes": classes,
            "members": members,
        }
        return self._connection.get(Family, f"/v1/families/{coefficients_id}", params).members

    def family_text(
        self,
        coefficients_id: int,
        form: str,
        *,
        member: str | None = None,
        convention: Convention = "fitted",
        resolution_px: int | None = None,
        resolution_multiple: int = 1,
        classes: int | None = None,
    ) -> str:
        """The family b0 to b7, or one member of it, as a file of another program.

        Args:
            coefficients_id: the stored coefficients.
            form: a format of `search_spaces.exports.FORMATS`, for example transformers.
            member: b0, b1, …; the family when absent.
            convention: how φ is chosen.
            resolution_px: the base resolution; the baseline's own when absent.
            resolution_multiple: resolutions are rounded to multiples of it.
            classes: the baseline's own when absent.

        Raises:
            InputError: the format is unknown, or cannot express a member; it names the field.
        """
        params = {
            "format": form,
            "convention": convention,
            "resolution_px": resolution_px,
            "resolution_multiple": resolution_multiple,
            "classes": classes,
        }
        path = f"/v1/families/{coefficients_id}" + (f"/{member}" if member else "")
        return self._connection.request("GET", path, params=params).text


def _params(**filters: Unpack[CoefficientsFilters]) -> dict[str, object]:
    names = {"sweep_id": "sweep", "target_ratio": "target", "target_quantity": "quantity"}
    return {names.get(key, key): value for key, value in filters.items() if key != "verdicts"}
