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
from results.documents.candidates import CandidateItem
from results.states import SweepState
from results.values import CandidateSummary

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
    rows = store.candidate_page(
        sweep_id,
        index=query.index,
        eligible=query.eligible,
        min_flops=query.min_flops,
        max_flops=query.max_flops,
        order=paging.order,
        after=paging.after,
        limit=paging.fetched,
    )
    key = paging.order.key

    def value(row: CandidateSummary) -> object:
        return row.accuracy_mean if key == "accuracy" else getattr(row, key)

    shown, following = paging.cut(rows, value, request, response)
    items = [CandidateItem.from_summary(row) for row in shown]
    return CandidatePage(items=items, next=following)
