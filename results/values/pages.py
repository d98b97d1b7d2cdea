"""Lists in pages."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class After:
    """The last row of the page before: its value of the order's key, and its id."""

    value: Any
    id: int
