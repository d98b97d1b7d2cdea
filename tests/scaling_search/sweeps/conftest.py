"""Sweeps of ten trials of a fraction of a second, stored but not trained yet.

fvcore's figures are replaced by the closed form's, which they equal (tests of `measure`): measuring
a family up to b7 takes longer than all training here.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from results.store import Store
from scaling_search.data import PreparedDataset
from scaling_search.networks.measure import Measured
from scaling_search.sweeps import Execution, create_sweep, creation, drive
from scaling_search.sweeps.progress import Snapshot
from scaling_search.tune.early_stopping import ACCURACY, Race
from search_spaces.baselines import ProxyForm, complexity, get_baseline
from search_spaces.networks.rounding import Rounding
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import Plan, make_plan
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec
from search_spaces.specs.space import Lattice, SearchSpace, Target
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.sweep import SweepSpec

SHORT = ProxySpec(steps=4, batch_size=16, reports=2, norm_images=32)


def from_layers(spec: NetworkSpec, mode: str = "eval") -> Measured:
    return Measured(complexity(get_baseline(spec.baseline), spec), {"aten::silu": 1}, 0.1)


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> list[NetworkSpec]:
    """The networks that were measured, in order."""
    networks: list[NetworkSpec] = []

    def measure(spec: NetworkSpec, mode: str = "eval") -> Measured:
        networks.append(spec)
        return from_layers(spec, mode)

    monkeypatch.setattr(creation, "measure", measure)
    return networks


@pytest.fixture(scope="session")
def spec() -> SweepSpec:
    return SweepSpec(
        name="tiny",
        space=SearchSpace(
            form=ProxyForm(width=0.25, stem_stride=1, strides=(1, 2, 1, 2, 1, 1, 1)),
            resolution_px=16,
            rounding=Rounding(width_divisor=4),
            target=Target(flops_ratio=2.0, tolerance=0.6),
            lattice=Lattice(directions=((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))),
        ),
        proxy=SHORT,
        data=DataSpec(max_train_images=160),
        seeds=(0, 1),
    )


@pytest.fixture(scope="session")
def plan(spec: SweepSpec, small_digits: PreparedDataset) -> Plan:
    return make_plan(
        spec.space, in_channels=small_digits.channels, classes=len(small_digits.class_names)
    )


@dataclasses.dataclass
class Scene:
    """A database with one sweep, and shorthand for what tests do to it."""

    path: Path
    store: Store
    data: PreparedDataset
    sweep_id: int = 1

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def drive(
        self, observe: Callable[[Snapshot], None] = lambda snapshot: None, **execution: Any
    ) -> Any:
        return drive(
            self.store,
            self.sweep_id,
            self.data,
            Execution(**({"workers": 1, "attempts": 1} | execution)),
            observe=observe,
        )

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """What no driver would do, past the store."""
        with sqlite3.connect(self.path) as connection:
            return connection.execute(statement, values).fetchall()

    @property
    def sweep(self) -> Any:
        return self.store.sweep(self.sweep_id)

    @property
    def trials(self) -> list[Any]:
        return self.store.trials(self.sweep_id)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.store.events(self.sweep_id)]

    def started(self) -> list[int]:
        """Trials in the order in which attempts at them began."""
        events = self.store.events(self.sweep_id)
        return [event.data["trial"] for event in events if event.kind == "trial_started"]


MakeScene = Callable[..., Scene]


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory,
    spec: SweepSpec,
    plan: Plan,
    small_digits: PreparedDataset,
) -> Callable[..., Path]:
    """Databases with one stored sweep each, by its recipe and how many candidates it has."""
    folder = tmp_path_factory.mktemp("templates")

    def template(proxy: ProxySpec, candidates: int | None, seeds: tuple[int, ...]) -> Path:
        name = f"{proxy.total_steps}-{proxy.learning_rate}-{candidates}-{len(seeds)}.db"
        path = folder / name
        if not path.exists():
            with pytest.MonkeyPatch.context() as patch, Store.open(f"sqlite:///{path}") as store:
                patch.setattr(creation, "measure", from_layers)
                chosen = spec.model_copy(update={"proxy": proxy, "seeds": seeds})
                kept = dataclasses.replace(plan, candidates=plan.candidates[:candidates])
                create_sweep(store, chosen, small_digits, kept)
        return path

    return template


@pytest.fixture
def make_scene(
    templates: Callable[..., Path], small_digits: PreparedDataset, tmp_path: Path
) -> Iterator[MakeScene]:
    """Copies a database with a stored sweep, and opens it."""
    stores: list[Store] = []

    def make(
        proxy: ProxySpec = SHORT, *, candidates: int | None = None, seeds: tuple[int, ...] = (0, 1)
    ) -> Scene:
        path = tmp_path / "results.db"
        shutil.copy(templates(proxy, candidates, seeds), path)
        stores.append(Store.open(f"sqlite:///{path}"))
        return Scene(path, stores[-1], small_digits)

    yield make
    for store in stores:
        store.close()


@dataclasses.dataclass
class Finished(Scene):
    """A sweep that two workers have trained, and what its driver told."""

    snapshots: list[Snapshot] = dataclasses.field(default_factory=list)
    epochs_seen: list[int] = dataclasses.field(default_factory=list)
    outcome: Any = None


@pytest.fixture(scope="session")
def finished(
    shared_ray: None,
    templates: Callable[..., Path],
    small_digits: PreparedDataset,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Finished]:
    path = tmp_path_factory.mktemp("finished") / "results.db"
    shutil.copy(templates(SHORT, None, (0, 1)), path)
    with pytest.MonkeyPatch.context() as patch, Store.open(f"sqlite:///{path}") as store:
        patch.setattr(creation, "measure", from_layers)
        scene = Finished(path, store, small_digits)

        def observe(snapshot: Snapshot) -> None:
            scene.snapshots.append(snapshot)
            scene.epochs_seen.append(len(store.epochs(1)))

        scene.outcome = scene.drive(observe, workers=2)
        yield scene


RACED = {2: (0.5, 0.5, 0.5, 0.5), 3: (0.6, 0.4), 4: (0.3,)}
"""Accuracy after each epoch by candidate, as the race is told of it in place of what was reached.

One worker trains the candidates in this order, so with asha, which lets every second one go on, 4
stops at the first rung, after one epoch, and 3 at the second one, after two.
"""


@pytest.fixture(scope="session")
def raced(
    shared_ray: None,
    spec: SweepSpec,
    plan: Plan,
    small_digits: PreparedDataset,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """A finished sweep by asha with two seeds, confirmed with one fresh seed."""
    changes = {
        "proxy": ProxySpec(steps=4, batch_size=16, reports=4, norm_images=32),
        "strategy": StrategySpec(name="asha", reduction=2),
        "confirmation_seeds": 1,
    }
    path = tmp_path_factory.mktemp("raced") / "results.db"
    real = Race.on_trial_result
    with pytest.MonkeyPatch.context() as patch, Store.open(f"sqlite:///{path}") as store:
        patch.setattr(creation, "measure", from_layers)
        create_sweep(store, spec.model_copy(update=changes), small_digits, plan)
        index = {candidate.id: candidate.index for candidate in store.candidates(1)}

        def told(race: Race, tune: Any, trial: Any, result: dict[str, Any]) -> str:
            if ACCURACY in result:
                found = store.trial(trial.config["task"]["trial_id"])
                reached = RACED[index[found.candidate_id]][result["training_iteration"] - 1]
                result = result | {ACCURACY: reached}
            return real(race, tune, trial, result)

        patch.setattr(Race, "on_trial_result", told)
        scene = Scene(path, store, small_digits)
        scene.drive(workers=1)
        yield scene


@pytest.fixture
def finished_copy(
    finished: Finished, small_digits: PreparedDataset, tmp_path: Path
) -> Iterator[Scene]:
    """The finished sweep again, to be changed."""
    path = tmp_path / "finished.db"
    with sqlite3.connect(finished.path) as source, sqlite3.connect(path) as target:
        source.backup(target)
    with Store.open(f"sqlite:///{path}") as store:
        yield Scene(path, store, small_digits)


@pytest.fixture
def python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts another process that runs some source with arguments; ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(source: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", source, *arguments],
            env={name: text for name, text in os.environ.items() if "RAY_AUTH" not in name}
            | environment,
            stdin=subprocess.DEVNULL,
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
