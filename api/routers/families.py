"""Families: what coefficients imply for larger networks, and the official ones."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from api import families
from api.formats import answer, format_of, responses
from api.middleware.answers import keep
from api.models.common import LARGEST_ID
from api.models.families import (
    MOST_MEMBERS,
    MemberQuery,
    WrittenFamilyQuery,
    WrittenPublishedQuery,
)
from api.openapi import problems
from api.service import StoreDep
from results.values import Family
from search_spaces.coefficients import PUBLISHED
from search_spaces.families import FamilyMember

router: Final = APIRouter(prefix="/v1/families", tags=["families"])

CoefficientsId = Annotated[
    int,
    Path(ge=1, le=LARGEST_ID, description="`id` of the coefficients.", examples=[1]),
]
MemberName = Annotated[str, Path(max_length=50, description="b0, b1, …", examples=["b3"])]


@router.get(
    "/published",
    operation_id="get_published_family",
    summary="An official family",
    response_model=Family | dict[str, Any],
    responses={200: responses("family", Family)},
)
def get_published_family(
    query: Annotated[WrittenPublishedQuery, Query()], request: Request
) -> Response:
    """The official table of a baseline, for comparison; needs nothing that is stored."""
    form = format_of(query.format)
    family = families.official_family(query)
    keep(request)
    return answer(form, family)


@router.get(
    "/published/{member}",
    operation_id="get_published_member",
    summary="A member of an official family",
    response_model=FamilyMember | dict[str, Any],
    responses={200: responses("member", FamilyMember), **problems(404)},
)
def get_published_member(
    member: MemberName, query: Annotated[WrittenPublishedQuery, Query()], request: Request
) -> Response:
    """One member of the official table."""
    k = families.index_of(member, families.official(query.baseline))
    form = format_of(query.format)
    derived = families.derived_member(query.baseline, query.images, PUBLISHED, "published", k)
    keep(request)
    return answer(form, derived)


@router.get(
    "/{coefficients_id}",
    operation_id="get_family",
    summary="The family that coefficients imply",
    response_model=Family | dict[str, Any],
    responses={200: responses("family", Family), **problems(404)},
)
def get_family(
    coefficients_id: CoefficientsId,
    query: Annotated[WrittenFamilyQuery, Query()],
    request: Request,
    store: StoreDep,
) -> Response:
    """Members b0, b1, … by a convention for φ, for any base resolution and class count."""
    form = format_of(query.format)
    family = families.implied_family(store.one_coefficients(coefficients_id), query, store)
    keep(request)
    return answer(form, family)


@router.get(
    "/{coefficients_id}/{member}",
    operation_id="get_member",
    summary="A member of a family",
    response_model=FamilyMember | dict[str, Any],
    responses={200: responses("member", FamilyMember), **problems(404)},
)
def get_member(
    coefficients_id: CoefficientsId,
    member: MemberName,
    query: Annotated[MemberQuery, Query()],
    request: Request,
    store: StoreDep,
) -> Response:
    """One member, in any of the formats."""
    k = families.index_of(member, MOST_MEMBERS)
    form = format_of(query.format)
    record = store.one_coefficients(coefficients_id)
    derived = families.derived_member(
        record.baseline,
        query.images,
        record.coefficients,
        query.convention,
        k,
    )
    (counted,) = families.counted([derived], coefficients_id, store)
    keep(request)
    return answer(form, counted)
