"""What sweeps found, and what they may be made of."""

from __future__ import annotations

from collections.abc import Iterable

from results.documents.coefficients import BestCoefficients, CoefficientsItem
from results.errors import NotFoundError
from results.states import Verdict
from results.values import (
    Baselines,
    BaselineSummary,
    CoefficientsRecord,
    Datasets,
    DatasetSummary,
    EdgeMeasurement,
    EdgeMeasurements,
    Family,
)
from scaling_search.client.part import Part, several
from search_spaces.families import Convention, FamilyMember
from search_spaces.specs.target import Quantity


class FindingPart(Part):
    """Coefficients, families, data sets and baselines."""

    def coefficients(
        self,
        *,
        sweep_id: int | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        target_ratio: float | None = None,
        target_quantity: Quantity | None = None,
        protocol: str | None = None,
        verdicts: Iterable[Verdict] | None = None,
        limit: int | None = 100,
    ) -> list[CoefficientsRecord]:
        """Coefficients that match every filter given, newest first; at most `limit` (None: all)."""
        params = {
            "sweep": sweep_id,
            "baseline": baseline,
            "dataset": dataset,
            "target": target_ratio,
            "quantity": target_quantity,
            "protocol": protocol,
            "verdict": several(verdicts),
        }
        rows = self._connection.rows(CoefficientsItem, "/v1/coefficients", params, limit)
        return [row.to_record() for row in rows]

    def best(
        self,
        baseline: str | None = None,
        dataset: str | None = None,
        target_ratio: float | None = None,
        *,
        target_quantity: Quantity = "flops",
        protocol: str | None = None,
    ) -> CoefficientsRecord | None:
        """The best conclusive coefficients for these filters, or None."""
        params = {
            "baseline": baseline,
            "dataset": dataset,
            "target": target_ratio,
            "quantity": target_quantity,
            "protocol": protocol,
        }
        try:
            found = self._connection.get(BestCoefficients, "/v1/coefficients/best", params)
        except NotFoundError:
            return None
        return found.to_record()

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

    def edge_measurements(
        self, spec_keys: Iterable[str] | None = None, *, limit: int | None = None
    ) -> list[EdgeMeasurement]:
        """What these networks, or all, took on machines; the newest measurements first."""
        keys = None if spec_keys is None else sorted(set(spec_keys))
        chunks: list[list[str] | None] = [None]
        if keys is not None:  # an address holds only so many
            chunks = [keys[i : i + 100] for i in range(0, len(keys), 100)]
        rows: list[EdgeMeasurement] = []
        for chunk in chunks:
            page = self._connection.get(EdgeMeasurements, "/v1/edge", {"spec_key": chunk})
            rows += page.measurements
        rows.sort(key=lambda row: (row.measured_at, row.id), reverse=True)
        return rows[:limit]

    def datasets(self) -> list[DatasetSummary]:
        """The data sets that a submitted sweep may name."""
        return self._connection.get(Datasets, "/v1/datasets").datasets

    def baselines(self) -> list[BaselineSummary]:
        """The networks that the service can scale."""
        return self._connection.get(Baselines, "/v1/baselines").baselines
