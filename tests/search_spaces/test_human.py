import pytest

from search_spaces.human import amount, duration, size


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
