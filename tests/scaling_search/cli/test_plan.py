import re

import pytest

from scaling_search.environment import machine_name


def test_a_plan_is_counted_pictured_listed_and_costed(shell):
    result = shell.invoke("plan", "tiny.yaml")
    assert result.exit_code == 0, result.stderr
    text = result.stdout
    assert " ".join(text.split()).startswith(
        "efficientnet_b0 at 16 px, 1 channel, 10 classes: 3.42 M FLOPs; target 2 ± 0.4 × that, "
        "measured 2 points → 2 within the constraint → 2 distinct networks → 5 candidates (3 can "
        "win, the others are references)"
    )
    picture = text.split("\n\n")[1]
    assert picture.count("●") == 1 + 2  # the legend's, and one a direction
    assert "depth\n" in picture
    assert re.search(r"^ +width ●.*● resolution$", picture, re.MULTILINE)
    assert re.search(r"^0  baseline +1, 1, 1 +1 +16 ", text, re.MULTILINE)
    assert "Note: every candidate exceeds the 8 px of the images" in text
    assert "Training: 10 trials (2 seeds each) × 64 images = 640 images, about " in text
    assert "(time: rough: 8.5 GFLOPs/s per worker, nothing was trained on this machine yet)" in text
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 100
    assert not shell.database.exists()


def test_fresh_seeds_are_costed_and_named(shell):
    said = shell.invoke("plan", "tiny.yaml", "--set", "confirmation_seeds=2").stdout
    expected = "Training: 18 trials (2 seeds each, 2 fresh ones of the winner and the references)"
    assert expected in " ".join(said.split())


def test_the_json_has_the_documented_keys(shell):
    document = shell.json("plan", "tiny.yaml")
    assert (document["points"], document["networks"]) == (2, 2)
    assert len(document["candidates"]) == 5
    for candidate in document["candidates"]:
        alpha, beta, gamma = candidate["representative"]
        assert candidate["nominal_ratio"] == pytest.approx(alpha * beta**2 * gamma**2)
        assert candidate["measured_ratio"] == candidate["flops"] / document["base_flops"]
        assert candidate["representative"] in candidate["coefficients"]
        assert candidate["params"] > 0
        assert candidate["activations"] > 0
        assert "upsampling adds no detail" in candidate["notes"][0]
    assert document["training"]["trials"] == 10
    assert document["training"]["rate"]["trials"] == 0


def test_without_named_images_the_baselines_own_classes_count(shell):
    document = shell.json("plan", "small-images")
    assert (document["classes"], document["in_channels"], document["dataset"]) == (1000, 3, None)
    assert shell.json("plan", "small-images", "--dataset", "digits")["classes"] == 10


def test_settings_reach_every_key(shell):
    document = shell.json(
        "plan",
        "tiny.yaml",
        "--set",
        "space.lattice={divisions: 5}",
        "--set",
        "space.target.tolerance=0.02",
        "--set",
        "proxy.images=6400",
        "--set",
        "seeds=2",
    )
    assert document["target"]["tolerance"] == 0.02
    trials = len(document["candidates"]) * 2
    assert document["training"]["trials"] == trials
    assert document["training"]["images"] == trials * 6400
    missed = [direction for direction in document["directions"] if not direction["reachable"]]
    assert missed
    assert all(abs(direction["flops_ratio"] - 2) > 0.02 for direction in missed)


def test_measuring_confirms_with_fvcore(shell):
    document = shell.json("plan", "tiny.yaml", "--measure")
    plain = shell.json("plan", "tiny.yaml")
    assert {c["complexity_source"] for c in document["candidates"]} == {"fvcore"}
    assert document["candidates"][0]["uncounted"]
    assert [c["flops"] for c in document["candidates"]] == [c["flops"] for c in plain["candidates"]]


def test_a_long_plan_is_cut_unless_all_is_wanted(shell):
    short, whole = (
        shell.invoke("plan", "paper").stdout,
        shell.invoke("plan", "paper", "--all").stdout,
    )
    count = len(shell.json("plan", "paper")["candidates"])
    assert f"… and {count - 40} more (--all shows them)" in short
    assert "--all" not in whole
    assert f"\n{count - 1}  search" in whole


def test_the_estimate_rests_on_what_this_machine_trained(copied):
    document = copied.json("plan", "tiny.yaml")
    assert document["training"]["rate"]["trials"] == 10
    assert "as 10 trials on this machine had" in copied.invoke("plan", "tiny.yaml").stdout


def test_latency_can_be_aimed_at_and_the_plan_stays_the_same(shell):
    target = "{latency_ratio: 1.3, tolerance: 0.9, timing: {runs: 5}}"
    words = ("plan", "tiny.yaml", "--set", f"space.target={target}")
    document = shell.json(*words)
    assert document["target"]["timing"]["machine"] == machine_name()
    for candidate in document["candidates"]:
        latency = candidate["latency"]
        assert (latency["machine"], latency["runs"]) == (machine_name(), 5)
        assert candidate["residual"] == pytest.approx(latency["ratio"] - 1.3)
    assert shell.json(*words)["candidates"] == document["candidates"]
    text = " ".join(shell.invoke(*words).stdout.split())
    assert "1.3 ± 0.9 × the baseline's latency, measured; latency by torch, 1 thread" in text
    assert "median of 5 runs in turns, 1 image each, by torch, 1 thread, on" in text


def test_a_strategy_is_costed_as_run_would_train_it(copied):
    words = ("plan", "tiny.yaml", "--strategy", "contenders", "--seeds", "6", "--images", "128")
    training = copied.json(*words)["training"]
    confirming = 3 * 4  # fresh seeds of the leader and three references
    assert training["strategy"] == "contenders"
    assert training["trials"] == 5 * 6 + confirming
    assert training["images"] == 128 * training["trials"]
    assert training["first_images"] == 128 * 5 * 2
    text = " ".join(copied.invoke(*words).stdout.split())
    assert "Training: at most 42 trials (strategy contenders) × 128 images" in text
    assert "; after the first 1.28 K contenders decides; " in text


def test_the_forecast_is_of_a_grid_whatever_the_strategy(copied):
    words = ("plan", "tiny.yaml", "--seeds", "3")
    grid, chosen = (copied.json(*words, "--strategy", name) for name in ("grid", "gp"))
    assert grid["forecast"] == chosen["forecast"] is not None
    assert chosen["training"]["trials"] != grid["training"]["trials"]
    text = " ".join(copied.invoke(*words, "--strategy", "gp").stdout.split())
    assert "That is of a grid, of which gp trains a part. As noisy as sweep 1: " in text


def test_a_strategy_that_cannot_work_on_the_plan_is_refused(shell):
    result = shell.invoke("plan", "tiny.yaml", "--strategy", "tpe", "--set", "strategy.trials=90")
    assert result.exit_code == 2
    assert "strategy.trials is 90: 3 candidates with 2 seeds each are only 6 trials" in " ".join(
        result.stderr.split()
    )
