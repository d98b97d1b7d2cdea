"""Styles, scripts and Plotly under addresses that change with their content, cached for good."""

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
"""Below it nothing is secret: the sign-in page needs its styles."""

_PLOTLY: Final = "plotly.min.js"
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"

router: Final = APIRouter(include_in_schema=False)


@cache
def _contents() -> dict[str, bytes]:
    own = {entry.name: entry.read_bytes() for entry in (files(__package__) / "assets").iterdir()}
    found = find_spec("plotly")  # found without being imported, which takes a second
    assert found is not None, "a dependency of the package"
    script = FilePath(str(found.origin)).parent / "package_data" / _PLOTLY
    return own | {_PLOTLY: script.read_bytes()}


@cache
def _version() -> str:
    """Hash of all of them: modules that import each other stay in step."""
    hashed = blake2b(digest_size=8)
    for name, content in sorted(_contents().items()):
        hashed.update(f"{name}\0{len(content)}\0".encode() + content)
    return hashed.hexdigest()


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_contents()[name], mtime=0)


def address(name: str) -> str:
    """Where a page finds one of them."""
    assert name in _contents(), name
    return f"{PREFIX}{_version()}/{name}"


@router.get(PREFIX + "{asset_version}/{name}")
def get_asset(
    asset_version: Annotated[str, Path(max_length=50)],
    name: Annotated[str, Path(max_length=50)],
    request: Request,
) -> Response:
    """One of them; the addresses of another version are gone."""
    if asset_version != _version() or name not in _contents():
        raise HTTPException(404)
    headers = {"Cache-Control": _FOR_GOOD, "Vary": "Accept-Encoding"}
    content = _contents()[name]
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = _packed(name), "gzip"
    return Response(content, media_type=_MEDIA_TYPES[FilePath(name).suffix], headers=headers)
