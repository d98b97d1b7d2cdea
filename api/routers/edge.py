"""Latency, memory and size of networks on the machines where they were measured."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query

from api.models.edge import EdgeQuery
from api.openapi import problems
from api.service import StoreDep
from results.values import EdgeMeasurements

router: Final = APIRouter(prefix="/v1/edge", tags=["catalog"])


@router.get(
    "",
    operation_id="list_edge_measurements",
    summary="Latency, memory and size of networks",
    responses=problems(404),
)
def list_edge_measurements(
    query: Annotated[EdgeQuery, Query()], store: StoreDep
) -> EdgeMeasurements:
    """The latest measurement of each network with each machine, threads, batch and backend.

    They are made by `scaling-search latency`, on the machine where the networks are to run.
    """
    keys: list[str] | None = list(query.spec_key) or None
    if query.sweep is not None:
        store.sweep(query.sweep)
        of_sweep = [candidate.spec_key for candidate in store.candidates(query.sweep)]
        keys = of_sweep if keys is None else [key for key in keys if key in set(of_sweep)]
    return EdgeMeasurements(measurements=store.edge_measurements(keys, limit=query.limit))
