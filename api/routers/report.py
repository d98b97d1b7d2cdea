"""Report of a sweep: one HTML file."""

from __future__ import annotations

from typing import Any, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Response

from api.models.common import SweepId
from api.openapi import problems
from api.service import ServiceDep

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/report", tags=["sweeps"])

_PAGE: Final[dict[str, Any]] = {
    "description": "An HTML file that needs neither network nor server.",
    "content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}},
}


@router.get(
    "",
    operation_id="get_report",
    summary="The report of a sweep",
    response_class=Response,
    responses={200: _PAGE, **problems(404)},
)
async def get_report(sweep_id: SweepId, service: ServiceDep) -> Response:
    """Verdict, all figures, tables, specification and provenance in one self-contained file."""

    def write() -> str:
        # Imported here: the drawing libraries take longer to import than the service to start.
        from results.reports import report_page
        from results.views import SweepView

        return report_page(SweepView(service.store, sweep_id))

    text = await run_sync(write, limiter=service.drawing)
    name = f'attachment; filename="sweep-{sweep_id}.html"'
    return Response(text, media_type="text/html", headers={"Content-Disposition": name})
