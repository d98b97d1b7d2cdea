"""Sweeps: submitted, listed, looked at, cancelled, resumed, deleted."""

from __future__ import annotations

from typing import Annotated, Any, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request, Response

from api.middleware.answers import changed, keep
from api.models.common import SweepId
from api.models.plans import SpecBody
from api.models.sweeps import SweepPage, SweepQuery
from api.openapi import problems
from api.pages import read_page
from api.problems import refused
from api.service import AdministratorDep, Service, ServiceDep, StoreDep, SubmitterDep
from api.submission.extending import extend_for
from api.submission.planning import as_sweep, plan_for
from results import SweepState
from results.values import SweepDetail
from search_spaces.specs.extension import Extension

router: Final = APIRouter(prefix="/v1/sweeps", tags=["sweeps"])

_LINKS: Final[dict[str, Any]] = {
    operation: {"operationId": operation, "parameters": {"sweep_id": "$response.body#/id"}}
    for operation in (
        "get_sweep",
        "list_trials",
        "list_candidates",
        "list_epochs",
        "get_log",
        "cancel_sweep",
        "resume_sweep",
        "extend_sweep",
        "delete_sweep",
    )
}
"""What can be done with a sweep that an answer names."""


@router.get("", operation_id="list_sweeps", summary="List sweeps")
def list_sweeps(
    query: Annotated[SweepQuery, Query()],
    request: Request,
    response: Response,
    store: StoreDep,
) -> SweepPage:
    """Sweeps with their progress, and their leader once there is one; newest first."""
    shown, following = read_page(request, response, query, store.sweeps)
    return SweepPage(items=shown, next=following)


@router.get("/{sweep_id}", operation_id="get_sweep", summary="A sweep", responses=problems(404))
def get_sweep(sweep_id: SweepId, request: Request, store: StoreDep) -> SweepDetail:
    """Where a sweep stands, what it concluded and why, its specification and provenance."""
    found = store.sweep(sweep_id)
    if found.state is SweepState.FINISHED:
        keep(request)
    return found


@router.post(
    "",
    operation_id="submit_sweep",
    summary="Submit a sweep",
    status_code=201,
    responses={
        201: {
            "description": "The sweep, as it waits in the queue.",
            "headers": {
                "Location": {"description": "Path of the sweep.", "schema": {"type": "string"}}
            },
            "links": _LINKS,
        },
        **problems(409),
    },
)
async def submit_sweep(
    spec: SpecBody,
    request: Request,
    response: Response,
    service: ServiceDep,
    principal: SubmitterDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[!-~]+$",
            description="A second submission of the same sweep under the same key makes no second "
            "sweep, so that a client may try again. Keys belong to the token.",
            examples=["5d1f0d1e-8a35-4b53-9a0a-0f5a3ad2b1c1"],
        ),
    ] = None,
) -> SweepDetail:
    """Plan a sweep and put it at the end of the queue; a runner will train it.

    The data set must be registered on the server, or lie below one of its data folders. The limits
    on points, candidates, trials and images are settings of the service.
    """
    key = idempotency_key and f"{principal.key}:{idempotency_key}"

    def submit() -> SweepDetail:
        _check_queue(service, key)
        planned = plan_for(spec, service.store, service.settings, needs_data=True)
        assert planned.data is not None, "a sweep that is submitted has data"
        stored = service.store.create_sweep(
            as_sweep(spec, planned.data, key),
            planned.candidates,
            enqueue=True,
            first_seeds=spec.certain_seeds,
        )
        return service.store.sweep(stored)

    found = await run_sync(submit, limiter=service.planning)
    changed(request)
    response.headers["Location"] = f"/v1/sweeps/{found.id}"
    return found


@router.post(
    "/{sweep_id}/cancel",
    operation_id="cancel_sweep",
    summary="Cancel a sweep",
    responses={200: {"links": _LINKS}, **problems(404, 409)},
)
def cancel_sweep(
    sweep_id: SweepId, request: Request, store: StoreDep, principal: SubmitterDep
) -> SweepDetail:
    """Stop a sweep: at once while it waits, otherwise as soon as its driver hears of it.

    What has been trained is kept. Cancelling twice changes nothing.
    """
    store.request_cancel(sweep_id)
    changed(request)
    return store.sweep(sweep_id)


@router.post(
    "/{sweep_id}/resume",
    operation_id="resume_sweep",
    summary="Resume a sweep",
    responses={200: {"links": _LINKS}, **problems(404, 409)},
)
def resume_sweep(
    sweep_id: SweepId, request: Request, store: StoreDep, principal: SubmitterDep
) -> SweepDetail:
    """Put a sweep that stopped back at the end of the queue; exactly what it lacks is trained.

    One that waits already keeps its place.
    """
    store.requeue(sweep_id)
    changed(request)
    return store.sweep(sweep_id)


@router.post(
    "/{sweep_id}/extend",
    operation_id="extend_sweep",
    summary="Extend a sweep",
    responses={200: {"links": _LINKS}, **problems(404, 409)},
)
async def extend_sweep(
    sweep_id: SweepId,
    extension: Extension,
    request: Request,
    service: ServiceDep,
    principal: SubmitterDep,
) -> SweepDetail:
    """Add seeds, directions or another strategy to a sweep that has ended; all its trials count on.

    A longer budget is another protocol: it makes a new sweep over the same plan, which the answer
    is then, and no trial of the shorter one counts in it. Either waits at the end of the queue.
    Only a search for further candidates is planned: where latency is aimed at or limited it is
    refused, because the service runs no networks.
    """

    def extend() -> SweepDetail:
        _check_queue(service, None)
        store = service.store
        return store.sweep(extend_for(store, service.settings, sweep_id, extension, None))

    found = await run_sync(extend, limiter=service.planning)
    changed(request)
    return found


@router.delete(
    "/{sweep_id}",
    operation_id="delete_sweep",
    summary="Delete a sweep",
    status_code=204,
    responses=problems(404, 409),
)
def delete_sweep(
    sweep_id: SweepId, request: Request, store: StoreDep, principal: AdministratorDep
) -> None:
    """Delete a sweep that has ended, with everything that it holds; its coefficients go too."""
    store.delete_sweep(sweep_id)
    changed(request)


def _check_queue(service: Service, key: str | None) -> None:
    """Raise a 429 if the queue is full, unless this was submitted before."""
    most = service.settings.max_queued
    if service.store.queue_length() < most:
        return
    if key is not None and service.store.sweep_under_key(key) is not None:
        return
    raise refused(
        429,
        "request",
        "",
        f"at most {most} sweeps may wait in the queue",
        "retry when some are done, or cancel one",
        headers={"Retry-After": "60"},
    )
