"""Validations of proxies: is a short training budget valid?"""

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

    A validation of a sweep's protocol says whether the result of the sweep can be trusted.
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
    """Results for each training budget, and the budget to use.

    For each budget: whether a shared learning rate ranks the candidates fairly, how well the
    ranking agrees with that of the longest budget, the accuracy lost by choosing at this budget,
    and its cost.
    """
    validation = store.validation(validation_id)
    if validation.finished_at is not None:
        keep(request)
    return validation


@router.get(
    "/{validation_id}/figure",
    operation_id="get_validation_figure",
    summary="Figure of a validation",
    **FIGURE,
)
async def get_validation_figure(
    validation_id: ValidationId,
    query: Annotated[ThemeQuery, Query()],
    request: Request,
    service: ServiceDep,
) -> Response:
    """Accuracy of each candidate against the learning rate, one panel per budget."""

    def make() -> Drawn:
        from results.figures import validation

        report = service.store.validation(validation_id).report
        return draw(lambda: validation(report))

    return await figure_answer(request, query.theme, service, make)
