"""Comparison of sweeps of one protocol, or of the ways of scaling in one sweep."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dashboard.queries import read_query
from api.dashboard.rendering import page
from api.models.common import LARGEST_ID
from api.models.figures import Cost
from api.service import StoreDep
from results.store import Store
from results.values import Sweep, SweepDetail

router: Final = APIRouter(include_in_schema=False)

_MOST: Final = 200


class CompareQuery(BaseModel):
    """Selected sweeps, or the protocol to choose sweeps from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sweep: tuple[int, ...] = Field((), max_length=12)
    protocol: str | None = Field(None, max_length=64)
    cost: Cost = "flops"


COSTS: Final = {
    "flops": "FLOPs",
    "params": "parameters",
    "activations": "activations",
    "train_seconds": "training time",
}


@router.get("/compare")
def get_compare_page(request: Request, store: StoreDep) -> Response:
    """A form to select sweeps, and the selected sweeps in one figure."""
    query = read_query(request, CompareQuery)
    numbers = tuple(dict.fromkeys(one for one in query.sweep if 0 < one <= LARGEST_ID))
    sweeps = [store.sweep(one) for one in numbers]
    protocols = {sweep.protocol for sweep in sweeps}
    protocol = query.protocol or (next(iter(protocols)) if len(protocols) == 1 else None)
    figure = [("sweep", number) for number in numbers] + [("cost", query.cost)]
    ways = _ways_of_scaling(sweeps)
    return page(
        request.scope,
        "compare",
        draws=True,
        query=query,
        sweeps=sweeps,
        protocols=protocols,
        protocol=protocol,
        costs=COSTS,
        groups=_groups(store, protocol),
        chosen=set(numbers),
        figure_address=f"/v1/figures/comparison?{urlencode(figure)}"
        if len(numbers) > 1 and len(protocols) == 1
        else None,
        ways=ways,
        methods=ways and ways.outcome and ways.outcome.methods,
    )


def _ways_of_scaling(sweeps: list[SweepDetail]) -> SweepDetail | None:
    """The selected sweep, if it is the only one and compares ways of scaling."""
    sweep = sweeps[0] if len(sweeps) == 1 else None
    return sweep if sweep and sweep.spec["space"].get("compare") else None


def _groups(store: Store, protocol: str | None) -> dict[str, list[Sweep]]:
    """The newest sweeps by protocol; protocols with the most sweeps are first."""
    groups: dict[str, list[Sweep]] = {}
    for row in store.sweeps(protocol=protocol, limit=_MOST):
        groups.setdefault(row.protocol, []).append(row)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))
