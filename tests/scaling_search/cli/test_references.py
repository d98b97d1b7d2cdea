"""Code of the user's own is run where it is named on the command line, and by no file or row."""

from __future__ import annotations

import dataclasses
import importlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from results.states import SweepState
from results.store import Store
from scaling_search.cli import options, proxy_validation
from scaling_search.cli.commands.validate_proxy import ValidationOptions
from scaling_search.networks.checkpoints import About, save
from scaling_search.networks.modules import build
from scaling_search.sweeps.runner.driver import drive
from scaling_search.sweeps.runner.lifeline import start_child
from scaling_search.sweeps.signals import Watch
from scaling_search.tune.execution import Execution
from search_spaces.baselines import allow_reference
from search_spaces.baselines.references import _loaded, forbid_references
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

NAME = "trap:Net"
CODE = """
from pathlib import Path
from torch import nn
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

Path(__file__).with_name("executed").touch()

class Net:
    name = "net"
    base = NetworkSpec(
        baseline="net", resolution_px=8, stem=StemSpec(8, 3, 1),
        stages=(StageSpec("plain", 8, 1, 2, 3),), head_width=0, classes=3,
    )

    def module(self, spec):
        stage, inputs = spec.stages[0], spec.stem.width
        layers = [nn.Conv2d(spec.in_channels, inputs, 3, padding=1)]
        for _ in range(stage.depth):
            layers += [nn.Conv2d(inputs, stage.width, 3, padding=1), nn.ReLU()]
            inputs = stage.width
        pooled = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, spec.classes)
        return nn.Sequential(*layers, *pooled)
"""
SPEC = NetworkSpec(
    baseline=NAME,
    resolution_px=8,
    stem=StemSpec(8, 3, 1),
    stages=(StageSpec("plain", 8, 1, 2, 3),),
    head_width=0,
    classes=3,
)
REFUSED = (
    "baseline 'trap:Net' refers to Python code, which is run only if you name it yourself, never "
    "because a file, a database or a request does: add --baseline trap:Net to the command on your "
    "own machine, or install its package with an entry point (docs/baselines.md, 'Your own "
    "baseline')"
)


@pytest.fixture
def trap(shell: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module in the working folder that leaves a mark when it is imported; files that name it."""
    monkeypatch.setattr(sys, "path", [folder for folder in sys.path if folder])
    folder = Path(shell.folder)
    (folder / "trap.py").write_text(CODE)
    importlib.invalidate_caches()
    allow_reference(NAME, [str(folder)])
    about = About(
        network=SPEC,
        class_names=("cat", "dog", "fox"),
        channels=3,
        source_px=8,
        mean=(0.5,) * 3,
        std=(0.25,) * 3,
    )
    network = build(SPEC)
    save(folder / "own.safetensors", network, about)
    torch.save(network.state_dict(), folder / "state.pth")
    forget(folder)
    (folder / "own.json").write_text(json.dumps({"spec": SPEC.to_dict()}))
    space = yaml.safe_load((folder / "tiny.yaml").read_text())
    space["space"] = {
        "baseline": NAME,
        "target": {"tolerance": 0.4},
        "lattice": {"directions": [[0, 0, 1]]},
    }
    (folder / "space.yaml").write_text(yaml.safe_dump(space))
    for name in ("cat", "dog", "fox"):
        (folder / "photos" / name).mkdir(parents=True)
        for number in range(4):
            pixels = np.random.default_rng(number).integers(0, 256, (9, 9, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "photos" / name / f"{number}.png")
    yield shell
    forget(folder)


def forget(folder: Path) -> None:
    """As it is in a new process."""
    forbid_references()
    _loaded.cache_clear()
    sys.modules.pop("trap", None)
    (folder / "executed").unlink(missing_ok=True)


def check_refused(shell: Any, words: tuple[str, ...]) -> None:
    done = shell.invoke(*words)
    assert done.exit_code == 2, done.output
    assert REFUSED in " ".join(done.stderr.split())
    assert "trap" not in sys.modules
    assert not (shell.folder / "executed").exists()


READING = [
    ("predict", "own.safetensors", "photos/cat/0.png"),
    ("cam", "own.safetensors", "--images", "photos", "--count", "2", "--method", "gradcam"),
    ("onnx", "own.onnx", "--network", "own.safetensors", "--force"),
    ("onnx", "own.onnx", "--network", "own.json", "--force"),
    (
        "weights",
        "state.pth",
        "new.safetensors",
        "--network",
        "own.json",
        "--from",
        "scaling-search",
        "--force",
    ),
    ("plan", "space.yaml"),
]
"""Commands that read a file which names the code, and are done soon."""

TRAINING = [
    ("transfer", "own.safetensors", "--dataset", "photos"),
    (
        "transfer",
        "state.pth",
        "--network",
        "own.json",
        "--from",
        "scaling-search",
        "--dataset",
        "photos",
    ),
    (
        "transfer",
        "state.pth",
        "--network",
        "own.safetensors",
        "--from",
        "scaling-search",
        "--dataset",
        "photos",
    ),
    ("run", "space.yaml"),
    ("compare", "space.yaml"),
    ("validate-proxy", "space.yaml"),
    ("submit", "space.yaml"),
]


@pytest.mark.parametrize("words", READING + TRAINING, ids=" ".join)
def test_no_file_has_code_run(trap: Any, words: tuple[str, ...]) -> None:
    check_refused(trap, words)


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_what_the_user_names_is_run(trap: Any, words: tuple[str, ...]) -> None:
    done = trap.invoke(*words, "--baseline", NAME)
    assert done.exit_code == 0, done.output
    assert (trap.folder / "executed").exists()
    forget(trap.folder)
    check_refused(trap, words)  # one command's permission is not the next one's


def test_a_setting_that_is_typed_names_it_too(trap: Any) -> None:
    words = (
        "plan",
        "tiny.yaml",
        "--set",
        "space.form={}",
        "--set",
        "space.resolution_px=8",
        "--set",
        f"space.baseline={NAME}",
    )
    done = trap.invoke(*words)
    assert done.exit_code == 0, done.stderr
    assert (trap.folder / "executed").exists()


@pytest.mark.parametrize("words", READING[:1], ids=" ".join)
def test_another_name_allows_nothing(trap: Any, words: tuple[str, ...]) -> None:
    check_refused(trap, (*words, "--baseline", "trap:Other"))
    done = trap.invoke(*words, "--baseline", "resnet18")
    assert done.exit_code == 2
    assert (
        "--baseline 'resnet18' names no code: only a class of your own has to be named here, as "
        "MODULE:CLASS; leave it out" in " ".join(done.stderr.split())
    )


def test_a_file_in_the_working_folder_is_not_imported_by_real_commands(trap: Any) -> None:
    done = trap.run("predict", "own.safetensors", "photos/cat/0.png")
    assert done.returncode == 2
    assert REFUSED in " ".join(done.stderr.split())
    assert not (trap.folder / "executed").exists()
    done = trap.run("predict", "own.safetensors", "photos/cat/0.png", "--baseline", NAME)
    assert done.returncode == 0, done.stderr
    assert (trap.folder / "executed").exists()


@pytest.fixture
def stored(trap: Any, library_database: str) -> str:
    """A database whose sweeps name the code."""
    file = library_database.removeprefix("sqlite:///")
    with sqlite3.connect(file) as connection:
        for table in ("sweeps", "candidates", "family_members"):
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            for column in columns & {"baseline", "spec"}:
                connection.execute(
                    f"UPDATE {table} SET {column} = replace({column}, 'efficientnet_b0', ?)",
                    [NAME],
                )
    return library_database


@pytest.mark.parametrize(
    "words",
    [
        ("resume", "2"),
        ("resume", "4"),
        ("extend", "1", "--seeds", "4"),
        ("identify", "1"),
        ("latency", "1", "--no-memory", "--runs", "1"),
        ("latency", "1", "--family", "--no-memory"),
        ("family", "1"),
        ("export", "1", "--format", "python"),
    ],
    ids=" ".join,
)
def test_no_stored_sweep_has_code_run(trap: Any, stored: str, words: tuple[str, ...]) -> None:
    check_refused(trap, (*words, "--database", stored))


@pytest.mark.parametrize(
    "words", [("show", "1", "--trials"), ("sweeps",), ("report", "1", "-o", "a.html")], ids=" ".join
)
def test_a_stored_sweep_is_shown_without_its_code(
    trap: Any, stored: str, words: tuple[str, ...]
) -> None:
    done = trap.invoke(*words, "--database", stored)
    assert done.exit_code == 0, done.output
    assert not (trap.folder / "executed").exists()


def test_the_best_coefficients_of_a_stored_reference_are_found_without_its_code(
    trap: Any, stored: str
) -> None:
    with sqlite3.connect(stored.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE coefficients SET baseline = ?", (NAME,))
    found = trap.invoke("best", "--baseline", NAME, "--json", "--database", stored)
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["baseline"] == NAME
    other = trap.invoke("best", "--baseline", "trap:Other", "--database", stored)
    assert (other.exit_code, other.stdout) == (1, "")
    assert "trap:Other at 2 × its FLOPs" in other.stderr
    assert not (trap.folder / "executed").exists()


def test_the_family_of_a_stored_sweep_is_derived_where_its_code_is_named(
    trap: Any, stored: str
) -> None:
    words = ("export", "1", "--format", "python", "--member", "b1", "--database", stored)
    done = trap.invoke(*words, "--baseline", NAME)
    assert done.exit_code == 0, done.output
    assert 'allow_reference("trap:Net")' in done.stdout


def test_no_runner_runs_code_that_a_stored_sweep_names(
    trap: Any, stored: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCALING_SEARCH_DATABASE_URL", stored)
    with Store.open(stored) as store:
        lease = store.claim_next("here:1:0", ttl_seconds=60)
        assert lease is not None
        execution = dataclasses.asdict(Execution(workers=1, attempts=1))
        job = {"sweep_id": lease.sweep_id, "owner": lease.owner, "epoch": lease.epoch}
        assert drive(job | {"execution": execution}, Watch()) == 1
        assert (
            f"Error: sweep {lease.sweep_id}: space.baseline: {REFUSED}" in capsys.readouterr().out
        )
        left = store.sweep(lease.sweep_id)
    assert (left.state, left.error) == (
        SweepState.FAILED,
        f"sweep {lease.sweep_id}: space.baseline: {REFUSED}",
    )
    assert not (trap.folder / "executed").exists()


def test_children_import_nothing_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is called as a library would otherwise come before it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "psutil.py").write_text("open('executed', 'w')")
    child = start_child("scaling_search.sweeps.runner.driver", ["{}"], {}, stderr=subprocess.PIPE)
    assert child.wait(120) == 1
    assert child.stderr is not None
    assert "KeyError: 'sweep_id'" in child.stderr.read()  # it was there, and read its job
    child.communicate()
    assert not (tmp_path / "executed").exists()


def test_a_validation_is_resumed_where_its_code_is_named(trap: Any) -> None:
    allow_reference(NAME, [str(trap.folder)])
    asked = ValidationOptions(space="space.yaml", budgets="640,1280")
    read = proxy_validation.read(asked, options.Search(seeds=2), options.Images(), None)
    spec = read.model_dump(mode="json")
    stored: Any = SimpleNamespace(validation=lambda number: SimpleNamespace(spec=spec))

    def again(baseline: str) -> Any:
        resumed, search = ValidationOptions(resume=1), options.Search(baseline=baseline)
        return proxy_validation.read_stored(stored, resumed, search, options.Images())

    forget(trap.folder)
    with pytest.raises(InputError) as caught:
        again(NAME)
    assert REFUSED in str(caught.value)
    assert not (trap.folder / "executed").exists()
    allow_reference(NAME, [str(trap.folder)])
    assert again(NAME).sweep.space.baseline == NAME
    with pytest.raises(InputError) as caught:
        again("resnet18")
    assert str(caught.value) == (
        "--baseline is resnet18, but validation 1 is of trap:Net: leave it out, or begin a new one "
        "without --resume"
    )
