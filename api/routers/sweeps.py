"""Sweeps: submit, list, read, cancel, resume, extend and delete."""

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
from api.submission.planning import submit_spec
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
"""Operations on the sweep of an answer."""


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
    """State, outcome with reasons, specification and provenance of a sweep."""
    sweep = store.sweep(sweep_id)
    if sweep.state is SweepState.FINISHED:
        keep(request)
    return sweep


@router.post(
    "",
    operation_id="submit_sweep",
    summary="Submit a sweep",
    status_code=201,
    responses={
        201: {
            "description": "The queued sweep.",
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
            description="A second submission with the same key gives the same sweep. Keys belong "
            "to the token.",
            examples=["5d1f0d1e-8a35-4b53-9a0a-0f5a3ad2b1c1"],
        ),
    ] = None,
) -> SweepDetail:
    """Plan a sweep and queue it for a runner.

    The data set must be registered on the server or be inside one of its data folders. The service
    limits points, candidates, trials and images (see its settings).
    """
    key = idempotency_key and f"{principal.key}:{idempotency_key}"

    def submit() -> SweepDetail:
        _check_queue(service, key)
        return service.store.sweep(submit_spec(spec, service.store, service.settings, key))

    sweep = await run_sync(submit, limiter=service.planning)
    changed(request)
    response.headers["Location"] = f"/v1/sweeps/{sweep.id}"
    return sweep


@router.post(
    "/{sweep_id}/cancel",
    operation_id="cancel_sweep",
    summary="Cancel a sweep",
    responses={200: {"links": _LINKS}, **problems(404, 409)},
)
def cancel_sweep(
    sweep_id: SweepId, request: Request, store: StoreDep, principal: SubmitterDep
) -> SweepDetail:
    """Stop a sweep: at once if it is queued, else when its driver reads the request.

    Finished trials are kept. Cancelling twice changes nothing.
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
    """Queue a stopped sweep again; only its missing trials are trained.

    A sweep that is queued already keeps its place.
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
    """Add seeds, directions or another strategy to a sweep that has ended; its trials still count.

    A longer training budget is another protocol: the answer is then a new sweep over the same plan,
    in which no trial of the shorter budget counts. The sweep is queued. New directions are refused
    where the target or a limit is latency, because the service does not run networks.
    """

    def extend() -> SweepDetail:
        _check_queue(service, None)
        store = service.store
        return store.sweep(extend_for(store, service.settings, sweep_id, extension, None))

    sweep = await run_sync(extend, limiter=service.planning)
    changed(request)
    return sweep


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
    """Delete a sweep that has ended, with its trials, outcome and coefficients."""
    store.delete_sweep(sweep_id)
    changed(request)


def _check_queue(service: Service, key: str | None) -> None:
    """Raise a 429 if the queue is full, unless the sweep was submitted before."""
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
