"""Databases and example values for the tests of the record.

Every test that asks for `store` is part of the storage contract and runs over each database.
"""

import dataclasses
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from results import Store
from results.database import Database
from results.migrations import upgrade
from results.schema import Base
from results.states import Verdict
from results.values import (
    Attempt,
    EpochReport,
    Lease,
    NewCandidate,
    NewCoefficients,
    NewSweep,
    Trial,
    TrialResult,
)
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.families import FamilyMember, family_member

OWNER = "here:100:1.0"


class Examples:
    """Values to store, each a valid default that a test changes where it matters."""

    owner = OWNER

    @staticmethod
    def sweep(**changes: Any) -> NewSweep:
        fields = {
            "name": "first",
            "spec": {"space": {"baseline": "efficientnet_b0"}, "proxy": {"steps": 100}},
            "protocol": "p1",
            "baseline": "efficientnet_b0",
            "dataset": "digits",
            "dataset_fingerprint": "d1",
            "target_ratio": 2.0,
            "seeds": (0, 1),
            "versions": {"torch": "2.13.0"},
            "hardware": {"cpu_cores": 2},
        }
        return NewSweep(**{**fields, **changes})

    @staticmethod
    def candidate(index: int, **changes: Any) -> NewCandidate:
        alpha = 1 + index / 10
        fields = {
            "index": index,
            "roles": ("search",),
            "spec": {"stages": [{"depth": 1}, {"depth": 2}], "resolution_px": 32 + index},
            "spec_key": f"spec{index}",
            "coefficients": ((alpha, 1.1, 1.15), (alpha, 1.1, 1.2)),
            "representative": (alpha, 1.1, 1.15),
            "intervals": {"alpha": [1.0, 1.25]},
            "shares": {"depth": 0.2, "width": 0.3, "resolution": 0.5},
            "flops": 8_000_000_000 + index,
            "params": 5_288_548,
            "activations": 1000,
            "nominal_ratio": 2.0,
            "measured_ratio": 1.9,
            "residual": -0.05,
            "notes": ("upsampled",),
        }
        return NewCandidate(**{**fields, **changes})

    @classmethod
    def plan(cls, count: int = 2) -> list[NewCandidate]:
        return [cls.candidate(index) for index in range(count)]

    @staticmethod
    def epoch(attempt: Attempt, epoch: int, **changes: Any) -> tuple[int, EpochReport]:
        fields = {
            "steps": 10 * epoch,
            "images": 640 * epoch,
            "accuracy": epoch / 10,
            "images_per_second": None,
        }
        return attempt.id, EpochReport(epoch=epoch, **{**fields, **changes})

    @staticmethod
    def result(accuracy: float | None = 0.5, **changes: Any) -> TrialResult:
        fields = {"loss": 1.2, "images": 1280, "steps": 20, "train_seconds": 3.5}
        return TrialResult(accuracy=accuracy, **{**fields, **changes})

    @staticmethod
    def coefficients(candidate_id: int, alpha: float = 1.2, **changes: Any) -> NewCoefficients:
        fields = {
            "coefficients": Coefficients(alpha, 1.1, 1.15),
            "intervals": {"alpha": [1.1, 1.25]},
            "shares": {"depth": 0.4, "width": 0.3, "resolution": 0.3},
            "verdict": Verdict.CHOSEN,
            "accuracy": 0.6,
        }
        return NewCoefficients(candidate_id=candidate_id, **{**fields, **changes})

    @staticmethod
    def member(name: str, **changes: Any) -> FamilyMember:
        frame = Frame.of(get_baseline("mobilenet_v2"))
        made = family_member(frame, Coefficients(1.2, 1.1, 1.15), int(name.removeprefix("b")))
        return dataclasses.replace(made, **changes)


class Scene:
    """A store with shorthand for what most tests begin with."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def sweep(self, candidates: int = 2, **changes: Any) -> int:
        return self.store.create_sweep(Examples.sweep(**changes), Examples.plan(candidates))

    def claimed(self, candidates: int = 2, ttl_seconds: float = 60, **changes: Any) -> Lease:
        return self.claim(self.sweep(candidates, **changes), ttl_seconds)

    def claim(self, sweep_id: int, ttl_seconds: float = 60, owner: str = OWNER) -> Lease:
        return self.store.claim(sweep_id, owner, ttl_seconds=ttl_seconds)

    def take_over(self, lease: Lease) -> Lease:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("results.store.fencing.is_dead", lambda owner: owner == lease.owner)
            return self.store.claim(lease.sweep_id, "there:200:2.0", ttl_seconds=60)

    def start(self, lease: Lease, place: int = 0) -> Attempt:
        trial = self.store.trials(lease.sweep_id)[place]
        return self.store.start_attempt(lease, trial.id, worker="w1")

    def finish(self, lease: Lease, accuracy: float, place: int = 0, **changes: Any) -> Trial:
        attempt = self.start(lease, place)
        return self.store.finish_trial(lease, attempt.id, Examples.result(accuracy, **changes))

    def kinds(self, sweep_id: int) -> list[str]:
        return [event.kind for event in self.store.events(sweep_id)]


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Owners whose processes are known to be gone."""
    owners: set[str] = set()
    monkeypatch.setattr("results.store.fencing.is_dead", owners.__contains__)
    return owners


@pytest.fixture(scope="session")
def postgres_with_tables(postgres: Callable[[], str]) -> str:
    """The URL of a database with all tables, which tests use one after the other."""
    url = postgres()
    database = Database(url)
    upgrade(database)
    database.close()
    return url


def empty_tables(url: str) -> None:
    """Make a database with tables as new, whatever the test before left in it."""
    tables = ", ".join(Base.metadata.tables)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file with all tables."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'results.db'}"
    url: str = request.getfixturevalue("postgres")()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that is ready for use and holds nothing."""
    if request.param == "sqlite":
        path = tmp_path / "results.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_with_tables")
    empty_tables(url)
    return url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)


@pytest.fixture
def examples() -> type[Examples]:
    return Examples


@pytest.fixture
def python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts another process that runs some source with arguments; ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(source: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", source, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(0)
