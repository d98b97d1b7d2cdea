"""What a column holds that is no image, and how to make images of it."""

from __future__ import annotations

import re
from typing import Any

from scaling_search.data.sources.endings import IMAGE_SUFFIXES, ending

_BASE64 = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "Qk0", "SUkq", "TU0A")
"""How PNG, JPEG, GIF, WebP, BMP and TIFF begin in base64."""
_NUMBERS = re.compile(r"\s*\[?\s*-?[0-9.]+([\s,]+-?[0-9.]+){15,}\s*\]?\s*")
_GUIDE = "docs/datasets.md shows how"


def problem_of(value: Any) -> str | None:
    """What a value is instead of an image file, and the remedy; None for what may be one."""
    if isinstance(value, dict):
        return problem_of(value["bytes"]) if isinstance(value.get("bytes"), bytes) else None
    if isinstance(value, bytes):
        return _of_bytes(value)
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, list):
        return _of_list(value)
    return None


def _of_bytes(value: bytes) -> str | None:
    if value.startswith(b"\x93NUMPY"):
        return f"NumPy arrays: save each as a PNG ({_GUIDE})"
    start = value[:32].decode("ascii", "replace")
    return _of_text(start) if start.startswith((*_BASE64, "data:image/")) else None


def _of_text(value: str) -> str | None:
    if value.startswith((*_BASE64, "data:image/")):
        return f"images in base64: decode them to bytes first ({_GUIDE})"
    if _NUMBERS.fullmatch(value[:10_000].rpartition(" ")[0] if len(value) > 10_000 else value):
        count = len(re.findall(r"[0-9.]+", value))
        return f"{count:,} pixel values as text: save each row as a PNG ({_GUIDE})"
    if re.match(r"\w+://", value):
        return "web addresses: download the images and put their bytes into the column"
    if ending(value) in IMAGE_SUFFIXES:
        return (
            "names of files: put the images into class folders, or make it a struct of bytes and "
            f"path ({_GUIDE})"
        )
    return None


def _of_list(value: list[Any]) -> str | None:
    shape: list[int] = []
    inner: Any = value
    while isinstance(inner, list) and inner:
        shape.append(len(inner))
        inner = inner[0]
    if isinstance(inner, dict) and "bytes" in inner:
        return "a list of images in each row: keep one image per row"
    if not isinstance(inner, int | float):
        return None
    sides = " × ".join(f"{side:,}" for side in shape)
    return f"{sides} pixel values: save each row as a PNG ({_GUIDE})"
