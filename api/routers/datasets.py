"""Data sets that a submitted sweep may name."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from api.service import StoreDep
from results.values import Datasets

router: Final = APIRouter(prefix="/v1/datasets", tags=["catalog"])


@router.get("", operation_id="list_datasets", summary="List data sets")
def list_datasets(store: StoreDep) -> Datasets:
    """Every data set that is registered here or that a sweep here has used, by name."""
    return Datasets(datasets=[*store.datasets()])
