"""Live events of a sweep, as server-sent events that survive reconnects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.models.common import LARGEST_ID, SweepId
from api.models.queries import EventQuery
from api.openapi import problems
from api.service import ServiceDep

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/events", tags=["sweeps"])

_PING_SECONDS: Final = 15
_SEND_SECONDS: Final = 30.0
_RECONNECT_MILLISECONDS: Final = 2000

_EXAMPLE: Final = (
    "event: trial_finished\n"
    'data: {"id":87,"sweep":1,"seq":12,"kind":"trial_finished","at":"2026-11-22T10:00:12Z",'
    '"data":{"trial":5,"accuracy":0.871}}\n'
    "id: 12\n\n"
)
_STREAM: Final[dict[str, Any]] = {
    "description": "Past events after the given place, then each new event as it happens.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
}


@router.get(
    "",
    operation_id="watch_sweep",
    summary="Follow a sweep",
    response_class=EventSourceResponse,
    responses={200: _STREAM, **problems(404, 429)},
)
async def watch_sweep(
    sweep_id: SweepId,
    query: Annotated[EventQuery, Query()],
    service: ServiceDep,
    last_event_id: Annotated[
        int | None,
        Header(ge=0, le=LARGEST_ID, description="The last `seq` that the client received."),
    ] = None,
) -> EventSourceResponse:
    """All changes of the sweep in order and without gaps; the id of each is its `seq`.

    A client that reconnects with `Last-Event-ID`, as browsers do, gets each event exactly once. The
    stream stays open after the sweep has ended, and ends when the sweep is deleted.
    """
    latest = await run_sync(service.store.last_event, sweep_id)
    service.hub.check_room()
    after = min(latest, query.after if last_event_id is None else last_event_id)

    async def stream() -> AsyncIterator[bytes]:
        yield ServerSentEvent(retry=_RECONNECT_MILLISECONDS, sep="\n").encode()
        async for event in service.hub.follow(sweep_id, after):
            yield event

    return EventSourceResponse(
        stream(),
        ping=_PING_SECONDS,
        # Without data, so that browsers ignore it; programs see that the connection is alive.
        ping_message_factory=lambda: ServerSentEvent(event="ping", sep="\n"),
        send_timeout=_SEND_SECONDS,
        sep="\n",
    )
