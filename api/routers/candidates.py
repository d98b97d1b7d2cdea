"""Candidates of a sweep."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.middleware.answers import keep
from api.models.candidates import CandidatePage, CandidateQuery
from api.models.common import SweepId
from api.openapi import problems
from api.pages import read_page
from api.service import StoreDep
from results.states import SweepState

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/candidates", tags=["sweeps"])


@router.get("", operation_id="list_candidates", summary="List candidates", responses=problems(404))
def list_candidates(
    sweep_id: SweepId,
    query: Annotated[CandidateQuery, Query()],
    request: Request,
    response: Response,
    store: StoreDep,
) -> CandidatePage:
    """The networks of the plan, with the results of their trials so far."""
    if store.sweep_state(sweep_id) is SweepState.FINISHED:
        keep(request)
    shown, following = read_page(request, response, query, partial(store.candidates, sweep_id))
    return CandidatePage(items=shown, next=following)
