"""Pages as text, and as a browser asks for them."""

import re
from typing import ClassVar

import pytest


class Pages:
    """What tests look for in a page."""

    accept: ClassVar = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

    @staticmethod
    def texts(html: str, tag: str) -> list[str]:
        """What the elements of this name say."""
        found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html, re.DOTALL)
        return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


@pytest.fixture(scope="session")
def pages() -> type[Pages]:
    return Pages
