"""What sweeps found: the best for each baseline and data set, and all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import asked
from api.dashboard.links import relative
from api.dashboard.rendering import page
from api.models.coefficients import CoefficientsQuery
from api.pages import Paging
from api.routers.coefficients import paged_by
from api.service import StoreDep
from results.states import Verdict
from results.store import Store
from results.values import BestCoefficients, Searched
from search_spaces.specs.target import QUANTITIES

router: Final = APIRouter(include_in_schema=False)

_ROWS: Final = 25
_MOST_PLACES: Final = 30
_ORDERS: Final = (
    ("-id", "newest first"),
    ("-accuracy", "highest accuracy"),
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
)


@dataclass(frozen=True)
class Place:
    """Where sweeps have looked; `best` is None where none came to a conclusion."""

    searched: Searched
    best: BestCoefficients | None


@router.get("/coefficients")
def get_coefficients_page(request: Request, store: StoreDep) -> Response:
    """The best of each search, then everything, filtered, sorted and paged by the address."""
    query = asked(request, CoefficientsQuery, limit=_ROWS)
    paging = Paging.of(request, query)
    found = store.coefficients_page(
        sort=paging.sort, after=paging.after, limit=paging.fetched, **query.filters
    )
    shown, following = paging.cut(found, request, Response(), column=paged_by(paging.key))
    searched = store.searched()
    url = request.url
    return page(
        request.scope,
        "coefficients",
        query=query,
        places=[_place(store, one) for one in searched[:_MOST_PLACES]],
        baselines=sorted({one.baseline for one in searched}),
        datasets=sorted({one.dataset for one in searched}),
        verdicts=list(Verdict),
        quantities=QUANTITIES,
        orders=_ORDERS,
        rows=shown,
        first=query.cursor and relative(url.remove_query_params("cursor")),
        following=following and relative(url.include_query_params(cursor=following)),
    )


def _place(store: Store, one: Searched) -> Place:
    best = None
    if one.conclusive:
        best = store.best(
            one.baseline, one.dataset, one.target_ratio, target_quantity=one.target_quantity
        )
    return Place(one, best)
