"""Liveness, readiness and metrics."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field

from api.openapi import problems
from api.service import ServiceDep, StoreDep

router: Final = APIRouter(tags=["health"])


class Health(BaseModel):
    """The service is up."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"example": {"status": "ok"}})

    status: Literal["ok"] = Field("ok", description="Always `ok`; errors are problems.")


@router.get("/healthz", operation_id="get_health", summary="Is the process alive?")
async def get_health() -> Health:
    """Answers as long as the process runs, without the database."""
    return Health()


@router.get(
    "/readyz",
    operation_id="get_readiness",
    summary="Can it answer requests?",
    responses=problems(503),
)
def get_readiness(store: StoreDep) -> Health:
    """Answers once the database does; 503 while it is locked or unavailable."""
    store.ping()
    return Health()


@router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Figures for Prometheus",
    response_class=PlainTextResponse,
    responses={
        200: {
            "description": "Figures in Prometheus' text format.",
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": "scaling_search_queue_length 3.0\n",
                }
            },
        }
    },
)
def get_metrics(request: Request, service: ServiceDep) -> PlainTextResponse:
    """Request latencies, open event streams, queue length, running trials, trained images."""
    text = generate_latest(service.metrics.registry)
    return PlainTextResponse(text, media_type=CONTENT_TYPE_LATEST)
