"""Trials of a sweep: pages of JSON, or one file."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api import tables
from api.middleware.answers import keep
from api.models.common import SweepId
from api.models.trials import TrialPage, TrialQuery
from api.negotiation import chosen
from api.openapi import problems
from api.pages import read_page
from api.problems import invalid
from api.service import StoreDep
from results.states import SweepState
from results.store import Store

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/trials", tags=["sweeps"])

_JSON: Final = "application/json"
_FORMATS: Final = {"json": _JSON, "csv": tables.CSV, "parquet": tables.PARQUET}
_AS_FILES: Final[dict[str, Any]] = {
    "description": "A page of trials as JSON, or all matching trials as CSV or Parquet.",
    "content": {
        tables.CSV: {
            "schema": {"type": "string"},
            "example": "id,candidate,roles,alpha,beta,gamma\n5,4,search,1.0,1.19,1.19\n",
        },
        tables.PARQUET: {"schema": {"type": "string", "format": "binary"}},
    },
}


@router.get(
    "",
    operation_id="list_trials",
    summary="List trials",
    response_model=TrialPage,
    responses={200: _AS_FILES, **problems(404, 406)},
)
def list_trials(
    sweep_id: SweepId,
    query: Annotated[TrialQuery, Query()],
    request: Request,
    response: Response,
    store: StoreDep,
) -> TrialPage | Response:
    """Trials with the coefficients and cost of their candidates.

    JSON has pages. With `Accept: text/csv` or `application/vnd.apache.parquet`, or with `format`,
    the answer is one file with all matching trials (then without `limit` and `cursor`).
    """
    media_type = (
        _FORMATS[query.format]
        if query.format
        else chosen(request.headers.get("accept"), tuple(_FORMATS.values()))
    )
    state = store.sweep_state(sweep_id)
    response.headers["Vary"] = "Accept"
    if media_type != _JSON:
        return _file(sweep_id, query, store, media_type)
    if state is SweepState.FINISHED:
        keep(request)
    shown, following = read_page(request, response, query, partial(store.trials, sweep_id))
    return TrialPage(items=shown, next=following)


def _file(sweep_id: int, query: TrialQuery, store: Store, media_type: str) -> Response:
    for name in ("limit", "cursor"):
        if name in query.model_fields_set:
            raise invalid(
                "query",
                name,
                getattr(query, name),
                f"{media_type} has all matching trials, without pages",
                f"omit {name}, or accept application/json",
            )
    rows = tables.batches(
        partial(store.trials, sweep_id, sort=query.sort, **query.filters),
        query.key,
    )
    suffix = "csv" if media_type == tables.CSV else "parquet"
    headers = {
        "Vary": "Accept",
        "Content-Disposition": f'attachment; filename="sweep-{sweep_id}-trials.{suffix}"',
    }
    if media_type == tables.CSV:
        return StreamingResponse(tables.as_csv(rows), headers=headers, media_type=media_type)
    return Response(tables.as_parquet(rows), headers=headers, media_type=media_type)
