"""Contract: measurements are kept once a network; data sets by name and content."""

from dataclasses import replace

import pytest

from results import NotFoundError
from results.values import Measurement, MeasurementKey, NewDataset


def _measurement(spec_key="spec0", **key):
    fields = {"classes": 10, "in_channels": 3, "mode": "eval", "versions": "fvcore 0.1.5"}
    return Measurement(
        key=MeasurementKey(spec_key=spec_key, **{**fields, **key}),
        flops=401_659_392,
        params=5_288_548,
        activations=6_730_000_000,
        uncounted={"aten::silu_": 49},
        seconds=0.3,
    )


def test_measurements_read_back_by_key(store):
    stored = [_measurement(f"spec{number}") for number in range(3)]
    store.put_measurements(stored)
    store.put_measurements([])
    unknown = _measurement("other").key
    wanted = [stored[0].key, stored[2].key, unknown]
    assert store.measurements(wanted) == {stored[0].key: stored[0], stored[2].key: stored[2]}
    assert store.measurements([]) == {}


@pytest.mark.parametrize(
    "difference",
    [{"classes": 11}, {"in_channels": 1}, {"mode": "train"}, {"versions": "fvcore 0.2"}],
)
def test_each_part_of_the_key_counts(store, difference):
    store.put_measurements([_measurement()])
    other = _measurement(**difference)
    assert store.measurements([other.key]) == {}
    store.put_measurements([other])
    assert len(store.measurements([other.key, _measurement().key])) == 2


def test_the_first_measurement_stays(store):
    first = _measurement()
    store.put_measurements([first])
    store.put_measurements([replace(first, seconds=9.0), _measurement("spec1")])
    assert store.measurements([first.key]) == {first.key: first}
    assert store.measurements([_measurement("spec1").key])


def test_thousands_of_keys_are_looked_up_at_once(store):
    stored = [_measurement(f"spec{number}") for number in range(1200)]
    store.put_measurements(stored)
    assert len(store.measurements(one.key for one in stored)) == 1200


def _dataset(**changes):
    fields = {
        "name": "digits",
        "fingerprint": "f1",
        "source": "scikit-learn",
        "classes": 10,
        "images": 1797,
        "channels": 1,
        "native_px": 8,
        "details": {"class_names": ["0", "1"]},
    }
    return NewDataset(**{**fields, **changes})


def test_a_data_set_reads_back(store):
    stored = store.put_dataset(_dataset())
    assert store.dataset("digits") == stored
    assert (stored.fingerprint, stored.details) == ("f1", {"class_names": ["0", "1"]})
    assert store.datasets() == [stored]


def test_a_data_set_that_changed_keeps_its_past(store):
    first = store.put_dataset(_dataset())
    second = store.put_dataset(_dataset(fingerprint="f2", images=1800))
    assert store.dataset("digits") == second
    assert store.dataset("digits", fingerprint="f1") == first
    assert store.datasets() == [second]
    again = store.put_dataset(_dataset(source="elsewhere"))
    assert again.id == first.id
    assert again.seen_at >= second.seen_at
    assert store.dataset("digits") == again
    assert again.source == "elsewhere"


def test_an_unknown_data_set_suggests_a_near_one(store):
    store.put_dataset(_dataset())
    store.put_dataset(_dataset(name="photos"))
    with pytest.raises(NotFoundError) as caught:
        store.dataset("digit")
    assert str(caught.value) == "data set 'digit' is not registered: did you mean digits?"
    with pytest.raises(NotFoundError) as caught:
        store.dataset("digits", fingerprint="f9")
    assert str(caught.value) == "data set digits was never seen with fingerprint f9"
    assert [dataset.name for dataset in store.datasets()] == ["digits", "photos"]
