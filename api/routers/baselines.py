"""Networks that can be scaled."""

from __future__ import annotations

from functools import cache
from typing import Final

from fastapi import APIRouter, Request

from api.middleware.answers import keep
from results.values import Baselines, BaselineSummary
from search_spaces.baselines import baselines

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
    return Baselines(baselines=[BaselineSummary.of(baseline) for baseline in countable])
