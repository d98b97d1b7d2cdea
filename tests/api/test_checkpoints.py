"""Weights that trials left, and where their networks look, over HTTP and on the page."""

import pytest

from results.states import SweepState
from results.values import NewCheckpoint, NewGallery, TrialResult

pytestmark = pytest.mark.anyio

NETWORK = {
    "name": "compound", "resolution_px": 20, "map_px": 5, "method": "cam", "images": 12,
    "right": 7, "located": 12, "pointing": 0.75, "energy": 0.4, "area": 0.1,
}  # fmt: skip


@pytest.fixture
def kept(library, store):
    """A sweep that kept the weights of one trial, and has a gallery."""
    sweep_id = library.sweep(name="kept")
    lease = store.claim(sweep_id, "here:1:1.0", ttl_seconds=60)
    trial = store.trials(sweep_id)[0]
    attempt = store.start_attempt(lease, trial.id)
    store.finish_trial(lease, attempt.id, TrialResult(accuracy=0.5, images=64, steps=2))
    new = NewCheckpoint(trial=trial.id, name="a.safetensors", sha256="ab", size_bytes=7)
    store.add_checkpoint(lease, new)
    store.set_state(lease, SweepState.CANCELLED)
    store.release(lease)
    gallery = NewGallery(sweep_id=sweep_id, networks=(NETWORK,), page=b"<html>", picture=b"PNG")
    store.put_gallery(gallery)
    return sweep_id


async def test_kept_weights_are_listed(client, kept, problem):
    (row,) = (await client.get(f"/v1/sweeps/{kept}/checkpoints")).json()["checkpoints"]
    assert (row["name"], row["sha256"], row["size_bytes"]) == ("a.safetensors", "ab", 7)
    assert (row["accuracy"], row["seed"]) == (0.5, 0)
    assert (await client.get("/v1/sweeps/1/checkpoints")).json() == {"checkpoints": []}
    problem(await client.get("/v1/sweeps/99/checkpoints"), 404, "not-found")


async def test_a_gallery_is_a_file_a_picture_and_figures(client, kept, problem):
    page = await client.get(f"/v1/sweeps/{kept}/gallery")
    name = f'attachment; filename="sweep-{kept}-maps.html"'
    assert (page.text, page.headers["content-disposition"]) == ("<html>", name)
    picture = await client.get(f"/v1/sweeps/{kept}/gallery/picture")
    assert (picture.content, picture.headers["content-type"]) == (b"PNG", "image/png")
    figures = (await client.get(f"/v1/sweeps/{kept}/gallery/figures")).json()
    assert figures["networks"] == [NETWORK]
    for part in ("", "/picture", "/figures"):
        problem(await client.get(f"/v1/sweeps/1/gallery{part}"), 404, "not-found")


async def test_the_page_of_a_sweep_shows_where_its_networks_look(client, kept):
    page = (await client.get(f"/sweeps/{kept}")).text
    assert "Class activation maps" in page
    assert f'src="/v1/sweeps/{kept}/gallery/picture"' in page
    assert "points at the object" in page
    assert "75.00%" in page
    assert "7 of 12" in page
    assert "Class activation maps" not in (await client.get("/sweeps/1")).text


async def test_without_known_places_the_page_has_no_column_for_them(client, kept, store):
    network = NETWORK | {"located": 0, "pointing": None, "energy": None, "area": None}
    gallery = NewGallery(sweep_id=kept, networks=(network,), page=b"<html>", picture=b"PNG")
    store.put_gallery(gallery)
    page = (await client.get(f"/sweeps/{kept}")).text
    assert "7 of 12" in page
    assert "points at the object" not in page
