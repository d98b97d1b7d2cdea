"""ONNX and int8 files, and the memory of a process that runs one."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from scaling_search.uses.edge import int8, onnx_files
from scaling_search.uses.edge.backends import get_backend
from scaling_search.uses.edge.latency import measure_latencies
from scaling_search.uses.edge.memory import measure_memory
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError, WorkError

B0 = get_baseline("efficientnet_b0")
FORM = ProxyForm(width=0.25)
WHOLE = realise(B0, form=FORM, resolution_px=33, classes=10)
# Writing takes seconds for all seven stages; the head makes the weights most of the file.
SMALL = replace(WHOLE, stages=WHOLE.stages[:3], head_width=1024, classes=200)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "small.onnx"
    network = onnx_files.random_network(SMALL)
    return path, network, onnx_files.write_onnx(network, SMALL, path)


@pytest.mark.parametrize("count", [1, 5])
def test_an_onnx_file_computes_what_pytorch_does_for_any_number_of_images(written, count):
    path, network, file = written
    images = torch.randn(count, 3, 33, 33)
    with torch.inference_mode():
        expected = network(images)
    found = onnx_files.logits(onnx_files.session(path, 1), images.numpy())
    torch.testing.assert_close(torch.from_numpy(found), expected, atol=1e-5, rtol=1e-4)
    assert file.difference < 1e-4
    assert file.file_bytes == path.stat().st_size


def test_another_baseline_is_written_too(tmp_path):
    whole = realise(get_baseline("mobilenet_v2"), form=FORM, resolution_px=32, classes=10)
    spec = replace(whole, stages=whole.stages[:2])
    network = onnx_files.random_network(spec)
    assert onnx_files.write_onnx(network, spec, tmp_path / "v2.onnx").difference < 1e-4


def test_a_file_that_is_not_the_network_is_not_passed_off_as_it(written, tmp_path, monkeypatch):
    _, network, _ = written
    monkeypatch.setattr(onnx_files, "logits", lambda session, images: np.ones((2, 200)))
    with pytest.raises(WorkError, match="logits differ from PyTorch's"):
        onnx_files.write_onnx(network, SMALL, tmp_path / "x.onnx")


def test_int8_is_smaller_and_still_much_the_same(written, tmp_path):
    path = written[0]
    images = np.random.default_rng(0).standard_normal((2, 16, 3, 33, 33)).astype(np.float32)
    target = tmp_path / "int8.onnx"
    size = int8.quantise(path, target, list(images))
    assert size == target.stat().st_size
    assert size < 0.7 * path.stat().st_size
    found = onnx_files.logits(onnx_files.session(target, 1), images[0])
    plain = onnx_files.logits(onnx_files.session(path, 1), images[0])
    assert np.corrcoef(found.ravel(), plain.ravel())[0, 1] > 0.9


def test_what_cannot_be_calibrated_or_run_is_told(written, tmp_path):
    with pytest.raises(InputError, match="no images to calibrate on"):
        int8.quantise(written[0], tmp_path / "x.onnx", [])
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"nothing")
    with pytest.raises(InputError, match="is no network that onnxruntime runs"):
        onnx_files.session(broken, 1)


@pytest.mark.parametrize("name", ["onnxruntime", "onnxruntime-int8"])
def test_a_backend_runs_what_it_wrote(name):
    (found,) = measure_latencies([SMALL], backend=name, batch=2, runs=3)
    assert 0 < found.p50_ms <= found.p95_ms
    assert (found.backend, found.batch) == (name, 2)


def test_without_the_extra_the_remedy_is_told(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(InputError, match=r"pip install 'scaling-search\[edge\]'"):
        onnx_files.session(tmp_path / "x.onnx", 1)


def test_a_larger_network_needs_more_memory(tmp_path):
    backend = get_backend("torch")
    large = realise(B0, Scaling(1.0, 4.0, 8.0), form=FORM, resolution_px=32)
    peaks = []
    for number, spec in enumerate((SMALL, large)):
        path = tmp_path / f"{number}{backend.suffix}"
        backend.write(spec, path)
        found = measure_memory(spec, path, backend="torch", threads=1, batch=4)
        assert found.peak_bytes > found.before_bytes > 0
        peaks.append(found.peak_bytes)
    assert peaks[1] > peaks[0] + 10e6


def test_a_process_that_dies_is_told(tmp_path):
    with pytest.raises(WorkError, match="the process that measures memory ended with"):
        measure_memory(SMALL, tmp_path / "none", backend="torch", threads=1, batch=1)
