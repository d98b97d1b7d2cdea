import pytest

from scaling_search.cli.overrides import merged, parse_overrides
from search_spaces.errors import InputError


def test_settings_become_nested_yaml_values():
    assert parse_overrides(
        ["proxy.images=5000", "space.target.tolerance=0.1", "space.lattice=null", "seeds=[3, 4]"]
    ) == {
        "proxy": {"images": 5000},
        "space": {"target": {"tolerance": 0.1}, "lattice": None},
        "seeds": [3, 4],
    }


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            ["proxy.images"],
            "--set 'proxy.images' cannot be read: write key=value with a dotted key; "
            "for example --set proxy.images=5000",
        ),
        (
            ["=3"],
            "--set '=3' cannot be read: write key=value with a dotted key; "
            "for example --set proxy.images=5000",
        ),
        (
            ["seeds=[1, 2"],
            "--set 'seeds=[1, 2': the value is not valid YAML; quote it, or write for example "
            "--set 'space.form.strides=[1, 2, 1, 2, 1, 1, 1]'",
        ),
        (
            ["proxy=3", "proxy.images=5"],
            "--set 'proxy.images=5': proxy was set to 3 before, which has no keys; "
            "leave one of the two out",
        ),
        (["seeds=2", "seeds=3"], "--set 'seeds=3': seeds is set twice; leave one out"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings, message):
    with pytest.raises(InputError) as raised:
        parse_overrides(settings)
    assert str(raised.value) == message


def test_later_layers_win_key_by_key():
    below = {"proxy": {"images": 1, "reports": 2}, "seeds": 3}
    assert merged(below, {"proxy": {"images": 9}}) == {
        "proxy": {"images": 9, "reports": 2},
        "seeds": 3,
    }
