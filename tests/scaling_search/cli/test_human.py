import pytest

from scaling_search.cli.human import parse_coefficients, parse_flops
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
