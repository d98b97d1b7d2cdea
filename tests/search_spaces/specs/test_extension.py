"""What an extension that would add nothing is told to ask for, which then can be had."""

from __future__ import annotations

import re
from typing import Any

import pytest

from search_spaces.errors import InputError
from search_spaces.specs.extension import Extension, check_proposals
from search_spaces.specs.sweep import SweepSpec, load_sweep

REFERENCES = 2


def check(spec: SweepSpec, searched: int, eligible: int) -> None:
    extension = Extension(strategy=spec.strategy)
    check_proposals(spec, extension, searched, eligible + REFERENCES, eligible)


@pytest.mark.parametrize(
    ("strategy", "seeds", "searched", "eligible", "remedy"),
    [
        ({"trials": 8}, 3, 10, 9, "give more trials in all (--set strategy.trials=18)"),
        ({"trials": 8}, 3, 24, 9, "give more trials in all (--set strategy.trials=27)"),
        ({}, 2, 6, 3, "give more seeds (--seeds 3)"),
        ({"trials": 8}, 2, 18, 9, "give more seeds (--seeds 3) and more trials in all (--set "
         "strategy.trials=26)"),
        ({"trials": 8}, 1, 9, 9, "give more seeds (--seeds 2) and more trials in all (--set "
         "strategy.trials=17)"),
    ],
)  # fmt: skip
def test_what_is_offered_can_be_had(
    strategy: dict[str, Any], seeds: int, searched: int, eligible: int, remedy: str
) -> None:
    wanted = {"name": "tpe"} | strategy
    spec = load_sweep("small-images", {"strategy": wanted, "seeds": seeds})
    with pytest.raises(InputError) as caught:
        check(spec, searched, eligible)
    assert str(caught.value).endswith(f"nothing would be proposed; {remedy}")

    def offered(option: str) -> dict[str, int]:
        found = re.search(rf"{option}[ =](\d+)", remedy)
        return {} if found is None else {option.rpartition(".")[2].strip("-"): int(found[1])}

    better = load_sweep(
        "small-images",
        {"strategy": wanted | offered("strategy.trials"), "seeds": seeds} | offered("--seeds"),
    )
    better.check_plan(eligible + REFERENCES, eligible)
    check(better, searched, eligible)
