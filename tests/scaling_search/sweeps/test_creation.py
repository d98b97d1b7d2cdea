"""A plan becomes a stored sweep, each network measured once, ever."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from results.states import SweepState, TrialState
from results.store import Store
from scaling_search.data import PreparedDataset
from scaling_search.networks.measure import Measured
from scaling_search.sweeps import confirm, create_sweep, creation
from search_spaces.errors import WorkError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import Plan
from search_spaces.specs.sweep import SweepSpec

Networks = list[tuple[NetworkSpec, Complexity]]


@pytest.fixture
def networks(plan: Plan) -> Networks:
    return [(candidate.spec, candidate.complexity) for candidate in plan.candidates]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'results.db'}"


def test_a_network_is_measured_once_ever(
    url: str, networks: Networks, measured: list[NetworkSpec]
) -> None:
    counts: list[tuple[int, int]] = []
    with Store.open(url) as store:
        first = confirm(store, networks, lambda done, total: counts.append((done, total)))
    assert [network.key for network in measured] == [spec.key for spec, _ in networks]
    assert counts == [(number, len(networks)) for number in range(1, len(networks) + 1)]
    with Store.open(url) as store:
        again = confirm(store, networks, lambda done, total: counts.append((done, total)))
    assert len(measured) == len(networks)
    assert again == first
    assert counts[-1] == (len(networks), len(networks))
    for spec, expected in networks:
        assert again[spec.key].flops == expected.flops
        assert again[spec.key].params == expected.params
        assert again[spec.key].activations == expected.activations
        assert again[spec.key].uncounted == {"aten::silu": 1}


def test_another_fvcore_or_torch_measures_again(
    url: str,
    networks: Networks,
    measured: list[NetworkSpec],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Store.open(url) as store:
        confirm(store, networks[:1])
        monkeypatch.setattr(creation, "measuring_versions", lambda spec: "fvcore 9, torch 9")
        confirm(store, networks[:1])
        assert len(measured) == 2


def test_what_is_measured_stays_measured_when_measuring_breaks_off(
    url: str, networks: Networks, measured: list[NetworkSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = creation.measure

    def breaking(spec: NetworkSpec) -> Measured:
        if len(measured) == 2:
            raise KeyboardInterrupt
        return measure(spec)

    with Store.open(url) as store:
        monkeypatch.setattr(creation, "measure", breaking)
        with pytest.raises(KeyboardInterrupt):
            confirm(store, networks)
        monkeypatch.setattr(creation, "measure", measure)
        confirm(store, networks)
    assert [network.key for network in measured] == [spec.key for spec, _ in networks]


def test_a_baseline_whose_layers_lie_is_found_out(url: str, networks: Networks) -> None:
    spec, truth = networks[0]
    wrong = dataclasses.replace(truth, flops=truth.flops + 1)
    with Store.open(url) as store, pytest.raises(WorkError) as caught:
        confirm(store, [(spec, wrong)])
    assert str(caught.value) == (
        f"fvcore measures {truth} on efficientnet_b0 at 16 px, its closed form says {wrong}: the "
        "baseline's layers do not describe what it builds"
    )


def test_a_sweep_is_stored_with_all_that_decides_and_explains_it(
    url: str, spec: SweepSpec, plan: Plan, small_digits: PreparedDataset
) -> None:
    with Store.open(url) as store:
        sweep_id = create_sweep(store, spec, small_digits, plan)
        sweep = store.sweep(sweep_id)
        candidates = store.candidates(sweep_id)
        trials = store.trials(sweep_id)
    assert SweepSpec.model_validate(sweep.spec) == spec
    assert sweep.state is SweepState.QUEUED
    assert (sweep.name, sweep.baseline, sweep.dataset) == ("tiny", "efficientnet_b0", "digits")
    assert sweep.dataset_fingerprint == small_digits.fingerprint
    assert sweep.protocol == spec.protocol(small_digits.fingerprint)
    assert sweep.target_ratio == 2.0
    assert {"python", "torch", "ray", "fvcore"} <= sweep.versions.keys()
    assert {"processor", "cores", "memory_bytes", "cuda"} <= sweep.hardware.keys()

    assert len(candidates) == len(plan.candidates)
    for stored, planned in zip(candidates, plan.candidates, strict=True):
        assert NetworkSpec.from_dict(stored.spec) == planned.spec
        assert stored.roles == planned.roles
        assert stored.eligible == planned.eligible
        assert stored.flops == planned.complexity.flops
        assert stored.residual == planned.residual
        chosen = planned.representative
        assert (stored.alpha, stored.beta, stored.gamma) == (
            chosen.alpha,
            chosen.beta,
            chosen.gamma,
        )
        assert (stored.alpha, stored.beta, stored.gamma) in stored.coefficients
        assert stored.intervals is not None
        for name in ("alpha", "beta", "gamma"):
            low, high = stored.intervals[name]
            assert low <= getattr(stored, name) <= high
        assert any("8 px" in note for note in stored.notes)  # digits, upsampled to 16 and more
    baseline = [stored for stored in candidates if "baseline" in stored.roles]
    assert [stored.shares for stored in baseline] == [None]

    assert {(trial.candidate_id, trial.seed) for trial in trials} == {
        (candidate.id, seed) for candidate in candidates for seed in spec.seeds
    }
    assert {trial.state for trial in trials} == {TrialState.PENDING}


def test_the_data_set_is_registered_with_its_fingerprint(
    url: str, spec: SweepSpec, plan: Plan, small_digits: PreparedDataset
) -> None:
    with Store.open(url) as store:
        create_sweep(store, spec, small_digits, plan)
        found: list[Any] = store.datasets()
    assert [(one.name, one.fingerprint) for one in found] == [("digits", small_digits.fingerprint)]
    assert found[0].native_px == 8
    assert found[0].classes == 10


def test_nothing_is_stored_of_a_sweep_whose_networks_cannot_be_confirmed(
    url: str,
    spec: SweepSpec,
    plan: Plan,
    small_digits: PreparedDataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lie = Measured(Complexity(1, 1, 1), {}, 0.1)
    monkeypatch.setattr(creation, "measure", lambda network: lie)
    with Store.open(url) as store:
        with pytest.raises(WorkError, match="its closed form says"):
            create_sweep(store, spec, small_digits, plan)
        assert store.sweeps() == []
