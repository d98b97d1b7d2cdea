"""Which data set a submitted specification means: only what the server knows already."""

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
_DECIDED_BEFORE: Final = (
    "test_fraction",
    "depth_bits",
    "layout",
    "image_column",
    "label_column",
    "hub_config",
    "hub_revision",
)
"""These decide which images a data set has, and so its fingerprint."""


def find_data(spec: SweepSpec, store: Store, settings: Settings) -> Dataset:
    """The data set that a submitted specification names: a registered one, or one below a root.

    A path outside the configured roots is refused without looking whether it is there, and one
    below them must have been prepared, because classes, channels and fingerprint come from that.

    Raises:
        ProblemError: 422, there is no such data set, or another choice of its images is asked for.
    """
    defaults = DataSpec()
    for name in _DECIDED_BEFORE:
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
