"""The pages, one file for each kind."""

from __future__ import annotations

from typing import Final

from api.dashboard import (
    assets,
    coefficients,
    compare,
    families,
    overview,
    sign_in,
    submit,
    sweep,
    transfers,
)

ROUTERS: Final = tuple(
    part.router
    for part in (
        assets,
        overview,
        sweep,
        coefficients,
        families,
        compare,
        transfers,
        submit,
        sign_in,
    )
)
