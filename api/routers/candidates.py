"""Candidates of a sweep."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.middleware.answers import keep
from api.models.candidates import CandidatePage, CandidateQuery
from api.models.common import SweepId
from api.openapi import problems
from api.pages import Paging
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
    """The networks of the sweep's plan, with what their trials have reached so far."""
    if store.sweep_state(sweep_id) is SweepState.FINISHED:
        keep(request)
    paging = Paging.of(request, query)
    rows = store.candidates(
        sweep_id,
        index=query.index,
        eligible=query.eligible,
        min_flops=query.min_flops,
        max_flops=query.max_flops,
        sort=paging.sort,
        after=paging.after,
        limit=paging.fetched,
    )
    column = "accuracy_mean" if paging.key == "accuracy" else None
    shown, following = paging.cut(rows, request, response, column=column)
    return CandidatePage(items=shown, next=following)
