from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from search_spaces.specs.proxy import ProxySpec


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {},
            "proxy has images None and steps None: the budget is exactly one of them; set for "
            "example `images: 25000` and leave steps out",
        ),
        (
            {"images": 100, "steps": 10},
            "proxy has images 100 and steps 10: the budget is exactly one of them; set for "
            "example `images: 25000` and leave steps out",
        ),
        (
            {"images": 63, "batch_size": 64},
            "proxy.images is 63: it must fill at least one batch of 64; raise images or lower "
            "batch_size",
        ),
        (
            {"steps": 4, "reports": 5},
            "proxy.reports is 5: the budget has only 4 steps to report after; lower reports or "
            "raise the budget",
        ),
        (
            {"steps": 10, "norm_images": 1},
            "proxy.norm_images is 1: one image has no variance; use at least 2 (a few hundred are "
            "steady), or 0 to keep the running averages",
        ),
        ({"steps": 10, "learning_rat": 1}, "Extra inputs are not permitted"),
        ({"steps": 10, "learning_rate": float("inf")}, "Input should be a finite number"),
        ({"steps": 10, "warmup": 1.0}, "Input should be less than 1"),
    ],
)
def test_bad_recipes_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        ProxySpec(**values)
    assert message in str(error.value)


def test_images_and_steps_state_the_same_budget() -> None:
    images = ProxySpec(images=1000, batch_size=64, reports=4)
    steps = ProxySpec(steps=15, batch_size=64, reports=4)
    assert images.total_steps == steps.total_steps == 15
    assert images.total_images == steps.total_images == 960
    assert images.report_steps == (3, 7, 11, 15)


def test_every_field_says_what_it_is() -> None:
    undescribed = [name for name, f in ProxySpec.model_fields.items() if not f.description]
    assert undescribed == []


def test_a_recipe_survives_json() -> None:
    proxy = ProxySpec(steps=10, gradient_clip=1.0)
    assert ProxySpec.model_validate_json(proxy.model_dump_json()) == proxy
    assert hash(proxy) == hash(ProxySpec(steps=10, gradient_clip=1.0))
