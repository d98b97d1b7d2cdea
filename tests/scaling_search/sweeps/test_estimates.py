"""What a sweep will take."""

import pytest

from scaling_search.sweeps.estimates import ROUGH, Rate, estimate, training_rate
from search_spaces.specs.proxy import ProxySpec


def proxy(**changes):
    return ProxySpec(**{"images": 6400, "batch_size": 64, "reports": 2, "norm_images": 0} | changes)


def test_time_is_three_forward_passes_an_image():
    # 6,400 images × 3 × 1 MFLOPs at 1 GFLOP/s are 19.2 s.
    found = estimate([1_000_000], proxy(), 1, workers=1, rate=Rate(1e9, 7))
    assert found.seconds == pytest.approx(19.2)
    assert (found.trials, found.images) == (1, 6400)


def test_evaluation_and_batch_norm_statistics_take_one_pass_an_image_each_report():
    bare = estimate([1_000_000], proxy(), 1, workers=1, rate=Rate(1e9, 7))
    whole = estimate(
        [1_000_000],
        proxy(norm_images=1000),
        1,
        workers=1,
        rate=Rate(1e9, 7),
        validation_images=500,
    )
    assert whole.seconds - bare.seconds == pytest.approx(2 * 1500 * 1e-3)


def test_workers_share_the_trials_longest_first():
    rate = Rate(3 * 6400.0, 1)  # one FLOP an image takes one second
    assert estimate([4, 3, 3, 2], proxy(), 4, workers=2, rate=rate).seconds == pytest.approx(6)
    assert estimate([4, 3, 3, 2], proxy(), 8, workers=2, rate=rate).seconds == pytest.approx(12)
    assert estimate([4, 3], proxy(), 2, workers=64, rate=rate).seconds == pytest.approx(4)


def test_a_rate_is_the_work_over_the_time_of_all_trials():
    rate = training_rate([(1_000_000, 1000, 3.0), (3_000_000, 1000, 3.0), (5, 5, 0.0)])
    assert rate == Rate(3 * 4e9 / 6, 2)
    assert rate.source == "2 GFLOPs/s per worker, as 2 trials on this machine had"
    assert training_rate([]) is None


def test_the_rough_rate_says_that_it_is_rough():
    assert ROUGH.source.startswith("rough: 8.5 GFLOPs/s per worker")


def test_a_database_grows_with_trials_and_reports():
    few = estimate([1, 2], proxy(), 6, workers=1, rate=ROUGH).database_bytes
    more = estimate([1, 2], proxy(reports=10), 6, workers=1, rate=ROUGH).database_bytes
    assert few > 0
    assert more - few == 6 * 8 * 600


def test_everything_is_plain_json():
    document = estimate([1], proxy(), 1, workers=1, rate=ROUGH, data_bytes=9).to_dict()
    assert document["rate"]["trials"] == 0
    assert document["data_bytes"] == 9
