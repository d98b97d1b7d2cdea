"""Queries of figures."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.figures import Theme
from api.models.common import LARGEST_ID, Document
from api.models.families import FamilyQuery, PublishedQuery

FigureName = Literal[
    "triangle", "accuracy", "accuracy-params", "accuracy-activations", "accuracy-seconds",
    "accuracy-latency", "methods", "ratios", "parallel", "curves", "losses", "family", "timeline",
]  # fmt: skip
Cost = Literal["flops", "params", "activations", "train_seconds"]

EXAMPLE: Final[dict[str, Any]] = {
    "data": [{"type": "scatter", "x": [1.7e6, 3.4e6], "y": [0.85, 0.87]}],
    "layout": {"title": {"text": "Accuracy against FLOPs"}, "meta": {"event": 31}},
}


class ThemeQuery(BaseModel):
    """Theme of a figure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: Theme = Field("light", description="Theme of the page that shows the figure.")


class FamilyFigureQuery(ThemeQuery, FamilyQuery):
    """Query of a family's figure."""


class PublishedFigureQuery(ThemeQuery, PublishedQuery):
    """Query of an official family's figure."""


class ComparisonQuery(ThemeQuery):
    """Sweeps to compare."""

    sweep: tuple[Annotated[int, Field(ge=1, le=LARGEST_ID)], ...] = Field(
        min_length=2, max_length=12, description="Sweeps of one protocol; repeat for several."
    )
    cost: Cost = Field("flops", description="Cost on the horizontal axis.")


class FigureList(Document):
    """Figures of a sweep."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"figures": ["triangle", "accuracy", "curves"]}}
    )

    figures: list[FigureName] = Field(description="Names of the figures, in the order of a report.")
