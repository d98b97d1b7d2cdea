"""Formatting of numbers for people: amounts, durations, percentages, coefficients."""

from __future__ import annotations

import math
from collections.abc import Iterable

_MULTIPLES = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


def triple(values: Iterable[float]) -> str:
    """(1.2, 1.1, 1.15)."""
    return f"({', '.join(map(exactly, values))})"


def named_triple(alpha: float, beta: float, gamma: float) -> str:
    """α 1.2, β 1.1, γ 1.15."""
    return f"α {exactly(alpha)}, β {exactly(beta)}, γ {exactly(gamma)}"


def exactly(value: float, decimals: int | None = None) -> str:
    """The shortest decimals that read back as this very number: 1.2, 2, 1.0001.

    Coefficients are written like this, because people type them in again, and rounded ones may
    give another network. Pass `decimals` for numbers that are only read.
    """
    rounded = float(value) if decimals is None else round(float(value), decimals)
    return repr(rounded).removesuffix(".0")


def amount(value: float) -> str:
    """Three digits and a multiple: 8.41 M, 402 M, 37.8 G."""
    for letter in "TGMK":
        if abs(value) >= 0.9995 * _MULTIPLES[letter]:
            return f"{_three_digits(value / _MULTIPLES[letter])} {letter}"
    return f"{value:g}" if value == int(value) else _three_digits(value)


def _three_digits(value: float) -> str:
    decimals = 2 - math.floor(math.log10(abs(value)) + 1e-4) if value else 0
    return f"{value:.{min(2, max(0, decimals))}f}" if decimals > 0 else f"{value:.0f}"


def size(count: float) -> str:
    """Bytes: 345 MB."""
    return f"{amount(count).replace('K', 'k')}B" if count >= 1000 else f"{count:.0f} B"


def duration(seconds: float) -> str:
    """45 s, 4 min 10 s, 2 h 05 min, 3.2 days."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if seconds >= 1 else f"{seconds:.1f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    days = seconds / 86400
    return f"{days:.1f} days" if days < 365 else f"{days / 365:,.1f} years"


def percent(fraction: float | None) -> str:
    """87.31%; – for None."""
    return "–" if fraction is None else f"{100 * fraction:.2f}%"


def points(fraction: float | None, *, sign: bool = False) -> str:
    """A difference of accuracies in percentage points: 0.62, or +0.62 with `sign`; – for None."""
    if fraction is None:
        return "–"
    return f"{100 * fraction:+.2f}" if sign else f"{100 * fraction:.2f}"


def points_between(low: float | None, high: float | None) -> str:
    """The ends of an interval in points: -0.10 to +0.62; nothing where there is none."""
    if low is None or high is None:
        return ""
    return f"{points(low, sign=True)} to {points(high, sign=True)}"


def chance(probability: float | None) -> str:
    """A probability: 43%; <1% for a small one above 0; empty text for None."""
    if probability is None:
        return ""
    return "<1%" if 0 < probability < 0.01 else f"{probability:.0%}"


def plural(count: int, noun: str) -> str:
    """1 trial, 2,000 trials."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
