"""Which data a sweep that is submitted over HTTP may train on."""

from pathlib import Path

import pytest

from results.values import NewDataset

from .specs import spec

pytestmark = pytest.mark.anyio


UNKNOWN = "it is not registered on this server"
OUTSIDE = "a path must be inside one of the server's data folders"
UNPREPARED = "it has not been prepared on this server, so its classes are unknown"


@pytest.fixture
def roots(tmp_path, store):
    """A data folder with a prepared and an unprepared data set, and another one outside it."""
    for name in ("inside/ready", "inside/new", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    for name in ("inside/ready", "outside"):
        path = str(tmp_path / name)
        store.put_dataset(
            NewDataset(name=path, fingerprint=name, source=path, classes=3, images=9, channels=3,
                       details={})
        )  # fmt: skip
    return tmp_path


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("digit", UNKNOWN),
        ("hub:owner/name", UNKNOWN),
        ("os.path", UNKNOWN),
        ("https://example.org/images", OUTSIDE),
        ("/etc", OUTSIDE),
        ("{root}/outside", OUTSIDE),
        ("{root}/inside/../outside", OUTSIDE),
        ("{root}/inside/link", OUTSIDE),
        ("inside/ready", OUTSIDE),
        ("~/images", OUTSIDE),
        ("../inside", OUTSIDE),
        ("{root}/inside/\0", OUTSIDE),
        ("{root}/inside/new", UNPREPARED),
        ("{root}/inside/nothing", UNPREPARED),
    ],
)
async def test_only_data_that_the_server_knows_are_taken(serving, roots, problem, name, rule):
    async with serving(data_roots=(Path(roots) / "inside",)) as client:
        body = spec(data__name=name.format(root=roots))
        for path in ("/v1/plan", "/v1/sweeps"):
            found = problem(await client.post(path, json=body), 422, "invalid")
            (error,) = found["errors"]
            assert (error["field"], error["rule"]) == ("data.name", rule)


async def test_data_below_a_root_are_taken(serving, roots, store):
    async with serving(data_roots=(Path(roots) / "inside",)) as client:
        path = f"{roots}/inside/new/../ready"
        found = await client.post("/v1/sweeps", json=spec(data__name=path))
        assert found.status_code == 201
        stored = store.sweep(found.json()["id"])
        assert stored.dataset == stored.spec["data"]["name"] == f"{roots}/inside/ready"
        assert store.candidates(stored.id)[0].spec["classes"] == 3


async def test_a_registered_name_stands_for_its_source(client, store):
    store.put_dataset(
        NewDataset(name="cats", fingerprint="c", source="/data/cats", classes=2, images=9,
                   channels=3, native_px=64, details={"source_px": 32})
    )  # fmt: skip
    body = spec(data={"name": "cats", "in_channels": 1, "source_px": 12})
    found = (await client.post("/v1/sweeps", json=body)).json()
    stored = store.sweep(found["id"])
    assert (stored.dataset, stored.spec["data"]["name"]) == ("cats", "/data/cats")
    candidate = store.candidates(stored.id)[0]
    assert (candidate.spec["classes"], candidate.spec["in_channels"]) == (2, 1)
    assert candidate.notes[0].startswith("16 px exceeds the 12 px of the images")
