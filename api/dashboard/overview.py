"""The list of sweeps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from api.dashboard.queries import read_listing
from api.dashboard.rendering import page
from api.models.sweeps import SweepQuery
from api.service import StoreDep
from results.states import SweepState
from results.values import Climb, Sweep

router: Final = APIRouter(include_in_schema=False)

_ROWS: Final = 25
_ORDERS: Final = (
    ("-id", "newest first"),
    ("id", "oldest first"),
    ("-started_at", "started last"),
    ("-finished_at", "finished last"),
    ("-accuracy", "highest accuracy"),
    ("name", "by name"),
)


@dataclass(frozen=True)
class Row:
    """A sweep in the list."""

    sweep: Sweep
    climb: tuple[Climb, ...]


@router.get("/")
def get_overview(request: Request, store: StoreDep) -> Response:
    """The list; the address has its filters, order and page."""
    listing = read_listing(request, SweepQuery, _ROWS, store.sweeps)
    climbs = store.climbs(row.id for row in listing.rows)
    states = Counter(store.sweep_states().values())
    places = store.places()
    return page(
        request.scope,
        "overview",
        query=listing.query,
        rows=[Row(row, climbs[row.id]) for row in listing.rows],
        any=states.total(),
        counts={state: states[state] for state in SweepState},
        states=list(SweepState),
        baselines=sorted({baseline for baseline, _ in places}),
        datasets=sorted({dataset for _, dataset in places}),
        orders=_ORDERS,
        filtered=bool(listing.query.model_fields_set - {"limit", "cursor", "sort"}),
        first=listing.first,
        following=listing.following,
    )
