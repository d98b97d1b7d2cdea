"""From what the user typed to the ways of scaling that are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from search_spaces.errors import InputError, suggest
from search_spaces.specs.methods import COMPOUND, FAST, ONE_DIMENSION, Method
from search_spaces.specs.reading import parse

KNOWN: dict[str, Method] = {
    **{method.name.removesuffix(" only"): method for method in ONE_DIMENSION},
    COMPOUND.name: COMPOUND,
    FAST.name: FAST,
}

_SHARES = re.compile(r"d(?P<d>[\d.]+)[ _]*w(?P<w>[\d.]+)[ _]*r(?P<r>[\d.]+)")


def parse_method(text: str) -> Method:
    """A known method by its name, or `NAME=d.1w.8r.1` by shares, or `NAME=α,β,γ`.

    Raises:
        InputError: it cannot be read.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        if name in KNOWN:
            return KNOWN[name]
        raise InputError(
            f"--method {text!r} is unknown: {suggest(name, KNOWN)}, or write NAME=α,β,γ or "
            "NAME=d.1w.8r.1"
        )
    shares = _SHARES.fullmatch(value)
    numbers = list(shares.groups()) if shares else value.split(",")
    try:
        values = [float(number) for number in numbers]
    except ValueError:
        values = []
    if len(values) != 3:
        raise InputError(
            f"--method {text!r} cannot be read: write NAME=α,β,γ, for example ours=1.3,1.1,1.05, "
            "or NAME=d.1w.8r.1, the shares of depth, width and resolution"
        )
    kind = "shares" if shares else "coefficients"
    return parse(Method, {"name": name, kind: values}, f"--method {text!r}")


def comparison_changes(methods: Iterable[str] | None, phis: str | None) -> dict[str, Any]:
    """What the options change of a space: a comparison in place of where it looks.

    Raises:
        InputError: a method or an exponent cannot be read.
    """
    compare: dict[str, Any] = {}
    if methods:
        compare["methods"] = [parse_method(text).model_dump(exclude_none=True) for text in methods]
    if phis is not None:
        try:
            compare["phis"] = [float(phi) for phi in phis.split(",")]
        except ValueError:
            raise InputError(
                f"--phis {phis!r} cannot be read: write exponents with commas, such as -1,1,2"
            ) from None
    return compare
