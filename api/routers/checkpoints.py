"""The weights that the trials of a sweep left."""

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
    summary="Weights that trials left",
    responses=problems(404),
)
def list_checkpoints(sweep_id: SweepId, store: StoreDep) -> Checkpoints:
    """Files of weights, best trial first; none unless the sweep's `keep_checkpoints` asks for them.

    They lie in the folder of checkpoints of the machine that trained the sweep.
    """
    return Checkpoints(checkpoints=store.checkpoints(sweep_id))
