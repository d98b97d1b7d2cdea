"""`import scaling_search` is all that users need."""

import subprocess
import sys

import pytest

import scaling_search
from results.store import Store
from search_spaces.coefficients import PUBLISHED
from search_spaces.errors import InputError


def test_every_name_is_there() -> None:
    for name in scaling_search.__all__:
        assert getattr(scaling_search, name) is not None
    assert scaling_search.Store is Store
    with pytest.raises(AttributeError, match="nothing"):
        _ = scaling_search.nothing


def test_a_plan_of_a_preset_has_its_candidates() -> None:
    plan = scaling_search.plan("quickstart")
    assert plan.candidates
    with pytest.raises(InputError, match="quickstart"):
        scaling_search.plan("quickstar")


def test_a_family_of_the_published_coefficients() -> None:
    members = scaling_search.family(PUBLISHED, resolution_px=128, members=3)
    assert [member.name for member in members] == ["b0", "b1", "b2"]
    assert members == scaling_search.family((1.2, 1.1, 1.15), resolution_px=128, members=3)


def test_plans_and_families_need_no_torch() -> None:
    program = (
        "import sys, scaling_search as s; s.plan('quickstart'); s.family((1.2, 1.1, 1.15)); "
        "assert 'torch' not in sys.modules and 'ray' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_network_is_a_module() -> None:
    module = scaling_search.network("efficientnet_b0", resolution_px=32, classes=3)
    assert sum(parameter.numel() for parameter in module.parameters()) > 1_000_000
