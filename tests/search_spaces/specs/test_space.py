import pytest

from search_spaces.errors import InputError
from search_spaces.specs.reading import presets
from search_spaces.specs.sweep import SweepSpec, load_sweep

GOOD = """
space:
  lattice: {divisions: 2}
proxy: {images: 1000}
"""


def written(tmp_path, text):
    path = tmp_path / "space.yaml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", sorted(presets()))
def test_every_preset_is_valid_and_says_what_it_is_for(name):
    sweep = load_sweep(name)
    assert sweep.name == name
    assert sweep.description


def test_the_three_presets_exist_and_the_quick_one_is_quick():
    from search_spaces.planning import make_plan

    assert {"paper", "quickstart", "small-images"} <= presets().keys()
    assert len(make_plan(load_sweep("quickstart").space).candidates) <= 8


def test_the_paper_preset_is_nominal_at_224_px():
    space = load_sweep("paper").space
    assert (space.resolution_px, space.target.by, space.target.flops_ratio) == (224, "nominal", 2)


def test_a_file_and_changes_laid_over_it(tmp_path):
    sweep = load_sweep(
        written(tmp_path, GOOD),
        {"space": {"target": {"tolerance": 0.2}}, "proxy": {"steps": 10}, "seeds": [4, 7]},
    )
    assert sweep.space.target.tolerance == 0.2
    assert (sweep.proxy.steps, sweep.proxy.images) == (10, None)
    assert sweep.seeds == (4, 7)


def test_another_aim_takes_the_place_of_the_files(tmp_path):
    path = written(tmp_path, GOOD + "\n")
    for target, quantity in (
        ({"latency_ratio": 1.5}, "latency"),
        ({"params_ratio": 3, "tolerance": 0.2}, "params"),
        ({"tolerance": 0.2}, "flops"),
    ):
        assert load_sweep(path, {"space": {"target": target}}).space.target.quantity == quantity
        preset = load_sweep("quickstart", {"space": {"target": target}})
        assert preset.space.target.quantity == quantity


def test_a_number_of_seeds_counts_from_zero(tmp_path):
    assert load_sweep(written(tmp_path, GOOD), {"seeds": 4}).seeds == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"space": 3}, "space is 3: input should be a valid dictionary or instance of SearchSpace"),
        ({"proxy": 3}, "proxy is 3: input should be a valid dictionary or instance of ProxySpec"),
        (
            {"space": {"lattice": None, "axes": {"alpha": {"min": 0.9, "max": 2}}}},
            "space.axes.alpha: min is 0.9: coefficients must be ≥ 1; start at 1",
        ),
        (
            {"space": {"lattice": None, "axes": {"beta": {"max": 2, "step": 0}}}},
            "space.axes.beta: step is 0: a step must be above 0, for example 0.05",
        ),
        (
            {"space": {"lattice": None, "axes": {"beta": {"max": 2, "step": 1e-4}}}},
            "space.axes.beta: step is 0.0001: that makes 10,001 values from 1 to 2, at most "
            "2,001 make sense; use a larger step",
        ),
        (
            {"space": {"axes": {"alpha": {"max": 2}}}},
            "space: give exactly one of axes, lattice and compare: they say where to look",
        ),
        (
            {"space": {"baselin": "efficientnet_b0"}},
            "space.baselin is not a known key: did you mean baseline?",
        ),
        (
            {"space": {"baseline": "efficientnet_b9"}},
            "space.baseline: baseline 'efficientnet_b9' is unknown: did you mean efficientnet_b0?; "
            "`scaling-search baselines` lists them",
        ),
        (
            {"proxy": {"learning_rat": 1}},
            "proxy.learning_rat is not a known key: did you mean learning_rate?",
        ),
        (
            {"space": {"resolution_px": 16}},
            "space: resolution is 16 px: efficientnet_b0 has a total stride of 32, so it needs at "
            "least 32 px (4 × as many keep the search meaningful); raise resolution_px or lower "
            "form.stem_stride and form.strides",
        ),
        ({"seeds": 0}, "seeds: 0 seeds given: give 1 to 100"),
        ({"seeds": [1, 1]}, "seeds: [1, 1]: seeds must be distinct, from 0 to 2³¹ − 1"),
        (
            {"space": {"target": {"tolerance": float("nan")}}},
            "space.target.tolerance is nan: input should be a finite number",
        ),
    ],
)
def test_wrong_values_are_named_with_rule_and_remedy(tmp_path, changes, message):
    path = written(tmp_path, GOOD)
    with pytest.raises(InputError) as caught:
        load_sweep(path, changes)
    assert str(caught.value) == f"{path}: {message}"


def test_all_findings_come_in_one_message(tmp_path):
    with pytest.raises(InputError) as caught:
        load_sweep(written(tmp_path, "space: {lattice: {division: 2}}\nproxy: {image: 3}\n"))
    assert "did you mean divisions?" in str(caught.value)
    assert "did you mean images?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "must be a mapping of keys to values, as in the shipped presets"),
        ("a: [", "is not valid YAML"),
        ("", "must be a mapping of keys to values"),
    ],
)
def test_files_that_are_no_space(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        load_sweep(written(tmp_path, text))


def test_an_unknown_preset_suggests_the_near_one():
    with pytest.raises(InputError) as caught:
        load_sweep("quickstrat")
    assert str(caught.value) == (
        "'quickstrat' is neither a preset nor the path of a space file: did you mean quickstart?"
    )


def test_a_protocol_ignores_where_one_looks_and_nothing_else(tmp_path):
    path = written(tmp_path, GOOD)

    def protocol(fingerprint="f", **changes):
        return load_sweep(path, changes).protocol(fingerprint)

    same = protocol()
    assert protocol(space={"lattice": {"divisions": 5}}) == same
    assert protocol(seeds=9, name="other") == same
    others = [
        protocol("g"),
        protocol(proxy={"images": 2000}),
        protocol(proxy={"learning_rate": 0.01}),
        protocol(space={"resolution_px": 64}),
        protocol(space={"form": {"width": 0.5}}),
        protocol(space={"target": {"flops_ratio": 3}}),
        protocol(data={"split_seed": 1}),
    ]
    assert len({same, *others}) == len(others) + 1


def test_a_sweep_spec_survives_json(tmp_path):
    sweep = load_sweep(written(tmp_path, GOOD))
    assert SweepSpec.model_validate(sweep.model_dump(mode="json")) == sweep
