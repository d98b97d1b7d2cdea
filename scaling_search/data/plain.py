"""Frozen dataclasses as the plain values of JSON, and back."""

from __future__ import annotations

from typing import Any


def tuples(values: dict[str, Any]) -> dict[str, Any]:
    """The same values with JSON's lists as the tuples that frozen dataclasses hold."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}


def lists(values: dict[str, Any]) -> dict[str, Any]:
    """The reverse of `tuples`."""
    return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}
