"""Coefficients: all that sweeps ended with, and the best of them."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.middleware.answers import keep
from api.models.coefficients import (
    BestQuery,
    CoefficientsPage,
    CoefficientsQuery,
)
from api.openapi import problems
from api.pages import read_page
from api.problems import Finding, ProblemError
from api.service import StoreDep
from results.store import Store
from results.values import BestCoefficients

router: Final = APIRouter(prefix="/v1/coefficients", tags=["coefficients"])


@router.get("", operation_id="list_coefficients", summary="List coefficients")
def list_coefficients(
    query: Annotated[CoefficientsQuery, Query()],
    request: Request,
    response: Response,
    store: StoreDep,
) -> CoefficientsPage:
    """The leaders of sweeps that came to an outcome, whatever their verdict."""
    shown, following = read_page(request, response, query, store.coefficients)
    return CoefficientsPage(items=shown, next=following)


@router.get(
    "/best",
    operation_id="get_best_coefficients",
    summary="The best conclusive coefficients",
    responses=problems(404),
)
def get_best_coefficients(
    query: Annotated[BestQuery, Query()], request: Request, store: StoreDep
) -> BestCoefficients:
    """Of sweeps whose verdict is `chosen` or `equivalent`, the one with the highest accuracy.

    Accuracies are compared only within one protocol: the given one, else that of the latest
    such sweep. Without a filter, any baseline, data set and target will do; at matched FLOPs
    unless another `quantity` is named.
    """
    best = store.best(
        query.baseline,
        query.dataset,
        query.target,
        target_quantity=query.quantity,
        protocol=query.protocol,
    )
    if best is None:
        raise _nothing(query, store)
    keep(request)
    return best


def _nothing(query: BestQuery, store: Store) -> ProblemError:
    """A 404 that names what is stored instead."""
    given = query.model_dump(exclude_none=True, exclude_defaults=True)
    wanted = ", ".join(f"{name} {value}" for name, value in given.items()) or "any search"
    near = store.coefficients(
        baseline=query.baseline,
        dataset=query.dataset,
        target_ratio=query.target,
        target_quantity=query.quantity,
        protocol=query.protocol,
        limit=1,
    )
    conclusive = [row for row in store.searched() if row.conclusive]
    if near:
        remedy = (
            f"sweep {near[0].sweep} was {near[0].verdict}: GET /v1/sweeps/{near[0].sweep} "
            "says what would settle it"
        )
    elif conclusive:
        places = (
            f"baseline={row.baseline} dataset={row.dataset} target={row.target_ratio:g} "
            f"quantity={row.target_quantity}"
            for row in conclusive[:5]
        )
        remedy = f"there are some for {'; '.join(places)}"
    else:
        remedy = "no sweep has come to a conclusion yet: POST /v1/sweeps submits one"
    finding = Finding(
        place="query",
        field="",
        rule=f"no conclusive coefficients are stored for {wanted}",
        remedy=remedy,
    )
    return ProblemError(404, f"{finding.rule}: {remedy}", [finding])
