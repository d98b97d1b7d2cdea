"""The media type that an Accept header prefers."""

from __future__ import annotations

from collections.abc import Sequence

from mimeparse import MimeTypeParseException, parse_media_range, quality_parsed


def preferred(accept: str | None, offered: Sequence[str]) -> str | None:
    """The offered media type with the highest weight (RFC 9110, section 12.5.1).

    Of equal weights the first offered. None if the header accepts none of them or is unreadable.
    """
    parts = [part for part in (accept or "*/*").lower().split(",") if part.strip()]
    try:
        ranges = [parse_media_range(part) for part in parts]
    except MimeTypeParseException:
        return None
    weights = {media_type: quality_parsed(media_type, ranges) for media_type in offered}
    best = max(offered, key=weights.__getitem__)
    return best if weights[best] > 0 else None
