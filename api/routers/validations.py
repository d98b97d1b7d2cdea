"""Validations of proxies: whether a short budget is valid."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from api.figures import Drawn, draw
from api.middleware.answers import keep
from api.models.common import LARGEST_ID
from api.models.figures import ThemeQuery
from api.models.queries import ValidationsQuery
from api.openapi import problems
from api.routers.figures import FIGURE, figure_answer
from api.service import ServiceDep, StoreDep
from results.values import Validation, Validations

router: Final = APIRouter(prefix="/v1/validations", tags=["validations"])

ValidationId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="Number of the validation.", examples=[1])
]


@router.get("", operation_id="list_validations", summary="List validations of proxies")
def list_validations(query: Annotated[ValidationsQuery, Query()], store: StoreDep) -> Validations:
    """Validations, newest first.

    One of the protocol of a sweep says whether what the sweep found can be trusted.
    """
    rows = store.validations(limit=query.limit, protocol=query.protocol)
    return Validations(validations=rows)


@router.get(
    "/{validation_id}",
    operation_id="get_validation",
    summary="A validation of a proxy",
    responses=problems(404),
)
def get_validation(validation_id: ValidationId, request: Request, store: StoreDep) -> Validation:
    """Its results for each budget, and the budget to use.

    For each budget: whether the shared learning rate ranks fairly, how it agrees with the longest,
    what choosing at it would lose there, and what it costs.
    """
    validation = store.validation(validation_id)
    if validation.finished_at is not None:
        keep(request)
    return validation


@router.get(
    "/{validation_id}/figure",
    operation_id="get_validation_figure",
    summary="A validation, drawn",
    **FIGURE,
)
async def get_validation_figure(
    validation_id: ValidationId,
    query: Annotated[ThemeQuery, Query()],
    request: Request,
    service: ServiceDep,
) -> Response:
    """Accuracy of each candidate against the learning rate, one panel a budget."""

    def make() -> Drawn:
        from results.figures import validation

        report = service.store.validation(validation_id).report
        return draw(lambda: validation(report))

    return await figure_answer(request, query.theme, service, make)
