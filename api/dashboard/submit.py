"""The form for a new sweep, which shows the plan before it submits."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, get_args

import orjson
import yaml
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dashboard.queries import read_query
from api.dashboard.rendering import page
from api.models.common import LARGEST_ID
from api.service import PrincipalDep, StoreDep
from results.states import AccessScope
from results.store import Store
from search_spaces.baselines import baselines
from search_spaces.specs.reading import presets
from search_spaces.specs.strategy import StrategyName
from search_spaces.specs.sweep import SweepSpec

router: Final = APIRouter(include_in_schema=False)

_FIRST: Final = "quickstart"


class FormQuery(BaseModel):
    """The specification to start from: of a sweep (`like`), or a preset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    like: int | None = Field(None, ge=1, le=LARGEST_ID)
    preset: str = _FIRST


@router.get("/submit")
def get_submit_page(request: Request, store: StoreDep, principal: PrincipalDep) -> Response:
    """The form, filled from a preset or from a stored sweep."""
    query = read_query(request, FormQuery)
    starts = _presets()
    chosen = query.preset if query.preset in starts else _FIRST
    if query.like is not None:
        sweep = store.sweep(query.like)
        chosen = f"sweep {sweep.id}, {sweep.name}"
        starts = {chosen: _named(sweep.spec, sweep.dataset), **starts}
    return page(
        request.scope,
        "submit",
        starts=orjson.dumps(starts).decode(),
        names=list(starts),
        chosen=chosen,
        baselines=list(baselines()),
        strategies=list(get_args(StrategyName)),
        datasets=_datasets(store),
        may_submit=principal.scope.includes(AccessScope.SUBMIT),
    )


@cache
def _presets() -> dict[str, dict[str, Any]]:
    """Presets with all keys, including defaults."""
    specs = {}
    for name, text in presets().items():
        given = yaml.safe_load(text)
        whole = SweepSpec.model_validate(given).model_dump(mode="json", exclude_none=True)
        specs[name] = whole if "data" in given else {**whole, "data": {}}
    return specs


def _named(spec: dict[str, Any], dataset: str) -> dict[str, Any]:
    """A stored specification, with the data set by its registered name."""
    whole = SweepSpec.model_validate(spec).model_dump(mode="json", exclude_none=True)
    return {**whole, "data": {**whole["data"], "name": dataset}}


def _datasets(store: Store) -> list[tuple[str, str]]:
    """Name and size of each registered data set."""
    return [(one.name, f"{one.images:,} images, {one.classes} classes") for one in store.datasets()]
