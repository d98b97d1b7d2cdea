"""Networks that can be scaled."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from fastapi import APIRouter, Request

from api.middleware.answers import keep
from api.models.catalog import Baselines
from results.documents.catalog import BaselineItem
from search_spaces.baselines import Baseline, baselines, complexity
from search_spaces.families import PUBLISHED_FAMILIES

router: Final = APIRouter(prefix="/v1/baselines", tags=["catalog"])


@router.get("", operation_id="list_baselines", summary="List baselines")
def list_baselines(request: Request) -> Baselines:
    """Every network that can be scaled here: built in, or from an installed package.

    One whose networks have to be built to know their cost is planned by the command line alone.
    """
    keep(request)
    return _described()


@cache
def _described() -> Baselines:
    countable = [one for one in baselines().values() if not getattr(one, "measured", False)]
    return Baselines(baselines=[_item(baseline) for baseline in countable])


def _item(baseline: Baseline) -> BaselineItem:
    cost, base = complexity(baseline, baseline.base), baseline.base
    return BaselineItem(
        name=baseline.name,
        params=cost.params,
        flops=cost.flops,
        activations=cost.activations,
        complexity_source="closed_form",
        resolution_px=base.resolution_px,
        classes=base.classes,
        in_channels=base.in_channels,
        stages=len(base.stages),
        blocks=sum(base.depths),
        total_stride=math.prod(base.strides),
        rounding=baseline.rounding.model_dump(),
        published_family=baseline.name in PUBLISHED_FAMILIES,
        spec=base.to_dict(),
    )
