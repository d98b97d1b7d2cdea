import pytest

from scaling_search.cli.human import amount, duration, parse_coefficients, parse_flops, size
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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12, "12"),
        (999, "999"),
        (1000, "1.00 K"),
        (8_559_384, "8.56 M"),
        (401_659_392, "402 M"),
        (999_600_000, "1.00 G"),
        (37.75e9, "37.8 G"),
    ],
)
def test_amounts_have_three_digits(value, text):
    assert amount(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.4 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (250, "4 min 10 s"),
        (7500, "2 h 05 min"),
        (276_480, "3.2 days"),
        (1e9, "31.7 years"),
    ],
)
def test_durations_in_two_units(seconds, text):
    assert duration(seconds) == text


def test_sizes_in_bytes():
    assert [size(count) for count in (12, 54_400, 3e9)] == ["12 B", "54.4 kB", "3.00 GB"]
