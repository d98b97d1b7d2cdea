"""What a validation trains, and which requests make no sense."""

import pytest

from search_spaces.errors import InputError
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import load_sweep
from search_spaces.specs.validation import ValidationSpec

QUICK = load_sweep("quickstart")


def asked(**changes):
    return parse(ValidationSpec, {"sweep": QUICK, **changes}, "validate-proxy")


def test_by_default_the_recipe_is_varied_around_its_own_values():
    spec = asked()
    assert spec.trained_budgets == (384, 1536, 15360)
    assert spec.trained_rates == (0.025, 0.05, 0.1, 0.2)
    variants = list(spec.variants())
    assert [(v.images, v.learning_rate) for v in variants[:2]] == [(384, 0.1), (384, 0.025)]
    assert len(variants) == 9
    assert len(list(asked(long_rates="all").variants())) == 12


def test_at_its_own_budget_and_rate_it_has_the_protocol_of_the_search():
    protocols = {
        (variant.images, variant.learning_rate): variant.sweep.protocol("images")
        for variant in asked().variants()
    }
    assert protocols[1536, 0.1] == QUICK.protocol("images")
    assert len(set(protocols.values())) == len(protocols)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"learning_rates": (0.05, 0.1, 0.2)}, "give at least 4"),
        ({"learning_rates": (0.1, 0.1, 0.1, 0.1, 0.2)}, "2 cannot show"),
        ({"learning_rates": (0.01, 0.02, 0.04, 0.08)}, "the recipe's own, 0.1, must be among them"),
        ({"learning_rates": (-0.1, 0.1, 0.2, 0.4)}, "each must be above 0"),
        ({"learning_rates": (float("nan"), 0.1, 0.2, 0.4)}, "each must be above 0"),
        ({"budgets": (640,)}, "give at least two, each larger"),
        ({"budgets": (640, 640)}, "give at least two, each larger"),
        ({"budgets": (6400, 640)}, "each larger than the one before it"),
        ({"budgets": (8, 640)}, "proxy.images is 8"),
        ({"sweep": load_sweep("quickstart", {"seeds": 1})}, "give at least two seeds"),
        ({"directions": ((0.5, 0.2, 0.2),)}, "must be 1"),
    ],
)
def test_what_cannot_tell_anything_is_refused_with_the_remedy(changes, said):
    with pytest.raises(InputError) as caught:
        asked(**changes)
    assert said in str(caught.value)
