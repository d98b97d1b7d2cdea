"""Pages of transfers."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.rendering import page
from api.routers.transfers import TransferId
from api.service import StoreDep
from results.values import Transfer

router: Final = APIRouter(include_in_schema=False)

_MOST: Final = 100

METHODS: Final = {
    "linear_probe": "linear probe",
    "full": "all trained",
    "gradual": "gradually unfrozen",
    "scratch": "from scratch",
}


@router.get("/transfers")
def get_transfers_page(request: Request, store: StoreDep) -> Response:
    """All transfers."""
    return page(request.scope, "transfers", rows=store.transfers(limit=_MOST))


@router.get("/transfers/{transfer_id}")
def get_transfer_page(transfer_id: TransferId, request: Request, store: StoreDep) -> Response:
    """A transfer: a table for each data set, and accuracy against parameters."""
    transfer = store.transfer(transfer_id)
    return page(
        request.scope,
        "transfer",
        draws=True,
        transfer=transfer,
        methods=METHODS,
        groups=_groups(transfer),
        figure_address=f"/v1/transfers/{transfer_id}/figure",
    )


def _groups(transfer: Transfer) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The cells of each data set that has any."""
    by_data = [
        (data, [cell for cell in transfer.cells if cell["dataset"] == data["name"]])
        for data in transfer.datasets
    ]
    return [group for group in by_data if group[1]]
