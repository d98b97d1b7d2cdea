"""Epochs of a sweep's trials."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.middleware.answers import keep
from api.models.common import SweepId
from api.models.trials import EpochPage, EpochQuery
from api.openapi import problems
from api.pages import read_page
from api.service import StoreDep
from results.states import SweepState

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/epochs", tags=["sweeps"])


@router.get("", operation_id="list_epochs", summary="List epochs", responses=problems(404))
def list_epochs(
    sweep_id: SweepId,
    query: Annotated[EpochQuery, Query()],
    request: Request,
    response: Response,
    store: StoreDep,
) -> EpochPage:
    """Reports of the trials during training, for all attempts."""
    if store.sweep_state(sweep_id) is SweepState.FINISHED:
        keep(request)
    shown, following = read_page(request, response, query, partial(store.epochs, sweep_id))
    return EpochPage(items=shown, next=following)
