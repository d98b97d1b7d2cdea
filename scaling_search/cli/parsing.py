"""Values as people type them: numbers, ways of scaling, and `--set KEY=VALUE`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import yaml

from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError, suggest
from search_spaces.specs.methods import COMPOUND, FAST, ONE_DIMENSION, Method
from search_spaces.specs.reading import parse
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


def parse_numbers(
    text: str | None, option: str, example: str, kind: type[float] = float
) -> list[float]:
    """The numbers of a list with commas; none where the option is not given.

    Raises:
        InputError: one is not a number; the message names the option and shows the example.
    """
    try:
        return [] if text is None else [kind(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"{option} is {text!r}: write numbers with commas between them, for example {example}"
        ) from None


def parse_quantity(text: str) -> Quantity:
    """What networks may be matched on.

    Raises:
        InputError: it is none of them.
    """
    for quantity in QUANTITIES:
        if text == quantity:
            return quantity
    raise InputError(f"quantity {text!r} is unknown: {suggest(text, QUANTITIES)}")


_METHODS: dict[str, Method] = {
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
        if name in _METHODS:
            return _METHODS[name]
        raise InputError(
            f"--method {text!r} is unknown: {suggest(name, _METHODS)}, or write NAME=α,β,γ or "
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


def parse_comparison(methods: Iterable[str] | None, phis: str | None) -> dict[str, Any]:
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


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Nested changes from `proxy.images=5000`, values read as YAML.

    Raises:
        InputError: a setting has no key or no value, is not YAML, or contradicts another one.
    """
    changes: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        parts = [part.strip() for part in key.split(".")]
        if not equals or not all(parts):
            raise InputError(
                f"--set {setting!r} cannot be read: write key=value with a dotted key; "
                "for example --set proxy.images=5000"
            )
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            raise InputError(
                f"--set {setting!r}: the value is not valid YAML; quote it, or write for example "
                "--set 'space.form.strides=[1, 2, 1, 2, 1, 1, 1]'"
            ) from None
        _put(changes, parts, value, setting)
    return changes


def _put(changes: dict[str, Any], parts: list[str], value: Any, setting: str) -> None:
    inner = changes
    for part in parts[:-1]:
        inner = inner.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InputError(
                f"--set {setting!r}: {part} was set to {inner!r} before, which has no keys; "
                "leave one of the two out"
            )
    if parts[-1] in inner:
        raise InputError(f"--set {setting!r}: {'.'.join(parts)} is set twice; leave one out")
    inner[parts[-1]] = value


def merge(*layers: dict[str, Any]) -> dict[str, Any]:
    """Later layers laid over earlier ones, mapping by mapping."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = result.get(key)
            both = isinstance(below, dict) and isinstance(value, dict)
            result[key] = merge(below or {}, value) if both else value
    return result
