"""Class activation maps of a sweep's networks, stored by `scaling-search cam`."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Response

from api.models.common import SweepId
from api.openapi import problems
from api.service import StoreDep
from results.values import Gallery

router: Final = APIRouter(prefix="/v1/sweeps/{sweep_id}/gallery", tags=["sweeps"])

_PAGE: Final[dict[str, Any]] = {
    "description": "An HTML file that needs neither network nor server.",
    "content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}},
}
_PICTURE: Final[dict[str, Any]] = {
    "description": "Images and their maps.",
    "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
}


@router.get(
    "",
    operation_id="get_gallery",
    summary="Class activation maps",
    response_class=Response,
    responses={200: _PAGE, **problems(404)},
)
def get_gallery(sweep_id: SweepId, store: StoreDep) -> Response:
    """Class activation maps of the networks whose weights were kept, in one HTML file."""
    name = f'attachment; filename="sweep-{sweep_id}-maps.html"'
    page = store.gallery_file(sweep_id, "page")
    return Response(page, media_type="text/html", headers={"Content-Disposition": name})


@router.get(
    "/figures",
    operation_id="get_gallery_figures",
    summary="Statistics of class activation maps",
    responses=problems(404),
)
def get_gallery_figures(sweep_id: SweepId, store: StoreDep) -> Gallery:
    """How well the maps of each network point at objects whose place is known."""
    return store.gallery(sweep_id)


@router.get(
    "/picture",
    operation_id="get_gallery_picture",
    summary="Class activation maps as an image",
    response_class=Response,
    responses={200: _PICTURE, **problems(404)},
)
def get_gallery_picture(sweep_id: SweepId, store: StoreDep) -> Response:
    """First page of the gallery: one row per image, one column per network."""
    return Response(store.gallery_file(sweep_id, "picture"), media_type="image/png")
