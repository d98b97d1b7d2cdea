"""Values as people type them."""

import pytest

from scaling_search.cli.parsing import merge, parse_coefficients, parse_flops, parse_settings
from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5G", 1.5e9),
        ("400M", 4e8),
        ("4e8", 4e8),
        ("1.8B", 1.8e9),
        ("  390 MFLOPs ", 3.9e8),
        ("2t", 2e12),
        ("1e3K", 1e6),
    ],
)
def test_flops_are_read_as_people_write_them(text, value):
    assert parse_flops(text) == value


@pytest.mark.parametrize("text", ["", "fast", "-1G", "0", "1.5X", "1..5G", "nan", "1e999"])
def test_other_flops_are_refused(text):
    with pytest.raises(InputError) as raised:
        parse_flops(text)
    assert str(raised.value) == (
        f"flops is {text!r}: it must be a number of multiply-adds above 0, with K, M, G (or B) or "
        "T if you like; for example 1.5G, 400M or 4e8"
    )


def test_coefficients_are_three_numbers():
    assert parse_coefficients("1.2, 1.1,1.15") == Coefficients(1.2, 1.1, 1.15)
    with pytest.raises(InputError, match=r"must be three numbers alpha,beta,gamma"):
        parse_coefficients("1.2,1.1")
    with pytest.raises(InputError, match=r"beta is 0.9: compound scaling needs beta ≥ 1"):
        parse_coefficients("1.2,0.9,1.1")


def test_settings_become_nested_yaml_values():
    assert parse_settings(
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
        parse_settings(settings)
    assert str(raised.value) == message


def test_later_layers_win_key_by_key():
    below = {"proxy": {"images": 1, "reports": 2}, "seeds": 3}
    assert merge(below, {"proxy": {"images": 9}}) == {
        "proxy": {"images": 9, "reports": 2},
        "seeds": 3,
    }
