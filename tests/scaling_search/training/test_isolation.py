from __future__ import annotations

import torch

from scaling_search.training.isolation import Isolation

TINY = 1e-40
"""A denormal float32."""


def test_settings_hold_inside_and_are_gone_outside() -> None:
    outside = torch.get_num_threads()
    isolation = Isolation("cpu", outside + 1)
    tiny = torch.full((16,), TINY)
    with isolation.entered():
        assert torch.get_num_threads() == outside + 1
        assert torch.backends.cudnn.enabled
        assert torch.backends.cudnn.benchmark
        assert (tiny * 1 == 0).all()
    assert torch.get_num_threads() == outside
    assert not torch.backends.cudnn.benchmark
    assert (tiny * 1 > 0).all()


def test_random_state_continues_where_the_trial_left_it() -> None:
    torch.manual_seed(7)
    unbroken = torch.rand(4)
    isolation = Isolation("cpu", 1)
    with isolation.entered():
        torch.manual_seed(7)
        first = torch.rand(2)
    torch.manual_seed(0)
    outside = torch.rand(1)
    with isolation.entered():
        second = torch.rand(2)
    assert torch.equal(torch.cat((first, second)), unbroken)
    torch.manual_seed(0)
    assert torch.equal(torch.rand(1), outside)


def test_settings_are_undone_after_an_error() -> None:
    outside = torch.get_num_threads()
    try:
        with Isolation("cpu", outside + 1).entered():
            raise RuntimeError
    except RuntimeError:
        pass
    assert torch.get_num_threads() == outside
    assert (torch.full((16,), TINY) * 1 > 0).all()


def test_memory_of_the_process_is_plausible() -> None:
    assert 50 * 2**20 < Isolation("cpu", 1).memory_bytes() < 2**40
