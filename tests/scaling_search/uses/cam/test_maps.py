"""Maps point at what the network goes by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from scaling_search.networks.checkpoints.files import Checkpoint
from scaling_search.networks.modules import GlobalPoolModule, build
from scaling_search.uses.cam import Shown, Tally, class_maps, compare
from scaling_search.uses.cam.localisation import localise
from scaling_search.uses.cam.maps import enlarged
from scaling_search.uses.predicting import inputs
from search_spaces.errors import InputError


@pytest.mark.parametrize("method", ["cam", "gradcam"])
def test_a_planted_object_is_pointed_at(planted_scene: Any, method: Any) -> None:
    if method == "gradcam":
        pytest.importorskip("captum", reason="Grad-CAM needs captum")
    shown = [Shown("planted", planted_scene.checkpoint)]
    tally = Tally(shown, method)
    for row in compare(shown, planted_scene.subjects, method=method):
        tally.add(row)
    (found,) = tally.to_dict()
    assert found["right"] >= 36
    assert found["located"] == 40
    assert found["area"] == 0.25  # what chance would give
    # All 40 and three quarters with each of 4 seeds; 26 and 0.47 by a map turned on its diagonal.
    assert found["pointing"] >= 0.9
    assert found["energy"] >= 0.6


def test_networks_that_have_learnt_nothing_point_nowhere(planted_scene: Any) -> None:
    """So that it is what was learnt that points, not the images or the way of measuring."""
    about = planted_scene.checkpoint.about
    found = []
    for seed in range(6):
        torch.manual_seed(seed)
        shown = [Shown("new", Checkpoint(about, build(about.network).eval()))]
        tally = Tally(shown)
        for row in compare(shown, planted_scene.subjects):
            tally.add(row)
        found += tally.to_dict()
    assert np.mean([one["pointing"] for one in found]) <= 0.7
    assert np.mean([one["energy"] for one in found]) <= 0.55


def test_the_map_sums_to_the_logit(planted_scene: Any) -> None:
    """The mean of the terms that CAM shows is the logit without its bias, before the cut at 0."""
    network, about = planted_scene.checkpoint.network, planted_scene.checkpoint.about
    batch = inputs(np.stack([subject.pixels for subject in planted_scene.subjects[:8]]), about)
    found = class_maps(network, batch, method="cam")
    with torch.inference_mode():
        logits = found.logits.gather(1, found.targets[:, None])[:, 0]
        without_bias = logits - network.head.classifier.bias[found.targets]
        cut = found.maps.mean((1, 2)) - without_bias
        again = network(batch)
    assert (cut > -1e-4).all()  # cutting negative evidence can only raise the mean
    assert found.maps.shape == (8, 8, 8)
    torch.testing.assert_close(found.logits, again, rtol=1e-4, atol=1e-4)


def test_both_methods_agree_where_both_are_possible(planted_scene: Any) -> None:
    """With pooling and one linear layer Grad-CAM's weights are CAM's, up to a factor."""
    pytest.importorskip("captum", reason="Grad-CAM needs captum")
    about = planted_scene.checkpoint.about
    batch = inputs(np.stack([subject.pixels for subject in planted_scene.subjects[:8]]), about)
    plain = class_maps(planted_scene.checkpoint.network, batch, method="cam")
    gradient = class_maps(planted_scene.checkpoint.network, batch, method="gradcam")
    torch.testing.assert_close(
        enlarged(plain.maps, 32), enlarged(gradient.maps, 32), rtol=1e-3, atol=1e-3
    )


def test_maps_of_another_class_are_other_maps(planted_scene: Any) -> None:
    about = planted_scene.checkpoint.about
    batch = inputs(planted_scene.subjects[0].pixels[None], about)
    maps = [
        class_maps(planted_scene.checkpoint.network, batch, torch.tensor([c])).maps
        for c in range(4)
    ]
    assert not torch.allclose(maps[0], maps[1])


def test_cam_is_refused_where_the_head_does_not_allow_it(planted_scene: Any) -> None:
    network = build(planted_scene.checkpoint.about.network).eval()
    network.head.append(torch.nn.Linear(4, 4))
    assert isinstance(network.head.pool, GlobalPoolModule)
    batch = inputs(planted_scene.subjects[0].pixels[None], planted_scene.checkpoint.about)
    with pytest.raises(InputError, match="method is cam: it needs a head of global average"):
        class_maps(network, batch, method="cam")
    pytest.importorskip("captum", reason="Grad-CAM needs captum")
    assert class_maps(network, batch).maps.shape == (1, 8, 8)


def test_localisation_by_hand() -> None:
    heat = np.array([[0, 1], [2, 1]], np.float32)
    mask = np.array([[False, False], [True, False]])
    found = localise(heat, mask)
    assert found is not None
    assert (found.hit, found.energy, found.area) == (True, 0.5, 0.25)
    missed = localise(heat, ~mask)
    assert missed is not None
    assert (missed.hit, missed.energy) == (False, 0.5)
    assert localise(heat, np.zeros((2, 2), np.bool_)) is None
    nothing = localise(np.zeros((2, 2), np.float32), mask)
    assert nothing is not None
    assert (nothing.hit, nothing.energy) == (False, 0.0)
