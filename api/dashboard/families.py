"""A family: its members to read, copy and download, and how they grow."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api import families
from api.dashboard.queries import read_query
from api.dashboard.rendering import page
from api.models.families import FamilyQuery, PublishedQuery
from api.routers.families import CoefficientsId
from api.service import StoreDep
from results.tables.family import FULL, family_table
from results.values import Family
from search_spaces.exports import FORMATS
from search_spaces.families import CONVENTIONS, PUBLISHED_FAMILIES

router: Final = APIRouter(include_in_schema=False)

_MOST: Final = 100


@router.get("/families")
def get_families_page(request: Request, store: StoreDep) -> Response:
    """The list of families."""
    return page(
        request.scope,
        "families",
        rows=store.coefficients(sort="-id", limit=_MOST),
        published=list(PUBLISHED_FAMILIES),
    )


@router.get("/families/published")
def get_published_family_page(request: Request) -> Response:
    """The official table of a baseline."""
    query = read_query(request, PublishedQuery)
    family = families.official_family(query)
    frame = query.model_dump(exclude_unset=True)
    figure = f"/v1/figures/families/published?{urlencode(frame)}"
    return _page(request, family, "/v1/families/published", frame, figure, {"query": query})


@router.get("/families/{coefficients_id}")
def get_family_page(coefficients_id: CoefficientsId, request: Request, store: StoreDep) -> Response:
    """The family of stored coefficients, for any images."""
    query = read_query(request, FamilyQuery)
    record = store.one_coefficients(coefficients_id)
    family = families.implied_family(record, query, store)
    given = query.model_dump(exclude_unset=True)
    base = f"/v1/families/{coefficients_id}"
    figure = f"/v1/figures/families/{coefficients_id}"
    return _page(
        request,
        family,
        base,
        given,
        f"{figure}?{urlencode(given)}",
        {"query": query, "record": record},
    )


def _page(
    request: Request,
    family: Family,
    base: str,
    given: dict[str, Any],
    figure: str,
    values: dict[str, Any],
) -> Response:
    request.scope["state"]["keep"] = False  # the page says who is signed in
    unscaled = families.frame(family.baseline)
    per_member = {name: value for name, value in given.items() if name != "members"}

    def written(member: str, form: str) -> str:
        return f"{base}/{member}?{urlencode(per_member | {'format': form})}"

    def whole(form: str) -> str:
        return f"{base}?{urlencode(given | {'format': form})}"

    return page(
        request.scope,
        "family",
        draws=True,
        family=family,
        members=family_table(family.members, FULL),
        unscaled=unscaled,
        base=base,
        whole=whole,
        written=written,
        formats=FORMATS,
        conventions=CONVENTIONS,
        published=list(PUBLISHED_FAMILIES),
        figure_address=figure,
        **({"record": None} | values),
    )
