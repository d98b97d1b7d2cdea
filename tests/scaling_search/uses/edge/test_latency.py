import dataclasses
from types import SimpleNamespace

import pytest
import torch

from scaling_search.uses.edge import latency
from scaling_search.uses.edge.backends import BACKENDS, Backend
from scaling_search.uses.edge.latency import measure_latencies
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError

B0 = get_baseline("efficientnet_b0")
SMALL = realise(B0, form=ProxyForm(width=0.25), resolution_px=32)
LARGE = realise(B0, Scaling(2.0, 2.0, 4.0), form=ProxyForm(width=0.25), resolution_px=32)


def test_a_latency_is_the_median_and_the_95th_percentile_of_the_runs_that_count(monkeypatch):
    """Of 20 runs by a clock of their own: 1, 2, … 20 ms, and ten times as long."""
    now, ran = [0.0], []

    def opened(spec, path, threads, batch):
        def run():
            ran.append(spec)
            warm = max(0, ran.count(spec) - 2)
            now[0] += warm * (1e-3 if spec is SMALL else 1e-2)

        return run

    monkeypatch.setattr(latency, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    monkeypatch.setitem(BACKENDS, "fake", Backend("", lambda spec, path: None, opened))
    found = measure_latencies([SMALL, LARGE], runs=20, warm_up=2, backend="fake", batch=3)
    assert [one.p50_ms for one in found] == pytest.approx([10.5, 105])
    assert [one.p95_ms for one in found] == pytest.approx([19.05, 190.5])
    small = found[0]
    assert (small.threads, small.batch, small.backend) == (1, 3, "fake")
    assert (small.runs, small.warm_up) == (20, 2)


def test_networks_take_turns(monkeypatch):
    ran = []

    def opened(spec, path, threads, batch):
        return lambda: ran.append(spec.resolution_px)

    monkeypatch.setitem(BACKENDS, "fake", Backend("", lambda spec, path: None, opened))
    measure_latencies([SMALL, LARGE], runs=20, warm_up=2, backend="fake")
    rounds = [tuple(ran[i : i + 2]) for i in range(0, len(ran), 2)]
    assert len(rounds) == 22
    assert set(rounds) == {(32, 128), (128, 32)}


def test_threads_and_random_numbers_are_afterwards_as_before(monkeypatch):
    seen = []
    plain = BACKENDS["torch"]

    def opened(spec, path, threads, batch):
        run = plain.open(spec, path, threads, batch)
        return lambda: (run(), seen.append(torch.get_num_threads()))

    monkeypatch.setitem(BACKENDS, "torch", dataclasses.replace(plain, open=opened))
    before, random = torch.get_num_threads(), torch.random.get_rng_state()
    measure_latencies([SMALL], threads=2, runs=2)
    assert set(seen) == {2}
    assert torch.get_num_threads() == before
    assert torch.equal(torch.random.get_rng_state(), random)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"threads": 0}, "threads is 0: it must be at least 1"),
        ({"batch": 0}, "batch is 0"),
        ({"runs": 1}, "runs is 1: it must be at least 2"),
        ({"backend": "torhc"}, "did you mean torch"),
    ],
)
def test_bad_words(words, message):
    with pytest.raises(InputError, match=message):
        measure_latencies([SMALL], **words)
