"""Families and networks as files of other libraries."""

import json
import sys

import pytest
import yaml

from search_spaces.networks.spec import NetworkSpec

PUBLISHED = ("family", "published", "--convention", "published")


def test_a_family_is_written_as_a_file_or_a_file_each(shell, tmp_path):
    whole = shell.invoke(*PUBLISHED, "--format", "transformers")
    assert whole.exit_code == 0, whole.stderr
    assert json.loads(whole.stdout)["b7"]["hidden_dim"] == 2560
    folder = tmp_path / "configs"
    folder.mkdir()
    words = (*PUBLISHED, "--format", "transformers", "-o", str(folder))
    assert shell.invoke(*words).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == [f"b{k}.json" for k in range(8)]
    assert json.loads((folder / "b7.json").read_text())["hidden_dim"] == 2560
    again = shell.invoke(*words)
    assert again.exit_code == 2
    assert "b0.json exists: add --force" in again.stderr


def test_one_member_is_written_alone(shell):
    text = shell.invoke(*PUBLISHED, "--format", "pycls", "--member", "b3").stdout
    assert yaml.safe_load(text)["TRAIN"]["IM_SIZE"] == 300
    assert "def b3():" in shell.invoke(*PUBLISHED, "--format", "keras", "--member", "b3").stdout
    unknown = shell.invoke(*PUBLISHED, "--member", "b9")
    assert unknown.exit_code == 2
    assert "member 'b9' is unknown" in unknown.stderr


def test_format_json_is_json(shell):
    assert shell.invoke(*PUBLISHED, "--format", "json").stdout == (
        shell.invoke(*PUBLISHED, "--json").stdout
    )
    document = yaml.safe_load(shell.invoke(*PUBLISHED, "--format", "yaml").stdout)
    assert document == shell.json(*PUBLISHED)


def test_what_a_format_cannot_express_is_named_with_its_member(shell):
    words = ("family", "--coefficients", "1.2,1.1,1.15", "--format", "transformers")
    refused = shell.invoke(*words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "b1: transformers cannot express resolution_px 241" in refused.stderr
    found = shell.invoke(*words, "--resolution-multiple", "2")
    assert found.exit_code == 0
    assert all(one["image_size"] % 2 == 0 for one in json.loads(found.stdout).values())


def test_bad_words_are_told(shell):
    assert "did you mean timm?" in shell.invoke(*PUBLISHED, "--format", "timmm").stderr
    assert "-o needs a format" in shell.invoke(*PUBLISHED, "-o", "x.py").stderr
    both = shell.invoke(*PUBLISHED, "--json", "--format", "timm")
    assert "leave one of them out" in both.stderr
    assert both.exit_code == 2


NETS = """
from torch import nn
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

class Wide:
    name = "wide"
    base = NetworkSpec(
        baseline="wide", resolution_px=8, stem=StemSpec(8, 3, 1),
        stages=(StageSpec("plain", 8, 1, 2, 3),), head_width=0, classes=5,
    )

    def module(self, spec):
        stem = nn.Conv2d(spec.in_channels, spec.stem.width, 3, padding=1)
        return nn.Sequential(
            stem, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(spec.stem.width, spec.classes)
        )
"""


@pytest.mark.parametrize("command", [("family", "published"), ("model", "--flops", "1M")])
def test_ones_own_baseline_is_checked_before_it_is_scaled(shell, tmp_path, monkeypatch, command):
    (tmp_path / "wide_nets.py").write_text(NETS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    refused = shell.invoke(*command, "--baseline", "wide_nets:Wide")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "depth × 2 changes nothing" in refused.stderr


def test_a_network_for_a_budget_is_written_too(shell, tmp_path):
    words = ("model", "--flops", "1.5G", "--resolution", "224", "--classes", "37")
    target = tmp_path / "model.yaml"
    assert shell.invoke(*words, "--format", "yaml", "-o", str(target)).exit_code == 0
    document = yaml.safe_load(target.read_text())
    assert NetworkSpec.from_dict(document["spec"]).classes == 37
    assert "num_classes=37" in shell.invoke(*words, "--format", "torchvision").stdout


def test_the_family_of_a_sweep_is_exported(shell, library_database):
    words = ("export", "1", "--database", library_database, "--format", "torchvision")
    text = shell.invoke(*words).stdout
    assert "def b7():" in text
    assert "def b7():" not in shell.invoke(*words, "--member", "b2").stdout
    refused = shell.invoke(*words[:-1], "csv", "--member", "b2")
    assert refused.exit_code == 2
    assert "csv holds the whole sweep" in refused.stderr
