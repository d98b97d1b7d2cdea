"""Transfers: weights trained on one data set, fine-tuned on others."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from api.figures import Drawn, draw
from api.middleware.answers import keep
from api.models.common import LARGEST_ID
from api.models.figures import ThemeQuery
from api.models.queries import TransfersQuery
from api.openapi import problems
from api.routers.figures import FIGURE, figure_answer
from api.service import ServiceDep, StoreDep
from results.values import Transfer, TransferRuns, Transfers

router: Final = APIRouter(prefix="/v1/transfers", tags=["transfers"])

TransferId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="Number of the transfer.", examples=[1])
]


@router.get("", operation_id="list_transfers", summary="List transfers")
def list_transfers(query: Annotated[TransfersQuery, Query()], store: StoreDep) -> Transfers:
    """Transfers, newest first."""
    return Transfers(transfers=store.transfers(limit=query.limit))


@router.get(
    "/{transfer_id}",
    operation_id="get_transfer",
    summary="A transfer",
    responses=problems(404),
)
def get_transfer(transfer_id: TransferId, request: Request, store: StoreDep) -> Transfer:
    """Accuracies by weights, data set and method, and gains over training from scratch."""
    transfer = store.transfer(transfer_id)
    if transfer.finished_at is not None:
        keep(request)
    return transfer


@router.get(
    "/{transfer_id}/runs",
    operation_id="list_transfer_runs",
    summary="Runs of a transfer",
    responses=problems(404),
)
def list_transfer_runs(transfer_id: TransferId, store: StoreDep) -> TransferRuns:
    """All trainings, including those that chose the learning rates, each with its curve."""
    return TransferRuns(runs=store.transfer_runs(transfer_id))


@router.get(
    "/{transfer_id}/figure",
    operation_id="get_transfer_figure",
    summary="Figure of a transfer",
    **FIGURE,
)
async def get_transfer_figure(
    transfer_id: TransferId,
    query: Annotated[ThemeQuery, Query()],
    request: Request,
    service: ServiceDep,
) -> Response:
    """Accuracy against parameters by weights and method, one panel per data set."""

    def make() -> Drawn:
        from results.figures import transfer

        row = service.store.transfer(transfer_id)
        return draw(lambda: transfer(row.cells, complete=row.complete))

    return await figure_answer(request, query.theme, service, make)
