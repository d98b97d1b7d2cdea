"""`cam --sweep`: which of the networks that a sweep kept are shown beside each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from results.checkpoint_files import CHECKPOINT_VARIABLE
from results.plans import new_candidates
from results.states import SweepState
from results.store import Store
from results.values import Lease, NewCheckpoint, NewSweep, Trial, TrialResult
from scaling_search.cli import options
from scaling_search.cli.inputs import read_sweep
from scaling_search.cli.parsing import parse_comparison
from scaling_search.networks.checkpoints import About, save
from scaling_search.networks.modules import build
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import make_plan

Keeps = Callable[[tuple[str, ...], int], bool]


def _accuracy(trial: Trial) -> float:
    return 0.3 + trial.id / 100


def _keep(store: Store, lease: Lease, trial: Trial, spec: NetworkSpec, folder: Path) -> None:
    """The trial leaves weights that have learnt nothing."""
    torch.manual_seed(0)
    about = About(
        network=spec,
        class_names=("cat", "dog", "fox"),
        channels=3,
        source_px=16,
        mean=(0.5,) * 3,
        std=(0.25,) * 3,
        accuracy=_accuracy(trial),
    )
    name = f"{trial.id}.safetensors"
    written = save(folder / name, build(spec), about)
    new = NewCheckpoint(
        trial=trial.id, name=name, sha256=written.sha256, size_bytes=written.size_bytes
    )
    store.add_checkpoint(lease, new)


@pytest.fixture
def make(shell: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A sweep, of whose trials roles and seed say which finished and which kept their weights."""
    folder = shell.folder / "weights"
    monkeypatch.setenv(CHECKPOINT_VARIABLE, str(folder))
    (shell.folder / "photos").mkdir()
    Image.new("RGB", (16, 16), "grey").save(shell.folder / "photos" / "a.png")

    def made(
        keeps: Keeps = lambda roles, seed: True,
        *,
        finishes: Keeps = lambda roles, seed: True,
        compare: bool = True,
    ) -> None:
        methods = ("depth", "width", "resolution", "compound", "twice=1,1.3,1")
        changes = parse_comparison(methods, "1,2") if compare else None
        sweep = read_sweep("tiny.yaml", options.Search(), options.Images(), compare=changes)
        plan = make_plan(sweep.space, in_channels=3, classes=3)
        with Store.open(f"sqlite:///{shell.database}") as store:
            new = NewSweep(
                name="kept",
                spec=sweep.model_dump(mode="json"),
                protocol="p",
                baseline="efficientnet_b0",
                dataset="photos",
                dataset_fingerprint="f",
                target_ratio=2.0,
                seeds=(0, 1),
                versions={},
                hardware={},
            )
            sweep_id = store.create_sweep(new, new_candidates(plan))
            lease = store.claim(sweep_id, "here:1:1.0", ttl_seconds=60)
            candidates = {one.id: one for one in store.candidates(sweep_id)}
            for trial in store.trials(sweep_id):
                candidate = candidates[trial.candidate_id]
                if not finishes(candidate.roles, trial.seed):
                    continue
                attempt = store.start_attempt(lease, trial.id)
                result = TrialResult(accuracy=_accuracy(trial), images=64, steps=2)
                store.finish_trial(lease, attempt.id, result)
                if keeps(candidate.roles, trial.seed):
                    _keep(store, lease, trial, NetworkSpec.from_dict(candidate.spec), folder)
            store.set_state(lease, SweepState.CANCELLED)

    return made


def names(shell: Any, *words: str) -> list[str]:
    """The columns of the gallery."""
    document = shell.json("cam", "--sweep", "1", "--images", "photos", *words)
    return [one["name"] for one in document["networks"]]


def test_a_comparison_is_shown_way_by_way_beside_the_baseline(shell: Any, make: Any) -> None:
    """Two methods that round to one network are one column; the largest φ is shown."""
    make()
    ways = ["baseline", "depth only", "width only, twice", "resolution only", "compound"]
    document = shell.json("cam", "--sweep", "1", "--images", "photos")
    assert [one["name"] for one in document["networks"]] == ways
    at_two = {one["name"]: one["spec_key"] for one in document["networks"]}
    document = shell.json("cam", "--sweep", "1", "--images", "photos", "--phi", "1")
    at_one = {one["name"]: one["spec_key"] for one in document["networks"]}
    assert at_one["baseline"] == at_two["baseline"]
    assert at_one["depth only"] != at_two["depth only"]
    with Store.open(f"sqlite:///{shell.database}") as store:
        keys = {one.spec_key: one.roles for one in store.candidates(1)}
        assert "depth only φ=2" in keys[at_two["depth only"]]
        assert "depth only φ=1" in keys[at_one["depth only"]]
        assert [one["name"] for one in store.gallery(1).networks] == list(at_one)


def test_of_two_seeds_the_more_accurate_is_shown(shell: Any, make: Any) -> None:
    make()
    document = shell.json("cam", "--sweep", "1", "--images", "photos")
    with Store.open(f"sqlite:///{shell.database}") as store:
        best: dict[str, float] = {}
        for row in store.checkpoints(1):
            best[row.spec_key] = max(best.get(row.spec_key, 0), row.accuracy or 0)
    assert all(one["accuracy"] == best[one["spec_key"]] for one in document["networks"])


def test_where_few_kept_weights_the_phi_with_most_methods_is_shown(shell: Any, make: Any) -> None:
    make(lambda roles, seed: any(role.endswith(("φ=1", "depth only φ=2")) for role in roles))
    assert names(shell) == ["depth only", "width only, twice", "resolution only", "compound"]
    assert names(shell, "--phi", "2") == ["depth only"]
    done = shell.invoke("cam", "--sweep", "1", "--images", "photos")
    assert done.stderr == (
        "Not shown: baseline: no weights were kept; --keep-checkpoints all keeps "
        "those of every trial\n"
    )


@pytest.mark.parametrize(
    ("compare", "keeps", "words", "message"),
    [
        (True, True, ("--phi", "3"), "phi is 3: sweep 1 compares at φ = 1, 2; choose of them"),
        (True, False, (), "sweep 1 kept no weights: run one with --keep-checkpoints all"),
        (False, True, ("--phi", "1"), "sweep 1 compares no ways of scaling: leave out --phi"),
    ],
)
def test_what_was_not_compared_or_kept_is_refused(
    shell: Any, make: Any, compare: bool, keeps: bool, words: tuple[str, ...], message: str
) -> None:
    make(lambda roles, seed: keeps and seed == 0, compare=compare)
    done = shell.invoke("cam", "--sweep", "1", "--images", "photos", *words)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_a_search_is_shown_by_the_dimension_that_is_scaled(shell: Any, make: Any) -> None:
    make(compare=False)
    document = shell.json("cam", "--sweep", "1", "--images", "photos")
    ways = [one["name"] for one in document["networks"]]
    assert ways == ["baseline", "width", "resolution", "compound"]
    assert document["without_weights"] == []


def test_what_a_search_kept_no_weights_of_is_told(shell: Any, make: Any) -> None:
    make(lambda roles, seed: "search" not in roles, compare=False)
    document = shell.json("cam", "--sweep", "1", "--images", "photos")
    assert document["without_weights"] == ["width", "resolution"]


@pytest.mark.parametrize("compare", [True, False])
def test_what_was_not_trained_is_not_said_to_lack_weights(
    shell: Any, make: Any, compare: bool
) -> None:
    def trained(roles: tuple[str, ...], seed: int) -> bool:
        """One network alone, besides one that kept nothing."""
        return any(role in ("width only φ=2", "published", "baseline") for role in roles)

    make(lambda roles, seed: "baseline" not in roles, finishes=trained, compare=compare)
    document = shell.json("cam", "--sweep", "1", "--images", "photos")
    assert document["without_weights"] == ["baseline"]
    assert len(document["networks"]) == 1


def test_phi_needs_a_sweep(shell: Any, make: Any) -> None:
    done = shell.invoke("cam", "--phi", "1", "--images", "photos")
    assert done.exit_code == 2
    assert "--phi is given without --sweep" in done.stderr


def test_a_comparison_keeps_weights_on_request(shell: Any) -> None:
    words = ("compare", "tiny.yaml", "--plan", "--keep-checkpoints")
    assert shell.invoke(*words, "all").exit_code == 0
    done = shell.invoke(*words, "some")
    assert done.exit_code == 2
    assert "'some': none, all, or best:K" in " ".join(done.stderr.split())
