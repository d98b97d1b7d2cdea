"""Where transfer goes: data sets as weights want their images."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from scaling_search.data import PreparedDataset, Split
from scaling_search.data.parallel import Progress, quiet
from scaling_search.data.prepare import prepare
from scaling_search.uses.transfer.sources import Source
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

Prepared = dict[tuple[str, int], PreparedDataset]
"""Data sets by their name and channels."""


def measured_on(spec: DataSpec) -> Split:
    """The split on which accuracies are measured: the test split, unless the spec wants none."""
    return "test" if spec.test_fraction > 0 else "validation"


def prepare_targets(
    specs: Iterable[DataSpec], sources: Iterable[Source], progress: Progress = quiet
) -> Prepared:
    """Every data set with the channels of every network.

    Raises:
        InputError: the images are not as they must be.
    """
    prepared: Prepared = {}
    channels = sorted({source.network.in_channels for source in sources})
    for spec in specs:
        with_test = measured_on(spec) == "test"
        for count in channels:
            if spec.in_channels not in (None, count):
                raise InputError(
                    f"in_channels of {spec.name} is {spec.in_channels}, but the weights take "
                    f"images of {count}: leave it out, and they are converted"
                )
            wanted = spec.model_copy(update={"in_channels": count})
            data = prepare(wanted, with_test=with_test, progress=progress)
            if with_test and not data.test_count:
                raise InputError(
                    f"the test split of {spec.name} is empty: add images to it, or remove it, and "
                    "a part of the training images takes its place"
                )
            prepared[spec.name, count] = data
    return prepared


def as_wanted(data: PreparedDataset, source: Source) -> PreparedDataset:
    """The data set, normalised as the weights' own images were."""
    return dataclasses.replace(data, mean=source.mean, std=source.std)


def described(data: PreparedDataset, spec: DataSpec) -> dict[str, Any]:
    """What a transfer stores of a data set: what it is, and what every split that it uses holds."""
    on_test = measured_on(spec) == "test"
    return {
        "name": spec.name,
        "fingerprint": data.fingerprint,
        "split_key": data.split_key,
        "test_fingerprint": data.test_fingerprint if on_test else None,
        "classes": len(data.class_names),
        "train_images": data.n_train,
        "validation_images": data.n_validation,
        "test_images": data.test_count if on_test else None,
        "measured_on": measured_on(spec),
        "source_px": data.source_px,
        "notes": list(data.notes),
    }
