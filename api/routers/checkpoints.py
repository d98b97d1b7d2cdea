"""Weights that the trials of a sweep saved."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from api.models.common import SweepId
from api.openapi import problems
from api.service import StoreDep
from results.values import Checkpoints

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/checkpoints", tags=["sweeps"])


@router.get(
    "",
    operation_id="list_checkpoints",
    summary="List saved weights",
    responses=problems(404),
)
def list_checkpoints(sweep_id: SweepId, store: StoreDep) -> Checkpoints:
    """Files of weights, best trial first; empty unless the sweep sets `keep_checkpoints`.

    The files are in the checkpoint folder of the machine that trained the sweep.
    """
    return Checkpoints(checkpoints=store.checkpoints(sweep_id))
