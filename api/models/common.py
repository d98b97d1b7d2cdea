"""What several requests have in common."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

LARGEST_ID = 2**63 - 1

SweepId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="Number of the sweep.", examples=[1])
]
