"""Styles, scripts and Plotly, at addresses that contain a hash, so that browsers cache them."""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Request, Response

PREFIX: Final = "/assets/"
"""Paths with this prefix need no token, because the sign-in page uses them."""

_PLOTLY: Final = "plotly.min.js"
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_CACHE_FOREVER: Final = "public, max-age=31536000, immutable"

router: Final = APIRouter(include_in_schema=False)


@cache
def _contents() -> dict[str, bytes]:
    assets = {entry.name: entry.read_bytes() for entry in (files(__package__) / "assets").iterdir()}
    plotly = find_spec("plotly")  # importing it would take a second
    assert plotly is not None, "a dependency of the package"
    script = FilePath(str(plotly.origin)).parent / "package_data" / _PLOTLY
    return assets | {_PLOTLY: script.read_bytes()}


@cache
def _version() -> str:
    """Hash of all assets, because scripts import each other."""
    hashed = blake2b(digest_size=8)
    for name, content in sorted(_contents().items()):
        hashed.update(f"{name}\0{len(content)}\0".encode() + content)
    return hashed.hexdigest()


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_contents()[name], mtime=0)


def address(name: str) -> str:
    """Address of an asset."""
    assert name in _contents(), name
    return f"{PREFIX}{_version()}/{name}"


@router.get(PREFIX + "{asset_version}/{name}")
def get_asset(
    asset_version: Annotated[str, Path(max_length=50)],
    name: Annotated[str, Path(max_length=50)],
    request: Request,
) -> Response:
    """An asset; addresses of other versions do not exist."""
    if asset_version != _version() or name not in _contents():
        raise HTTPException(404)
    headers = {"Cache-Control": _CACHE_FOREVER, "Vary": "Accept-Encoding"}
    content = _contents()[name]
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = _packed(name), "gzip"
    return Response(content, media_type=_MEDIA_TYPES[FilePath(name).suffix], headers=headers)
