"""What builds on a sweep has its split, not only its images."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from results.plans import new_candidates
from results.store import Store
from results.values import NewSweep
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.sweeps.extending import extend_sweep
from scaling_search.sweeps.identification import create_identification
from scaling_search.sweeps.images import record_split
from search_spaces.errors import InputError
from search_spaces.planning import make_plan
from search_spaces.specs.data import DataSpec
from search_spaces.specs.extension import Extension
from search_spaces.specs.sweep import load_sweep

from ..data.conftest import picture

SPEC = load_sweep("quickstart")


@pytest.fixture
def store(tmp_path: Path, small_digits: PreparedDataset) -> Iterator[Store]:
    """With a sweep that has begun."""
    plan = make_plan(SPEC.space, in_channels=1, classes=10)
    new = NewSweep(
        name="begun",
        spec=SPEC.model_dump(mode="json"),
        protocol=SPEC.protocol(small_digits.fingerprint),
        baseline="efficientnet_b0",
        dataset="digits",
        dataset_fingerprint=small_digits.fingerprint,
        target_ratio=2.0,
        seeds=SPEC.seeds,
        versions={},
        hardware={},
    )
    with Store.open(f"sqlite:///{tmp_path}/results.db") as opened:
        opened.create_sweep(new, new_candidates(plan, lambda candidate: ()))
        record_split(opened, opened.claim(1, "here:1:0", ttl_seconds=60), small_digits)
        yield opened


def _extend(store: Store, data: PreparedDataset) -> object:
    return extend_sweep(store, 1, Extension(seeds=9), data)


def _identify(store: Store, data: PreparedDataset) -> object:
    question: Any = SimpleNamespace(sweep_id=1)
    return create_identification(store, question, data)


@pytest.mark.parametrize("build", [_extend, _identify])
def test_another_split_is_refused(
    build: Callable[[Store, PreparedDataset], object], store: Store, small_digits: PreparedDataset
) -> None:
    other = dataclasses.replace(small_digits, split_key="other")
    with pytest.raises(InputError, match="images of digits are split otherwise than when sweep 1"):
        build(store, other)
    assert len(store.sweeps()) == 1


def test_a_test_folder_that_is_added_changes_the_split_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The images that were held out are trained on from then on: only the split tells."""
    monkeypatch.setenv("SCALING_SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    for label, name in enumerate(("cat", "dog")):
        folder = tmp_path / "photos" / "train" / name
        folder.mkdir(parents=True)
        for number in range(10):
            picture(2 * number + label).save(folder / f"{number}.png")
    spec = DataSpec(name=str(tmp_path / "photos"))
    before = prepare(spec)
    for name in ("cat", "dog"):
        folder = tmp_path / "photos" / "test" / name
        folder.mkdir(parents=True)
        picture(100 + len(name) + ord(name[0])).save(folder / "0.png")
    after = prepare(spec)
    assert after.fingerprint == before.fingerprint
    assert after.split_key != before.split_key
