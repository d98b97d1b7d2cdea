from __future__ import annotations

from scaling_search.data import built_ins
from scaling_search.data.prepare import prepare
from search_spaces.specs.data import DataSpec


def test_built_ins_are_what_they_say() -> None:
    for entry in built_ins():
        prepared = prepare(DataSpec(name=entry.name))
        assert entry.images == prepared.n_train + prepared.n_validation
        assert entry.classes == len(prepared.class_names)
        assert (entry.channels, entry.native_px) == (prepared.channels, prepared.native_median_px)
        assert entry.description
