from __future__ import annotations

from scaling_search.datasets import built_ins
from scaling_search.datasets.prepare import prepare
from search_spaces.data_spec import DataSpec


def test_built_ins_are_what_they_say() -> None:
    for entry in built_ins():
        prepared = prepare(DataSpec(name=entry.name))
        assert entry.images == prepared.n_train + prepared.n_validation
        assert entry.classes == len(prepared.class_names)
        assert (entry.channels, entry.native_px) == (prepared.channels, prepared.native_median_px)
        assert entry.description
