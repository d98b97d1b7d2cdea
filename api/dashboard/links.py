"""Addresses of our own."""

from starlette.datastructures import URL


def relative(url: URL) -> str:
    """Path and query, so that a page may stand behind any name."""
    return url.path + (f"?{url.query}" if url.query else "")
