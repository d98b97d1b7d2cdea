"""Figures in the JSON format of Plotly, for any page or program that draws with Plotly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final, get_args

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response

from api import families
from api.figures import Drawn, Theme, draw
from api.middleware.answers import matches
from api.models.common import SweepId
from api.models.figures import (
    EXAMPLE,
    ComparisonQuery,
    FamilyFigureQuery,
    FigureList,
    FigureName,
    PublishedFigureQuery,
    ThemeQuery,
)
from api.openapi import problems
from api.routers.families import CoefficientsId
from api.service import Service, ServiceDep, StoreDep
from search_spaces.coefficients import PUBLISHED
from search_spaces.families import PUBLISHED_FAMILIES, FamilyMember

router: Final = APIRouter(prefix="/v1", tags=["figures"])

PLOTLY: Final[dict[str, Any]] = {
    "description": "Plotly JSON with `data` and `layout`. `layout.meta.event` is the `seq` of the "
    "last event of the sweep that the figure includes.",
    "content": {"application/json": {"schema": {"type": "object"}, "example": EXAMPLE}},
}
FIGURE: Final[dict[str, Any]] = {
    "response_class": Response,
    "responses": {200: PLOTLY, **problems(404)},
}
"""Options of a route that answers a figure."""


@router.get(
    "/sweeps/{sweep_id}/figures",
    operation_id="list_figures",
    summary="List the figures of a sweep",
    responses=problems(404),
)
def list_figures(sweep_id: SweepId, store: StoreDep) -> FigureList:
    """Names of the figures of a sweep; the same for all sweeps."""
    store.sweep_state(sweep_id)
    return FigureList(figures=list(get_args(FigureName)))


@router.get(
    "/sweeps/{sweep_id}/figures/{name}",
    operation_id="get_figure",
    summary="A figure of a sweep",
    **FIGURE,
)
async def get_figure(
    sweep_id: SweepId,
    name: Annotated[FigureName, Path(description="One of the figures.", examples=["triangle"])],
    query: Annotated[ThemeQuery, Query()],
    request: Request,
    service: ServiceDep,
) -> Response:
    """A figure of the results so far; without data, a note says what is missing.

    The answer has an `ETag`. While a sweep runs, figures that take long are drawn less often.
    """
    make = partial(service.figures.of_sweep, sweep_id, name)
    return await figure_answer(request, query.theme, service, make)


@router.get(
    "/figures/comparison",
    operation_id="compare_sweeps",
    summary="Compare sweeps of one protocol",
    **FIGURE,
)
async def compare_sweeps(
    query: Annotated[ComparisonQuery, Query()], request: Request, service: ServiceDep
) -> Response:
    """Accuracy against a cost, of the candidates of several sweeps."""
    make = partial(service.figures.comparison, query.sweep, query.cost)
    return await figure_answer(request, query.theme, service, make)


@router.get(
    "/figures/families/published",
    operation_id="get_published_family_figure",
    summary="Figure of an official family",
    response_class=Response,
    responses={200: PLOTLY},
)
async def get_published_family_figure(
    query: Annotated[PublishedFigureQuery, Query()], request: Request, service: ServiceDep
) -> Response:
    """Multipliers, FLOPs and parameters of the members of an official family."""

    def make() -> Drawn:
        frame = (query.baseline, query.images)
        count = families.official(query.baseline)
        members = families.derived(*frame, PUBLISHED, "published", count)
        return draw(lambda: _family(members, None, "published"))

    return await figure_answer(request, query.theme, service, make)


@router.get(
    "/figures/families/{coefficients_id}",
    operation_id="get_family_figure",
    summary="Figure of a family",
    **FIGURE,
)
async def get_family_figure(
    coefficients_id: CoefficientsId,
    query: Annotated[FamilyFigureQuery, Query()],
    request: Request,
    service: ServiceDep,
) -> Response:
    """Multipliers, FLOPs and parameters of a family's members, with the official family."""

    def make() -> Drawn:
        record = service.store.one_coefficients(coefficients_id)
        frame = (record.baseline, query.images)
        members = families.derived(*frame, record.coefficients, query.convention, query.members)
        official = PUBLISHED_FAMILIES.get(record.baseline)
        published = (
            None
            if official is None or query.convention == "published"
            else families.derived(*frame, PUBLISHED, "published", len(official))
        )
        return draw(lambda: _family(members, published, query.convention))

    return await figure_answer(request, query.theme, service, make)


def _family(
    members: tuple[FamilyMember, ...], published: tuple[FamilyMember, ...] | None, name: str
) -> Any:
    import pandas as pd

    from results import figures

    def frame(rows: tuple[FamilyMember, ...]) -> pd.DataFrame:
        return pd.DataFrame([member.to_dict() for member in rows])

    shown = None if published is None else frame(published)
    return figures.family(frame(members), shown, name=f"{name} family")


async def figure_answer(
    request: Request, theme: Theme, service: Service, draw_figure: Callable[[], Drawn]
) -> Response:
    """Draw a figure, or answer 304 where the client has the same."""
    drawn = await run_sync(draw_figure, limiter=service.drawing)
    headers = {"ETag": drawn.etag(theme), "Cache-Control": "private, no-cache"}
    if matches(headers["ETag"].encode(), request.headers.get("if-none-match", "").encode()):
        return Response(status_code=304, headers=headers)
    return Response(drawn.contents[theme], media_type="application/json", headers=headers)
