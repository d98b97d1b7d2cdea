"""The catalog: baselines, data sets, and edge measurements of networks."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from api.middleware.answers import keep
from api.models.queries import EdgeQuery
from api.openapi import problems
from api.service import StoreDep
from results.values import Baselines, BaselineSummary, Datasets, EdgeMeasurements
from search_spaces.baselines import baselines

router: Final = APIRouter(prefix="/v1", tags=["catalog"])


@router.get("/baselines", operation_id="list_baselines", summary="List baselines")
def list_baselines(request: Request) -> Baselines:
    """Networks that can be scaled here, built in or from an installed package.

    Baselines whose networks must be built to know their cost are planned by the command line only.
    """
    keep(request)
    return _described()


@cache
def _described() -> Baselines:
    countable = [one for one in baselines().values() if not getattr(one, "measured", False)]
    return Baselines(baselines=[BaselineSummary.of(baseline) for baseline in countable])


@router.get("/datasets", operation_id="list_datasets", summary="List data sets")
def list_datasets(store: StoreDep) -> Datasets:
    """Data sets that are registered here or used by a sweep here, by name."""
    return Datasets(datasets=[*store.datasets()])


@router.get(
    "/edge",
    operation_id="list_edge_measurements",
    summary="Latency, memory and size of networks",
    responses=problems(404),
)
def list_edge_measurements(
    query: Annotated[EdgeQuery, Query()], store: StoreDep
) -> EdgeMeasurements:
    """The latest measurement of each network with each machine, threads, batch and backend.

    `scaling-search latency` makes them, on the machine where the networks are to run.
    """
    keys: list[str] | None = list(query.spec_key) or None
    if query.sweep is not None:
        store.sweep(query.sweep)
        of_sweep = [candidate.spec_key for candidate in store.candidates(query.sweep)]
        keys = of_sweep if keys is None else [key for key in keys if key in set(of_sweep)]
    return EdgeMeasurements(measurements=store.edge_measurements(keys, limit=query.limit))
