"""Coefficients of sweeps: the best for each search, and a list of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from api.dashboard.queries import read_listing
from api.dashboard.rendering import page
from api.models.coefficients import CoefficientsQuery
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
    """A search and its best coefficients; None if no sweep reached a conclusion."""

    searched: Searched
    best: BestCoefficients | None


@router.get("/coefficients")
def get_coefficients_page(request: Request, store: StoreDep) -> Response:
    """The best of each search, then a list; the address has its filters, order and page."""
    listing = read_listing(request, CoefficientsQuery, _ROWS, store.coefficients)
    searched = store.searched()
    return page(
        request.scope,
        "coefficients",
        query=listing.query,
        places=[_place(store, one) for one in searched[:_MOST_PLACES]],
        baselines=sorted({one.baseline for one in searched}),
        datasets=sorted({one.dataset for one in searched}),
        verdicts=list(Verdict),
        quantities=QUANTITIES,
        orders=_ORDERS,
        rows=listing.rows,
        first=listing.first,
        following=listing.following,
    )


def _place(store: Store, one: Searched) -> Place:
    best = None
    if one.conclusive:
        best = store.best(
            one.baseline, one.dataset, one.target_ratio, target_quantity=one.target_quantity
        )
    return Place(one, best)
