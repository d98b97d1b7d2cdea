"""The log of a sweep's driver."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.models.common import SweepId
from api.models.queries import LogQuery
from api.negotiation import chosen
from api.openapi import problems
from api.service import StoreDep
from results.values import DriverLog

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/log", tags=["sweeps"])

_JSON, _TEXT = "application/json", "text/plain"
_AS_TEXT: Final[dict[str, Any]] = {
    "description": "Lines of the log, oldest first; plain text has no times.",
    "content": {
        _TEXT: {
            "schema": {"type": "string"},
            "example": "training 24 trials on 2 workers\n",
        }
    },
}


@router.get(
    "",
    operation_id="get_log",
    summary="Log of the driver",
    response_model=DriverLog,
    responses={200: _AS_TEXT, **problems(404, 406)},
)
def get_log(
    sweep_id: SweepId, query: Annotated[LogQuery, Query()], request: Request, store: StoreDep
) -> DriverLog | Response:
    """The last lines, or the lines after a given one, as JSON or plain text."""
    media_type = chosen(request.headers.get("accept"), (_JSON, _TEXT))
    store.sweep_state(sweep_id)
    lines = store.driver_log(sweep_id, limit=query.limit, after=query.after)
    if media_type == _TEXT:
        text = "".join(f"{line.text}\n" for line in lines)
        return PlainTextResponse(text, headers={"Vary": "Accept"})
    return DriverLog(lines=lines)
