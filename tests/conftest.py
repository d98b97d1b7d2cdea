"""What tests of several rooms share: one Ray, and a small prepared data set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scaling_search.datasets import PreparedDataset
from search_spaces.data_spec import DataSpec

SMALL_DATA = DataSpec(max_train_images=160)


@pytest.fixture(scope="session")
def shared_ray() -> Iterator[None]:
    """A Ray with two CPUs that runs until the last test is over; starting one takes seconds."""
    from scaling_search.workers.session import ray_session

    with ray_session(address=None, cpus=2, gpus=0):
        yield


@pytest.fixture(scope="session")
def small_digits(tmp_path_factory: pytest.TempPathFactory) -> PreparedDataset:
    """160 real handwritten digits to train on, 287 to validate."""
    from scaling_search.datasets.prepare import prepare

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCALING_SEARCH_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return prepare(SMALL_DATA)
