"""All sweeps: state, progress, the best so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import asked
from api.dashboard.links import relative
from api.dashboard.rendering import page
from api.models.sweeps import SweepQuery
from api.pages import Paging
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
    """The list, filtered, sorted and paged by the address."""
    query = asked(request, SweepQuery, limit=_ROWS)
    paging = Paging.of(request, query)
    found = store.sweeps(
        states=query.state or None,
        baseline=query.baseline,
        dataset=query.dataset,
        protocol=query.protocol,
        name=query.name,
        sort=paging.sort,
        after=paging.after,
        limit=paging.fetched,
    )
    column = "leader_accuracy" if paging.key == "accuracy" else None
    shown, following = paging.cut(found, request, Response(), column=column)
    climbs = store.climbs(row.id for row in shown)
    states = Counter(store.sweep_states().values())
    places = store.places()
    url = request.url
    return page(
        request.scope,
        "overview",
        query=query,
        rows=[Row(row, climbs[row.id]) for row in shown],
        any=states.total(),
        counts={state: states[state] for state in SweepState},
        states=list(SweepState),
        baselines=sorted({baseline for baseline, _ in places}),
        datasets=sorted({dataset for _, dataset in places}),
        orders=_ORDERS,
        filtered=bool(query.model_fields_set - {"limit", "cursor", "sort"}),
        first=query.cursor and relative(url.remove_query_params("cursor")),
        following=following and relative(url.include_query_params(cursor=following)),
    )
