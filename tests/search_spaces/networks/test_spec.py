"""A spec is an identity: equal networks have one key, and it survives storage."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_spaces.baselines import get_baseline, realise
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec

B0 = get_baseline("efficientnet_b0").base
factor = st.floats(0.5, 4)


@given(
    st.sampled_from(["efficientnet_b0", "mobilenet_v2"]), st.builds(Scaling, factor, factor, factor)
)
def test_a_spec_survives_json(name, scaling):
    spec = realise(get_baseline(name), scaling)
    back = NetworkSpec.from_dict(json.loads(json.dumps(spec.to_dict())))
    assert back == spec
    assert hash(back) == hash(spec)
    assert back.key == spec.key


def test_the_key_of_b0_never_changes():
    # Stored sweeps are found by this key: a change of it needs a migration.
    assert B0.key == "c2d7499a20034984"


def test_the_key_does_not_depend_on_the_process():
    code = (
        "from search_spaces.baselines import get_baseline as g; print(g('mobilenet_v2').base.key)"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert keys == {get_baseline("mobilenet_v2").base.key}


@pytest.mark.parametrize(
    "change",
    [
        {"resolution_px": 225},
        {"classes": 999},
        {"in_channels": 1},
        {"head_width": 1288},
        {"baseline": "mobilenet_v2"},
        {"stem": dataclasses.replace(B0.stem, stride=1)},
        {"stages": (*B0.stages[:-1], dataclasses.replace(B0.stages[-1], kernel=5))},
    ],
)
def test_every_field_is_part_of_the_identity(change):
    other = dataclasses.replace(B0, **change)
    assert other != B0
    assert other.key != B0.key


def test_coefficients_that_round_alike_are_one_spec():
    baseline = get_baseline("efficientnet_b0")
    specs = {realise(baseline, Coefficients(alpha, 1.1, 1.15) ** 1) for alpha in (1.01, 1.2, 1.25)}
    assert len(specs) == 1


def test_shapes_at_a_glance():
    assert B0.depths == (1, 2, 2, 3, 3, 4, 1)
    assert B0.widths == (32, 16, 24, 40, 80, 112, 192, 320, 1280)
    assert B0.strides == (2, 1, 2, 2, 2, 1, 2, 1)
    assert [dataclasses.replace(B0, resolution_px=px).last_map_px for px in (32, 33, 224)] == [
        1,
        2,
        7,
    ]


def test_what_cannot_be_read_is_said():
    data = B0.to_dict()
    del data["stem"]
    with pytest.raises(InputError) as caught:
        NetworkSpec.from_dict(data)
    assert str(caught.value) == (
        "network spec cannot be read ('stem'); it must have the keys that "
        "`NetworkSpec.to_dict` writes"
    )
    with pytest.raises(InputError, match="unexpected keyword argument 'depth'"):
        NetworkSpec.from_dict(B0.to_dict() | {"depth": 1})
    with pytest.raises(InputError, match="network spec cannot be read"):
        NetworkSpec.from_dict(B0.to_dict() | {"classes": "many"})


def test_a_size_below_1_is_refused():
    data = B0.to_dict()
    data["stages"][2]["depth"] = 0
    with pytest.raises(InputError) as caught:
        NetworkSpec.from_dict(data)
    assert str(caught.value) == "a stage's depth is 0: a network needs at least 1"
