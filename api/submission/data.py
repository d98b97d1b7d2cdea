"""Finds the data set of a submitted specification among those known to the server."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from api.problems import invalid
from api.settings import Settings
from results import NotFoundError
from results.store import Store
from results.values import Dataset
from search_spaces.errors import suggest
from search_spaces.specs.data import DataSpec
from search_spaces.specs.sweep import SweepSpec

_FIELD: Final = "data.name"
_FIXED_KEYS: Final = (
    "test_fraction",
    "depth_bits",
    "layout",
    "image_column",
    "label_column",
    "hub_config",
    "hub_revision",
)
"""Keys that decide the images of a data set, and so its fingerprint."""


def find_data(spec: SweepSpec, store: Store, settings: Settings) -> Dataset:
    """The data set of a submitted specification: registered, or inside one of `data_roots`.

    A path outside the roots is refused without a look at the disk. A path inside must have been
    prepared, because preparation gives classes, channels and fingerprint.

    Raises:
        ProblemError: 422, the data set is unknown, or a key would change its images.
    """
    defaults = DataSpec()
    for name in _FIXED_KEYS:
        value = getattr(spec.data, name)
        if value != getattr(defaults, name):
            raise invalid(
                "body",
                f"data.{name}",
                value,
                "it is fixed when a data set is registered",
                "omit it",
            )
    name = spec.data.name
    return _below_a_root(name, store, settings) if _is_path(name) else _registered(name, store)


def _is_path(name: str) -> bool:
    return not name.startswith("hub:") and ("/" in name or "\\" in name or name[:1] in "~.")


def _registered(name: str, store: Store) -> Dataset:
    try:
        return store.dataset(name)
    except NotFoundError:
        known = [entry.name for entry in store.datasets()]
        raise invalid(
            "body",
            _FIELD,
            name,
            "it is not registered on this server",
            f"{suggest(name, known)}; GET /v1/datasets lists them, `scaling-search datasets add` "
            "adds one",
        ) from None


def _below_a_root(name: str, store: Store, settings: Settings) -> Dataset:
    path = _resolved(name)
    if path is None or not any(path.is_relative_to(root) for root in settings.data_roots):
        raise invalid(
            "body",
            _FIELD,
            name,
            "a path must be inside one of the server's data folders",
            "name a registered data set; GET /v1/datasets lists them",
        )
    for entry in store.datasets():
        if _resolved(entry.source) == path:
            return entry
    raise invalid(
        "body",
        _FIELD,
        name,
        "it has not been prepared on this server, so its classes are unknown",
        "register it there with `scaling-search datasets add NAME PATH`",
    )


def _resolved(name: str) -> Path | None:
    """The real path behind an absolute one, links followed; None if it cannot be one."""
    try:
        path = Path(name)
        return path.resolve() if path.is_absolute() else None
    except (OSError, RuntimeError, ValueError):
        return None
