from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from results.values.trials import TrialResult, unpack_correct
from scaling_search.data import PreparedDataset
from scaling_search.training import Training, train
from scaling_search.training.calibration import calibrate
from scaling_search.training.compiled import COMPILED_VARIABLE, compiled_layers
from scaling_search.training.cpu.convolutions import Pointwise
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec

from .conftest import LEARNS, Prepare, network, tiny

TIMES = {"train_seconds", "seconds", "images_per_second", "peak_memory_bytes"}


def run(spec: NetworkSpec, proxy: ProxySpec, data: PreparedDataset, seed: int) -> TrialResult:
    training = Training(spec, proxy, data, seed)
    for _ in training.epochs():
        pass
    assert training.result is not None
    return training.result


def outcome(result: TrialResult) -> dict[str, object]:
    """What must repeat: everything but times and memory."""
    values = dataclasses.asdict(result) | {"correct": result.correct.hex()}
    return {key: value for key, value in values.items() if key not in TIMES}


def weights(spec: NetworkSpec, proxy: ProxySpec, data: PreparedDataset, seed: int) -> bytes:
    training = Training(spec, proxy, data, seed)
    for _ in training.epochs():
        pass
    return b"".join(v.numpy().tobytes() for v in training.network.state_dict().values())


# ---------------------------------------------------------------- learning


def test_real_digits_are_learned_in_seconds(digits: PreparedDataset) -> None:
    reports = list(train(tiny(10, resolution_px=8), LEARNS, digits, 0))
    assert [report.epoch for report in reports] == [1, 2]
    assert [report.steps for report in reports] == [20, 40]
    assert [report.images for report in reports] == [640, 1280]
    assert reports[-1].accuracy > 0.6  # a tenth is chance; of 16 seeds the worst has 0.87
    assert reports[-1].train_loss is not None
    assert reports[0].train_loss is not None
    assert reports[-1].train_loss < 0.6 * reports[0].train_loss
    assert all(report.images_per_second > 0 for report in reports)
    assert all(report.peak_memory_bytes > 10_000_000 for report in reports)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "rmsprop"])
def test_every_optimizer_lowers_the_loss_on_one_repeated_batch(
    noise: Prepare, optimizer: str
) -> None:
    data = noise(classes=2, count=24)
    rate = {"sgd": 0.05, "adamw": 0.005, "rmsprop": 0.002}[optimizer]
    proxy = ProxySpec(
        steps=24, batch_size=16, reports=4, optimizer=optimizer, learning_rate=rate,
        gradient_clip=1.0, zero_init_residual=True, norm_images=0,
    )  # fmt: skip
    losses = [report.train_loss for report in train(network(data), proxy, data, 0)]
    assert losses[0] is not None
    assert losses[-1] is not None
    assert losses[-1] < 0.7 * losses[0]


def test_result_is_the_last_report_and_its_bits(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    training = Training(network(data), short, data, 0)
    reports = list(training.epochs())
    result = training.result
    assert result is not None
    assert result.n_validation == 20
    assert len(result.correct) == 3
    assert unpack_correct(result.correct, 20).mean() == result.accuracy == reports[-1].accuracy
    assert (result.steps, result.images) == (6, 96)
    assert result.seconds > result.train_seconds > 0
    test = training.evaluate("test")
    assert len(test.correct) == 60
    assert np.array_equal(test.correct[:20], unpack_correct(result.correct, 20))


def test_stepping_may_stop_early(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    training = Training(network(data), short, data, 0)
    epochs = training.epochs()
    assert next(epochs).steps == 3
    epochs.close()
    assert training.result is None


def test_images_as_budget_train_whole_batches_within_it(noise: Prepare) -> None:
    data = noise()
    proxy = ProxySpec(images=50, batch_size=16, reports=3, norm_images=0)
    reports = list(train(network(data), proxy, data, 0))
    assert [(report.steps, report.images) for report in reports] == [(1, 16), (2, 32), (3, 48)]


# ---------------------------------------------------------------- the same again


def test_rerun_is_identical_and_another_seed_is_not(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    spec = network(data)
    assert weights(spec, short, data, 3) == weights(spec, short, data, 3)
    assert weights(spec, short, data, 3) != weights(spec, short, data, 4)


def test_third_training_of_a_process_equals_a_fresh_one(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    spec = network(data)
    run(network(data, Scaling(1, 1.5, 1)), short, data, 0)
    interrupted = train(network(data), short, data, 9)
    next(interrupted)
    torch.manual_seed(123)
    here = run(spec, short, data, 5)

    script = (
        "import json, sys\n"
        "from tests.scaling_search.training.test_training import outcome, run\n"
        "from scaling_search.data import PreparedDataset\n"
        "from search_spaces.specs.proxy import ProxySpec\n"
        "from search_spaces.networks.spec import NetworkSpec\n"
        "spec, proxy, data = json.load(sys.stdin)\n"
        "result = run(NetworkSpec.from_dict(spec), ProxySpec(**proxy),\n"
        "             PreparedDataset.from_dict(data), 5)\n"
        "print(json.dumps(outcome(result)))\n"
    )
    values = json.dumps([spec.to_dict(), short.model_dump(), data.to_dict()])
    fresh = subprocess.run(
        [sys.executable, "-c", script],
        input=values, capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert json.loads(fresh.stdout) == outcome(here)


def test_interleaved_trials_do_not_disturb_each_other(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    spec = network(data)
    alone = [report.train_loss for report in train(spec, short, data, 1)]
    first, second = train(spec, short, data, 1), train(spec, short, data, 2)
    mixed = []
    for report, _ in zip(first, second, strict=True):
        mixed.append(report.train_loss)
    assert mixed == alone


def test_the_process_keeps_its_threads_and_random_state(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    before = torch.get_rng_state(), torch.get_num_threads()
    run(network(data), short, data, 0)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]


# ---------------------------------------------------------------- what can happen


@pytest.mark.parametrize("rate", [1e4, 1e30])
def test_divergence_is_recorded_and_ends_the_trial(noise: Prepare, rate: float) -> None:
    data = noise()
    proxy = ProxySpec(steps=64, batch_size=16, reports=2, learning_rate=rate, warmup=0)
    training = Training(network(data), proxy, data, 0)
    reports = list(training.epochs())
    assert [report.diverged for report in reports] == [True]
    assert reports[0].steps < 64
    assert training.result is not None
    assert training.result.diverged
    assert training.result.steps == reports[0].steps
    json.dumps(outcome(training.result), allow_nan=False)


def test_bfloat16_trains_under_autocast_and_keeps_float32_weights(noise: Prepare) -> None:
    data = noise(classes=2, count=24)
    proxy = ProxySpec(steps=16, batch_size=16, reports=2, dtype="bfloat16", norm_images=0)
    training = Training(network(data), proxy, data, 0)
    first, last = training.epochs()
    assert first.train_loss is not None
    assert last.train_loss is not None
    assert last.train_loss < 0.6 * first.train_loss
    assert {p.dtype for p in training.network.parameters()} == {torch.float32}
    floats = run(network(data), proxy.model_copy(update={"dtype": "float32"}), data, 0)
    assert floats.loss != last.validation_loss


@pytest.mark.parametrize("channels", [1, 3])
def test_grey_and_rgb_train_at_other_resolutions(
    noise: Prepare, short: ProxySpec, channels: int
) -> None:
    data = noise(channels=channels)
    for resolution_px in (12, 16, 23):
        result = run(network(data, resolution_px=resolution_px), short, data, 0)
        assert not result.diverged
        assert result.steps == 6


def test_top5_is_reported_above_ten_classes_only(noise: Prepare, short: ProxySpec) -> None:
    ten, eleven = noise(classes=10), noise(classes=11, count=66)
    assert run(network(ten), short, ten, 0).top5_accuracy is None
    many = run(network(eleven), short, eleven, 0)
    assert many.top5_accuracy is not None
    assert many.top5_accuracy >= many.accuracy


def test_either_memory_format_computes_the_same_network(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    proxy = short.model_copy(update={"steps": 2, "reports": 1})
    losses = []
    for channels_last in (True, False):
        (report,) = train(network(data), proxy, data, 0, channels_last=channels_last)
        losses.append(report.train_loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_calibration_prefers_the_format_it_measured_faster(
    noise: Prepare, short: ProxySpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with several threads, of which none waits here for another one."""
    monkeypatch.setattr("scaling_search.training.calibration.compiled_layers", lambda *_: False)
    data = noise()
    found = calibrate(network(data), short, data)
    speeds = found.images_per_second
    assert found.channels_last == (speeds["channels_last"] >= speeds["contiguous"])
    assert set(speeds) == {"channels_last", "contiguous"}
    assert min(speeds.values()) > 0


def test_nothing_is_timed_where_the_compiled_layers_are_used(
    noise: Prepare, short: ProxySpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COMPILED_VARIABLE, "1")
    data = noise()
    assert calibrate(network(data), short, data).images_per_second == {}
    assert calibrate(network(data), short, data).channels_last


@pytest.mark.parametrize(("wanted", "compiled"), [("", True), ("1", True), ("0", False)])
def test_a_variable_chooses_between_compiled_layers_and_pytorchs_own(
    noise: Prepare, short: ProxySpec, monkeypatch: pytest.MonkeyPatch, wanted: str, compiled: bool
) -> None:
    monkeypatch.setenv(COMPILED_VARIABLE, wanted)
    data = noise()
    kinds = {type(layer) for layer in Training(network(data), short, data, 0).network.modules()}
    assert (Pointwise in kinds) == compiled
    assert (torch.nn.BatchNorm2d in kinds) != compiled


def test_a_variable_that_says_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPILED_VARIABLE, "no")
    with pytest.raises(InputError) as error:
        compiled_layers("cpu", 1)
    assert str(error.value) == (
        "SCALING_SEARCH_COMPILED_LAYERS is 'no': it must be 1 (the default), or 0 for PyTorch's "
        "own layers"
    )


WITHOUT_NUMBA = """
import json, sys
sys.modules["numba"] = sys.modules["llvmlite"] = None
from scaling_search.data import PreparedDataset
from scaling_search.training import train
from scaling_search.training.compiled import log_missing_numba
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec
spec, proxy, data = json.load(sys.stdin)
for device, threads in [("cuda", 1), ("cpu", 2), ("cpu", 1), ("cpu", 1)]:
    log_missing_numba(device, threads)
epochs = train(
    NetworkSpec.from_dict(spec), ProxySpec(**proxy), PreparedDataset.from_dict(data), 0
)
print(json.dumps([report.train_loss for report in epochs]))
"""


def test_without_numba_pytorchs_layers_train_and_a_driver_says_so_once(
    noise: Prepare, short: ProxySpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = noise()
    values = json.dumps([network(data).to_dict(), short.model_dump(), data.to_dict()])
    environment = {name: value for name, value in os.environ.items() if name != COMPILED_VARIABLE}
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMBA],
        input=values, capture_output=True, text=True, check=True, env=environment,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    monkeypatch.setenv(COMPILED_VARIABLE, "0")
    pytorchs = [report.train_loss for report in train(network(data), short, data, 0)]
    assert json.loads(ended.stdout) == pytorchs
    assert ended.stderr.splitlines() == [
        "numba is not installed: training uses PyTorch's own layers, which take two to three times "
        "as long on a CPU; install the extra `cpu`: pip install 'scaling-search[cpu]'"
    ]


def test_a_network_that_does_not_fit_the_data_is_refused(noise: Prepare, short: ProxySpec) -> None:
    data, grey = noise(), noise(classes=3, channels=1)
    with pytest.raises(InputError) as error:
        Training(network(grey), short, data, 0)
    assert str(error.value) == (
        "the network takes 1 channels, but small has images of 3; realise it with in_channels=3"
    )
    with pytest.raises(InputError) as error:
        Training(dataclasses.replace(network(data), classes=7), short, data, 0)
    assert str(error.value) == (
        "the network tells 7 classes apart, but small has 10; realise it with classes=10"
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_missing_cuda_device_is_named(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    with pytest.raises(InputError, match="device is 'cuda', but this process sees no CUDA device"):
        Training(network(data), short, data, 0, device="cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_trains(noise: Prepare, short: ProxySpec) -> None:
    data = noise()
    proxy = short.model_copy(update={"dtype": "bfloat16"})
    last = list(train(network(data, resolution_px=24), proxy, data, 0, device="cuda"))[-1]
    assert not last.diverged
    assert last.peak_memory_bytes > 0
