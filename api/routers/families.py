"""Families: what coefficients imply for larger networks, and the official ones."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from api import families
from api.formats import FORMATS, member_format
from api.middleware.answers import keep
from api.models.common import LARGEST_ID
from api.models.families import (
    MOST_MEMBERS,
    FamilyQuery,
    MemberQuery,
    PublishedMemberQuery,
    PublishedQuery,
)
from api.openapi import problems
from api.service import StoreDep
from results.documents.common import Coefficients as Triple
from results.documents.families import Family
from search_spaces.coefficients import PUBLISHED, Coefficients

router: Final = APIRouter(prefix="/v1/families", tags=["families"])

CoefficientsId = Annotated[
    int,
    Path(ge=1, le=LARGEST_ID, description="`id` of the coefficients.", examples=[1]),
]
MemberName = Annotated[str, Path(max_length=50, description="b0, b1, …", examples=["b3"])]

_FORMATS: Final[dict[str, Any]] = {
    "description": f"The member in the format asked for: {', '.join(FORMATS)}.",
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/Member"},
        }
    },
}


@router.get(
    "/published",
    operation_id="get_published_family",
    summary="An official family",
)
def get_published_family(query: Annotated[PublishedQuery, Query()], request: Request) -> Family:
    """The official table of a baseline, for comparison; needs nothing that is stored."""
    keep(request)
    at = families.frame(query.baseline, query.resolution_px, query.classes)
    members = families.derived(
        query.baseline,
        query.resolution_px,
        query.classes,
        PUBLISHED,
        "published",
        families.official(query.baseline),
    )
    return Family(
        baseline=query.baseline,
        coefficients=None,
        sweep=None,
        convention="published",
        resolution_px=at.resolution_px,
        classes=at.classes,
        in_channels=at.in_channels,
        members=[families.answer(member) for member in members],
    )


@router.get(
    "/published/{member}",
    operation_id="get_published_member",
    summary="A member of an official family",
    response_class=Response,
    responses={200: _FORMATS, **problems(404)},
)
def get_published_member(
    member: MemberName, query: Annotated[PublishedMemberQuery, Query()], request: Request
) -> Response:
    """One member of the official table."""
    k = families.index_of(member, families.official(query.baseline))
    written = member_format(query.format)
    found = families.derived_member(
        query.baseline, query.resolution_px, query.classes, PUBLISHED, "published", k
    )
    keep(request)
    return Response(written.write(families.answer(found)), media_type=written.media_type)


@router.get(
    "/{coefficients_id}",
    operation_id="get_family",
    summary="The family that coefficients imply",
    responses=problems(404),
)
def get_family(
    coefficients_id: CoefficientsId,
    query: Annotated[FamilyQuery, Query()],
    request: Request,
    store: StoreDep,
) -> Family:
    """Members b0, b1, … by a convention for φ, for any base resolution and class count."""
    record = store.one_coefficients(coefficients_id)
    coefficients = Coefficients(record.alpha, record.beta, record.gamma)
    at = families.frame(record.baseline, query.resolution_px, query.classes)
    members = families.derived(
        record.baseline,
        query.resolution_px,
        query.classes,
        coefficients,
        query.convention,
        query.members,
    )
    stored = store.family_members(coefficients_id)
    keep(request)
    table_only = query.convention == "published"
    return Family(
        baseline=record.baseline,
        coefficients=None if table_only else Triple.of(record),
        sweep=None if table_only else record.sweep_id,
        convention=query.convention,
        resolution_px=at.resolution_px,
        classes=at.classes,
        in_channels=at.in_channels,
        members=[families.answer(member, stored) for member in members],
    )


@router.get(
    "/{coefficients_id}/{member}",
    operation_id="get_member",
    summary="A member of a family",
    response_class=Response,
    responses={200: _FORMATS, **problems(404)},
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
    written = member_format(query.format)
    record = store.one_coefficients(coefficients_id)
    found = families.derived_member(
        record.baseline,
        query.resolution_px,
        query.classes,
        Coefficients(record.alpha, record.beta, record.gamma),
        query.convention,
        k,
    )
    stored = store.family_members(coefficients_id)
    keep(request)
    return Response(written.write(families.answer(found, stored)), media_type=written.media_type)
