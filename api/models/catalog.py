"""Every baseline and data set at once."""

from __future__ import annotations

from pydantic import ConfigDict

from results.documents.catalog import BASELINE, DATASET, BaselineItem, DatasetItem
from results.documents.common import Document


class Datasets(Document):
    """Every registered data set."""

    model_config = ConfigDict(json_schema_extra={"example": {"datasets": [DATASET]}})

    datasets: list[DatasetItem]


class Baselines(Document):
    """Every network that can be scaled."""

    model_config = ConfigDict(json_schema_extra={"example": {"baselines": [BASELINE]}})

    baselines: list[BaselineItem]
