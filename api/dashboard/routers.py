"""The pages, one file for each kind."""

from __future__ import annotations

from typing import Final

from api.dashboard import assets, overview, sweep

ROUTERS: Final = (assets.router, overview.router, sweep.router)
