"""A sweep's prepared images: the same ones for all of its trials, whenever they are prepared.

The cache that holds them may be emptied while a sweep trains, or before it is resumed. They are
prepared again then, and must come out as they were.
"""

from __future__ import annotations

from collections.abc import Callable

from results.store import Store
from results.values import Lease
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.data import DataSpec

IMAGES = "images"
_EARLY_EVENTS = 50
"""The split is recorded before the first trial, so the event is among a sweep's first."""


def are_readable(data: PreparedDataset) -> bool:
    """Whether the prepared images can be read on this machine."""
    try:
        data.open_split("train")
        data.open_split("validation")
    except WorkError:
        return False
    return True


def check_split(store: Store, sweep_id: int, data: PreparedDataset) -> bool:
    """Refuse another split of the images than the one that the sweep's trials were trained on.

    Returns:
        Whether it is known: no sweep has one before its first trial.

    Raises:
        InputError: the split changed.
    """
    for event in store.events(sweep_id, limit=_EARLY_EVENTS):
        if event.kind != IMAGES:
            continue
        if event.data["split"] != data.split_key:
            raise InputError(
                f"the images of {data.name} are split otherwise than when sweep {sweep_id} began: "
                f"{data.n_train:,} to train on and {data.n_validation:,} to validate, then "
                f"{event.data['train']:,} and {event.data['validation']:,}; trials on different "
                "images cannot be compared; restore them, or run a new sweep"
            )
        return True
    return False


def record_split(store: Store, lease: Lease, data: PreparedDataset) -> None:
    """Record which split the sweep's trials are trained on. Event: `images`.

    Raises:
        InputError: the sweep has another one.
    """
    if not check_split(store, lease.sweep_id, data):
        split = {"split": data.split_key, "train": data.n_train, "validation": data.n_validation}
        store.append_event(lease, IMAGES, split)


def prepare_again(
    spec: DataSpec, before: PreparedDataset, check: Callable[[], None]
) -> PreparedDataset:
    """The images that are gone from the cache, prepared anew.

    Args:
        spec: which images.
        before: as they were.
        check: called often; may raise to stop.

    Raises:
        InputError: they are not what they were.
        WorkError: they cannot be prepared.
    """
    gone = f"the prepared images of {before.name} are gone from {before.path}"
    try:
        data = prepare(spec, progress=lambda stage, done, total: check())
    except InputError as error:
        raise WorkError(f"{gone}, and cannot be prepared again: {error}") from error
    changed = [
        name
        for name, now, then in (
            ("images", data.fingerprint, before.fingerprint),
            ("split", data.split_key, before.split_key),
        )
        if now != then
    ]
    if changed:
        raise InputError(
            f"{gone}, and prepared again they are not the same ({' and '.join(changed)} changed): "
            "trials on different images cannot be compared; restore them, or run a new sweep"
        )
    return data
