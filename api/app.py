"""The application factory: a FastAPI application from settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Final

from anyio import CapacityLimiter
from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from api import exception_handlers, openapi
from api.dashboard.routers import ROUTERS as PAGES
from api.events import Hub
from api.figures import Figures
from api.metrics import DatabaseMetrics, Metrics
from api.middleware.answers import KeepAnswers
from api.middleware.body import BodyLimit
from api.middleware.guard import Guard
from api.middleware.observe import REQUEST_ID, Observe
from api.routers import (
    candidates,
    catalog,
    checkpoints,
    coefficients,
    epochs,
    events,
    families,
    figures,
    gallery,
    health,
    log,
    plan,
    report,
    sessions,
    sweeps,
    transfers,
    trials,
    validations,
)
from api.security.identity import Identities
from api.service import Service
from api.settings import Settings
from results.store import Store
from search_spaces.baselines import forbid_references
from search_spaces.errors import InputError

_LOCK_SECONDS: Final = 5.0
"""A write waits this long for another; then the answer is 503, and the client tries again."""

_THREADS: Final = 12
"""Concurrent database requests: fewer than the connections that the pool may open."""

_COMPRESSED_FROM_BYTES: Final = 1024
_COMPRESSION: Final = 5

ROUTERS: Final = (
    health.router,
    sweeps.router,
    trials.router,
    candidates.router,
    epochs.router,
    events.router,
    checkpoints.router,
    gallery.router,
    log.router,
    figures.router,
    report.router,
    coefficients.router,
    families.router,
    catalog.router,
    plan.router,
    sessions.router,
    validations.router,
    transfers.router,
)


def create_app(settings: Settings) -> FastAPI:
    """An application over the database that the settings name.

    Nothing is opened before the application starts (its lifespan); then the embedded database is
    created or migrated, and a shared one must be up to date.

    Raises, when it starts:
        InputError: the database is not usable, or tokens are needed and there is none.
        WorkError: the database cannot be reached.
    """
    forbid_references()  # a request must never name code to import
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = _THREADS
        store = await run_sync(open_store, settings)
        metrics.registry.register(DatabaseMetrics(store))
        hub = Hub(
            store,
            poll_seconds=settings.events_poll_seconds,
            max_watchers=settings.max_watchers,
            watching=metrics.watchers,
        )
        app.state.service = Service(
            settings=settings,
            store=store,
            metrics=metrics,
            identities=Identities(store),
            hub=hub,
            planning=CapacityLimiter(1),
            figures=Figures(store),
            drawing=CapacityLimiter(1),
        )
        polling = asyncio.create_task(hub.run())
        try:
            yield
        finally:
            polling.cancel()
            await asyncio.wait([polling])
            await run_sync(store.close)

    app = FastAPI(
        title="scaling-search",
        version=version("scaling-search"),
        summary="Compound-scaling coefficients as a service",
        description=openapi.DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=_middleware(settings, metrics),
    )
    exception_handlers.install(app)
    openapi.install(app)
    for router in ROUTERS:
        app.include_router(router)
    for page in PAGES:
        app.include_router(page)
    return app


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    cors = (
        [
            Middleware(
                CORSMiddleware,
                allow_origins=settings.allowed_origins,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
                expose_headers=["ETag", "Link", "Location", "Retry-After", REQUEST_ID.decode()],
            )
        ]
        if settings.allowed_origins
        else []
    )
    return [
        Middleware(Observe, metrics=metrics),
        *cors,
        Middleware(Guard, settings=settings),
        Middleware(BodyLimit, max_bytes=settings.max_body_bytes),
        Middleware(KeepAnswers, seconds=settings.answer_seconds, metrics=metrics),
        Middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM_BYTES, compresslevel=_COMPRESSION),
    ]


def open_store(settings: Settings) -> Store:
    """The store of the service; see `create_app` for the errors."""
    secret = settings.database_url
    url = None if secret is None else secret.get_secret_value()
    store = Store.open(url, timeout_seconds=_LOCK_SECONDS)
    if settings.tokens_needed and not store.has_valid_token():
        store.close()
        raise InputError(
            f"host is {settings.host}: other machines can reach it, so requests need a token, and "
            "there is none; create one with `scaling-search tokens create NAME`, or listen on "
            "127.0.0.1"
        )
    return store
