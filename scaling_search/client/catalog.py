"""Edge measurements, data sets and baselines."""

from __future__ import annotations

from collections.abc import Iterable

from results.values import (
    Baselines,
    BaselineSummary,
    Datasets,
    DatasetSummary,
    EdgeMeasurement,
    EdgeMeasurements,
)
from scaling_search.client.requests import Requests


class CatalogRequests(Requests):
    """Reading what does not belong to one sweep."""

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
