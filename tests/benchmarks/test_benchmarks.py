"""The benchmarks run, and compare like with like."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import efficientnet

from benchmarks.__main__ import main
from benchmarks.dashboard import CHROMIUM
from benchmarks.folders import copy_images, write_digits
from benchmarks.programs.ours import BASE_PX, MAX_POINTS, spread, sweep_spec
from benchmarks.report import Figure, table
from benchmarks.scheduling import Clock
from benchmarks.watching import run_program
from search_spaces.planning import make_plan

ROOT = Path(__file__).parents[2]
OPTIONS = {"folder": "digits", "n_train": 64, "epochs": 1, "batch_size": 64, "norm_images": 64}


@pytest.mark.parametrize(
    "name",
    [
        "dashboard",
        "exporting",
        "figures",
        "planning",
        "preparing",
        "service",
        "steps",
        "transfer",
    ],
)
def test_a_benchmark_prints_a_table_and_writes_its_figures(name, tmp_path, monkeypatch, capsys):
    if name == "dashboard" and not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    written = tmp_path / "figures.json"
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["benchmarks", name, "--tiny", "--json", str(written)])
    main()
    printed = capsys.readouterr().out
    found = json.loads(written.read_text())
    assert {"hardware", "versions", "load"} <= set(found["environment"])
    assert {figure["benchmark"] for figure in found["figures"]} == {name}
    assert all(figure["value"] > 0 for figure in found["figures"])
    for figure in found["figures"]:
        assert f"| {name} | {figure['what']} |" in printed


def test_both_programs_build_the_same_networks():
    plan = spread(make_plan(sweep_spec({**OPTIONS, "seed": 0}).space, classes=10), MAX_POINTS)
    for candidate in plan.candidates:
        c = candidate.representative
        side = round(BASE_PX * c.gamma)  # as programs/plain.py has it
        blocks, options = efficientnet(c.beta, c.alpha, image_size=side, num_classes=10)
        network = EfficientNet(blocks, options)
        assert candidate.spec.resolution_px == side
        assert candidate.complexity.params == sum(p.numel() for p in network.parameters())


def test_points_are_spread_over_the_plan_and_searched():
    plan = make_plan(sweep_spec({**OPTIONS, "seed": 0}).space, classes=10)
    few = spread(plan, 4)
    assert [candidate.index for candidate in few.candidates] == [0, 1, 2, 3]
    assert len({candidate.spec for candidate in few.candidates}) == 4
    assert all(candidate.roles == ("search",) for candidate in few.candidates)


def test_a_goal_is_met_or_missed_or_absent():
    shown = table(
        [
            ("a", Figure("fast", 4.2, "×", at_least=4)),
            ("a", Figure("slow", 0.4, "s", below=0.3)),
            ("a", Figure("just a figure", 1234.5, "images/s")),
        ]
    )
    assert shown.splitlines()[2:] == [
        "| a | fast | 4.2 × | ≥ 4 | yes |",
        "| a | slow | 0.4 s | < 0.3 | no |",
        "| a | just a figure | 1,234 images/s |  |  |",
    ]


def test_a_trials_overhead_is_what_its_slot_waited_beyond_its_training(monkeypatch):
    now = 0.0
    monkeypatch.setattr("benchmarks.scheduling.time.perf_counter", lambda: now)
    clock = Clock(1)
    now = 5.0
    clock.started("first")
    now = 9.0
    clock.finished("first", 3.0)
    now = 9.5
    clock.started("second")
    now = 12.0
    clock.finished("second", 2.25)
    assert (clock.cold, clock.warm) == ([6.0], [0.75])


def test_a_folder_of_too_few_images_says_what_to_do(tmp_path):
    write_digits(tmp_path / "digits", 3)
    with pytest.raises(SystemExit, match=r"holds 3 images and 4 are wanted: give a larger folder"):
        copy_images(tmp_path / "digits", tmp_path / "copy", 4)


def test_a_program_is_run_with_its_descendants_time_and_its_output():
    burn = "import time; end = time.process_time() + 1.5\nwhile time.process_time() < end: pass"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]); print(7)"
    ended = run_program([sys.executable, "-c", program], dict(os.environ))
    assert (ended.stdout, ended.stderr, ended.code) == ("7\n", "", 0)
    assert ended.cpu_seconds > 0.5
