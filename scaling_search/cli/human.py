"""Numbers as people type them."""

from __future__ import annotations

import math
import re

from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError, suggest
from search_spaces.specs.target import QUANTITIES, Quantity

_MULTIPLES = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "T": 1e12}
_FLOPS = re.compile(r"([0-9.]+(?:e[+-]?[0-9]+)?)\s*([KMGBT]?)(?:FLOPS?)?", re.IGNORECASE)


def parse_flops(text: str) -> float:
    """Multiply-adds from `1.5G`, `400M`, `1.8B` (as the papers write) or `4e8`.

    Raises:
        InputError: it is not such a number, or not above 0.
    """
    found = _FLOPS.fullmatch(text.strip())
    try:
        value = float(found[1]) * _MULTIPLES[found[2].upper()] if found else math.nan
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise InputError(
            f"flops is {text!r}: it must be a number of multiply-adds above 0, with K, M, G (or B) "
            "or T if you like; for example 1.5G, 400M or 4e8"
        )
    return value


def parse_coefficients(text: str) -> Coefficients:
    """α, β, γ from `1.2,1.1,1.15`.

    Raises:
        InputError: they are not three numbers of at least 1.
    """
    try:
        alpha, beta, gamma = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"coefficients are {text!r}: they must be three numbers alpha,beta,gamma; "
            "for example 1.2,1.1,1.15"
        ) from None
    return Coefficients(alpha, beta, gamma)


def parse_quantity(text: str) -> Quantity:
    """What networks may be matched on.

    Raises:
        InputError: it is none of them.
    """
    for quantity in QUANTITIES:
        if text == quantity:
            return quantity
    raise InputError(f"quantity {text!r} is unknown: {suggest(text, QUANTITIES)}")
