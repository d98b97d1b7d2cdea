"""`compare`: what is typed becomes methods at equal FLOPs; what was found is a table."""

from __future__ import annotations

import json

import pytest

from results.store import Store
from results.values.json import to_json


def test_the_plan_of_a_comparison_has_every_method_at_every_phi(shell):
    document = shell.json(
        "compare", "tiny.yaml", "--plan", "--phis", "-1,1", "--method", "depth",
        "--method", "fast", "--method", "ours=1.3,1.1,1.05", "--method", "mine=d.5w.25r.25",
    )  # fmt: skip
    roles = [role for candidate in document["candidates"] for role in candidate["roles"]]
    names = ("depth only", "fast", "ours", "mine")
    assert set(roles) == {"baseline"} | {f"{name} φ={phi}" for name in names for phi in (-1, 1)}
    assert not any(candidate["eligible"] for candidate in document["candidates"])
    below = next(c for c in document["candidates"] if "fast φ=-1" in c["roles"])
    assert below["measured_ratio"] < 1


def test_the_plan_is_shown_as_text(shell):
    result = shell.invoke("compare", "tiny.yaml", "--plan")
    assert result.exit_code == 0, result.stderr
    text = " ".join(result.stdout.split())
    assert "depth only, width only, resolution only, compound, each at φ = 1, 2: 8" in text
    assert not shell.database.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--method", "dept"), "--method 'dept' is unknown: did you mean depth?"),
        (("--method", "ours=1.2,1.1"), "write NAME=α,β,γ"),
        (("--method", "ours=0.9,1.1,1.1"), "alpha is 0.9: compound scaling needs alpha ≥ 1"),
        (("--phis", "one"), "--phis 'one' cannot be read"),
        (("--phis", "0"), "0 is the baseline, which is always included"),
        (("--baseline", "nowhere.nets:Net"), "start from the folder that holds the package"),
        (("--baseline", "resnet19"), "did you mean resnet18?"),
    ],
)
def test_what_cannot_be_compared_is_explained(shell, words, message):
    result = shell.invoke("compare", "tiny.yaml", "--plan", *words)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


POINT = {"candidate": 1, "flops": 2000, "low": 0.7, "high": 0.74, "gain": None,
         "adjusted_gain": None, "gain_low": None, "gain_high": None}  # fmt: skip
METHODS = {
    "reference": "compound", "seeds": 3, "images": 1600, "slope": 0.031, "slope_error": 0.004,
    "seed_sd": 0.008, "incomplete": ["fast φ=1"],
    "baseline": POINT | {"method": "baseline", "phi": 0.0, "flops_ratio": 1.0, "accuracy": 0.69},
    "points": [
        POINT | {"method": "compound", "phi": 1.0, "flops_ratio": 2.03, "accuracy": 0.72},
        POINT | {"method": "depth only", "phi": 1.0, "flops_ratio": 1.97, "accuracy": 0.701,
                 "gain": -0.019, "adjusted_gain": -0.0176, "gain_low": -0.03, "gain_high": -0.005},
    ],
}  # fmt: skip


@pytest.fixture
def compared(copied):
    """The finished sweep, as if it had compared methods."""
    with Store.open(f"sqlite:///{copied.database}") as store:
        sweep = store.sweep(1)
    outcome = to_json(sweep.outcome) | {"methods": METHODS, "leader": None}
    del outcome["verdict"]
    space = sweep.spec["space"] | {"lattice": None, "compare": {"phis": [1.0]}}
    spec = sweep.spec | {"space": space}
    import sqlite3

    with sqlite3.connect(copied.database) as database:
        written = [json.dumps(outcome), json.dumps(spec)]
        database.execute("update sweeps set outcome = ?, spec = ?", written)
        database.execute("delete from family_members")
        database.execute("delete from coefficients")
    return copied


def test_show_prints_accuracies_and_gains_at_equal_flops(compared):
    result = compared.invoke("show", "1")
    assert result.exit_code == 0, result.stderr
    text = " ".join(result.stdout.split())
    assert "1 depth only 1.97 × 70.10% 70.00% to 74.00% -1.76 -3.00 to -0.50" in text
    assert "Lost a trial, so left out: fast φ=1" in text
    assert "a doubling is worth +3.10 ± 0.40 points over all networks" in text
    assert "scaling-search plot methods 1" in text
    assert "Verdict" not in text
    assert "★" not in text
