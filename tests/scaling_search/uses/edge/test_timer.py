"""Latency for planning: networks take turns with their baseline, and are run once ever."""

import dataclasses

import numpy as np
import pytest

from scaling_search.environment import machine_name
from scaling_search.uses.edge import latency, timer
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError
from search_spaces.networks.latency import Timing

FORM = ProxyForm(width=0.25, strides=(1, 2, 1, 2, 1, 1, 1))


def small(scaling):
    whole = realise(get_baseline("efficientnet_b0"), scaling, form=FORM, resolution_px=16)
    return dataclasses.replace(whole, stages=whole.stages[:2], head_width=16)


BASE, LARGE = small(Scaling(1, 1, 1)), small(Scaling(4, 4, 2))
TIMING = Timing(runs=5)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SCALING_SEARCH_CACHE_DIR", str(tmp_path))
    timer._open.clear()
    return tmp_path / "latencies"


def test_a_network_is_run_beside_its_baseline_once_ever(cache, monkeypatch):
    def turns(opened, *, runs):
        """The second one takes 1, 2, … times as long as the first."""
        return np.array([[0.001, 0.001 * (1 + number)] for number in range(runs)])

    monkeypatch.setattr(latency, "take_turns", turns)
    counts = []
    with timer.telling(counts.append):
        found = timer.time_beside(BASE, LARGE, TIMING)
        assert (found.ratio, found.base_p50_ms, found.p50_ms) == pytest.approx((3, 1, 3))
        assert found.noise == pytest.approx(1.2533 * 1.4826 / 5**0.5 / 3)
        assert (found.machine, found.threads, found.runs) == (machine_name(), 1, 5)
        assert timer.time_beside(BASE, BASE, TIMING).ratio == 1
    assert counts[1] == counts[0] + 1
    assert len(list(cache.iterdir())) == 2

    def run(*arguments):
        raise AssertionError("run again")

    monkeypatch.setattr(timer, "_measure", run)
    timer._kept.cache_clear()  # as in another process
    assert timer.time_beside(BASE, LARGE, TIMING) == found
    with pytest.raises(AssertionError, match="run again"):
        timer.time_beside(BASE, LARGE, Timing(runs=5, batch=2))


def test_a_file_that_was_cut_short_is_measured_again(cache):
    found = timer.time_beside(BASE, LARGE, TIMING)
    (path,) = cache.iterdir()
    path.write_text('{"ratio": 2.')
    timer._kept.cache_clear()
    assert timer.time_beside(BASE, LARGE, TIMING).p50_ms > 0
    assert path.read_text().endswith("}")
    assert found.batch == 1


def test_latencies_of_another_machine_are_refused():
    elsewhere = Timing(runs=5, machine="a telephone")
    with pytest.raises(InputError, match="latencies hold for one machine; plan there, or leave"):
        timer.time_beside(BASE, LARGE, elsewhere)
