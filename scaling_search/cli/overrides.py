"""`--set key=value`: any key of a sweep's file, changed from the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from search_spaces.errors import InputError


def parse_overrides(settings: Iterable[str]) -> dict[str, Any]:
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


def merged(*layers: dict[str, Any]) -> dict[str, Any]:
    """Later layers laid over earlier ones, mapping by mapping."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = result.get(key)
            both = isinstance(below, dict) and isinstance(value, dict)
            result[key] = merged(below or {}, value) if both else value
    return result
