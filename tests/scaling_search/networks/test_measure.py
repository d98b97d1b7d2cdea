"""fvcore's figures, and that measuring leaves no trace in the process."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
import torch

from scaling_search.networks import measure as measuring
from scaling_search.networks.measure import measure, measuring_versions
from search_spaces.baselines import ProxyForm, complexity, get_baseline, realise
from search_spaces.coefficients import UNSCALED, Scaling
from search_spaces.networks.complexity import Mode
from search_spaces.networks.spec import NetworkSpec

SMALL = ProxyForm(width=0.25, stem_stride=1, strides=(1, 2, 1, 2, 1, 1, 1))


@pytest.fixture(scope="module")
def spec() -> NetworkSpec:
    return realise(
        get_baseline("efficientnet_b0"),
        Scaling(1.2, 1.1, 1.0),
        form=SMALL,
        resolution_px=20,
        in_channels=1,
        classes=7,
    )


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_fvcore_counts_what_the_closed_form_says(spec: NetworkSpec, mode: Mode) -> None:
    closed_form = complexity(get_baseline(spec.baseline), spec, mode)
    assert measure(spec, mode).complexity == closed_form


def test_training_mode_counts_more_because_batch_norm_does(spec: NetworkSpec) -> None:
    evaluating, training = measure(spec, "eval").complexity, measure(spec, "train").complexity
    assert training.flops > evaluating.flops
    assert training.params == evaluating.params
    assert training.activations == evaluating.activations


def test_operators_that_were_not_counted_are_listed_with_their_number() -> None:
    found = measure(realise(get_baseline("efficientnet_b0"), UNSCALED, resolution_px=64))
    assert sum(found.uncounted.values()) > 65
    assert found.uncounted["aten::sigmoid"] == 16  # the gates of B0's blocks
    activations = [
        count for name, count in found.uncounted.items() if name.startswith("aten::silu")
    ]
    assert activations == [49]  # stem, head, 15 expansions, 16 depthwise, 16 squeezes
    assert not any(name.startswith("aten::_convolution") for name in found.uncounted)
    assert list(found.uncounted) == sorted(found.uncounted)
    assert found.seconds > 0


def test_random_numbers_of_the_process_go_on_as_if_nothing_was_measured(spec: NetworkSpec) -> None:
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    expected = torch.rand(3), np.random.rand(3), random.random()
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    measure(spec)
    assert torch.equal(torch.rand(3), expected[0])
    assert np.array_equal(np.random.rand(3), expected[1])
    assert random.random() == expected[2]


def test_measuring_says_nothing(
    spec: NetworkSpec, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measure(spec)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_versions_are_those_of_fvcore_and_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "version", lambda package: f"9 of {package}")
    spec = get_baseline("efficientnet_b0").base
    assert measuring_versions(spec) == f"fvcore 9 of fvcore, torch {torch.__version__}"


def test_measuring_leaves_the_number_of_threads_alone(spec: NetworkSpec) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        measure(spec)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
