"""Values read back from their JSON as they were, defaults and computed fields included."""

import json
from dataclasses import is_dataclass

import pytest

from results import values
from results.values import Family
from results.values.json import from_json, to_json
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.families import family

SHORTENED = (Family,)
"""The networks in their examples are not whole."""

EXAMPLES = [
    (kind, kind.__pydantic_config__["json_schema_extra"]["example"])
    for kind in vars(values).values()
    if is_dataclass(kind) and "__pydantic_config__" in vars(kind) and kind not in SHORTENED
]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_reads_back(kind, example):
    value = from_json(kind, example)
    assert to_json(value).keys() == example.keys()
    assert from_json(kind, json.dumps(to_json(value))) == value


def test_a_family_reads_back():
    members = family(Frame.of(get_baseline("mobilenet_v2")), PUBLISHED, members=2)
    made = Family(
        baseline="mobilenet_v2", coefficients=PUBLISHED, sweep=1, convention="fitted",
        resolution_px=224, classes=1000, in_channels=3, members=members,
    )  # fmt: skip
    assert from_json(Family, json.dumps(to_json(made))) == made
    assert to_json(made)["members"][1] == members[1].to_dict()
