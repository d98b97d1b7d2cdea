"""What an application holds while it runs, and the dependencies through which routes use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from api.events import Hub
from api.figures import Figures
from api.metrics import Metrics
from api.problems import refused
from api.security.identity import Identities, Principal
from api.settings import Settings
from results.states import AccessScope
from results.store import Store


@dataclass(frozen=True)
class Service:
    """One per application, from its start to its end."""

    settings: Settings
    store: Store
    metrics: Metrics
    identities: Identities
    hub: Hub
    planning: CapacityLimiter
    """Plans are made one at a time, because each keeps a core busy."""
    figures: Figures
    drawing: CapacityLimiter
    """Figures are drawn one at a time, for the same reason."""


def of(request: Request) -> Service:
    """The service of the application that got this request."""
    service: Service = request.app.state.service
    return service


def _store(request: Request) -> Store:
    return of(request).store


def _principal(request: Request) -> Principal:
    principal: Principal | None = request.state.principal
    assert principal is not None, "the guard lets nobody in without"
    return principal


ServiceDep = Annotated[Service, Depends(of)]
StoreDep = Annotated[Store, Depends(_store)]
PrincipalDep = Annotated[Principal, Depends(_principal)]


def _require(principal: Principal, scope: AccessScope) -> Principal:
    if not principal.scope.includes(scope):
        raise refused(
            403,
            "header",
            "authorization",
            f"this needs a token with the scope {scope}, and {principal.name} has "
            f"{principal.scope}",
            f"create one with `scaling-search tokens create NAME --scope {scope}`",
        )
    return principal


def _submitter(principal: PrincipalDep) -> Principal:
    return _require(principal, AccessScope.SUBMIT)


def _administrator(principal: PrincipalDep) -> Principal:
    return _require(principal, AccessScope.ADMIN)


SubmitterDep = Annotated[Principal, Depends(_submitter)]
AdministratorDep = Annotated[Principal, Depends(_administrator)]
