"""Dry runs: the networks that a sweep would train."""

from __future__ import annotations

from typing import Final

from anyio.to_thread import run_sync
from fastapi import APIRouter

from api.models.plans import PlanAnswer, SpecBody
from api.service import ServiceDep, SubmitterDep
from api.submission.planning import plan_for

router: Final = APIRouter(prefix="/v1/plan", tags=["sweeps"])


@router.post("", operation_id="make_plan", summary="Plan without training")
async def make_plan(spec: SpecBody, service: ServiceDep, principal: SubmitterDep) -> PlanAnswer:
    """The distinct networks that a sweep would train, with their complexity in closed form.

    Nothing is stored. Without `data` in the body, the baseline's own channels and classes are used.
    """

    def plan() -> PlanAnswer:
        return PlanAnswer.from_planned(
            plan_for(spec, service.store, service.settings, needs_data=False)
        )

    return await run_sync(plan, limiter=service.planning)
